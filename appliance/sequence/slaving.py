"""A dome that follows the telescope stands still while that turns round."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.cleanup import on_failure
from appliance.errors import DeviceError
from appliance.sequence.night import Night
from hardware.devices import Slaving

RESTORE_SECONDS = 60.0


@asynccontextmanager
async def dome_stands(night: Night) -> AsyncIterator[None]:
    """Suspend the following for the block, and begin it again however that ends; a dome's trouble is said."""
    slaving = await _following(night)
    if slaving is None:
        yield
        return

    async def again() -> None:
        await _follow(night, slaving, on=True)

    async with on_failure(again, within=RESTORE_SECONDS):
        await _follow(night, slaving, on=False)
        yield
    await again()


async def _following(night: Night) -> Slaving | None:
    try:
        roof = night.rig.roof
        slaving = None if roof is None else roof.slaving
        return slaving if slaving is not None and await slaving.follows() else None
    except DeviceError as failure:
        night.goes_down("dome slaving", failure)
        return None


async def _follow(night: Night, slaving: Slaving, *, on: bool) -> None:
    try:
        await slaving.follow(on)
    except DeviceError as failure:
        night.goes_down("dome slaving", failure)
    else:
        night.say("The dome follows the telescope again." if on else "The dome stands still for the flip.")
