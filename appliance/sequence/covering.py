"""Keeping light off the camera, and the rig sheltered while it is not needed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.cleanup import on_failure
from appliance.errors import NightboxError
from appliance.pointing.park import park
from appliance.sequence.known import Established
from appliance.sequence.meridian import rest
from appliance.sequence.night import Night
from appliance.sequence.roofing import close_roof
from hardware.devices import CoverState


@asynccontextmanager
async def covered(night: Night) -> AsyncIterator[bool]:
    """The cover is closed in the block, and stays so: who looks at the sky next opens it.

    False where there is none that answers. One that was open is opened again after a failure or Stop.
    """
    cover = None if night.rig.away({"cover"}) else night.rig.cover
    if cover is None:
        yield False
        return
    before = await cover.state()

    async def as_before() -> None:
        if before is CoverState.OPEN:
            await cover.open()

    async with on_failure(as_before):
        if before is not CoverState.CLOSED:
            async with night.span("Close the cover"):
                await cover.close()
        yield True


async def shelter(night: Night, known: Established) -> bool:
    """Parked, and the roof closed where there is one; the plan's own wish to leave the mount is kept.

    True when no sky light comes in. What fails is said, and lived with.
    """
    if not night.plan.park_at_end:
        await rest(night, known)
        return False
    known.doubt_pointing()
    try:
        if not (await night.rig.mount.status()).parked:
            async with night.span("Park the mount"):
                await park(night.rig.mount, night.publish)
        known.unparked = False  # it is we who parked it
        if night.rig.roof is None or not night.plan.close_roof_at_end:
            return False
        await close_roof(night)
    except NightboxError as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        return False
    return True
