"""Where a focus run is made: at a bright star, in another filter; and back again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.cleanup import on_failure
from appliance.focus.run import approach
from appliance.focus.star import focus_star
from appliance.sequence.following import note_move
from appliance.sequence.known import Established
from appliance.sequence.meridian import note_slew
from appliance.sequence.night import Night

RESTORE_SECONDS = 300.0


@asynccontextmanager
async def at_star(night: Night, known: Established) -> AsyncIterator[None]:
    """At a star of the magnitude that the target asks for, if it does; then back, to be centred again."""
    magnitude, home = known.star_magnitude, known.near
    if magnitude is None or home is None:
        yield
        return
    star = focus_star(home.position, magnitude, night.observer.site, night.observer.unix())
    if star is None:
        night.say(f"No star of magnitude {magnitude:g} is near: focusing where the telescope points.")
        yield
        return
    known.doubt_pointing()
    async with night.span(f"Slew to {star.name}"):
        await night.rig.mount.slew(star.position)
    yield
    async with night.span(f"Slew back to {home.name}"):
        await night.rig.mount.slew(home.position)
        await note_slew(night, known, home)
    known.near = home


@asynccontextmanager
async def in_filter(night: Night, known: Established, filter_: str) -> AsyncIterator[str]:
    """In the filter that all runs are made in, if the profile names one; yields the one in use.

    On the way there and back the focuser goes by the offset; on failure both are as they were.
    """
    other, wheel, focuser = night.profile.focus.filters.focus_in, night.rig.filter_wheel, night.rig.focuser
    between = known.marks.between(filter_, other) if other else None
    if wheel is None or focuser is None or other == filter_ or between is None:
        if other and between is None:
            night.say(
                f"focus.filters has no offset for {filter_}: focusing in it, not in {other}.", "warning"
            )
        yield filter_
        return
    start = await focuser.position()

    async def move(name: str, position: int) -> None:
        await wheel.select(name)
        await approach(focuser, position, night.profile.focus.overshoot)

    async with on_failure(move, filter_, start, within=RESTORE_SECONDS):
        await move(other, start + between)
        yield other
        found = await focuser.position()
        await move(filter_, found - between)
        await note_move(night, known, f"from {other}", found, found - between)
