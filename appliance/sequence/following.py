"""The focuser follows temperature and filter without a focus run; each move is said and journalled."""

import asyncio

from appliance.errors import DeviceError
from appliance.focus.compensation import CompensationSettings, shift
from appliance.focus.moves import FocusMoved
from appliance.focus.run import NEAR_STEPS, approach
from appliance.journal import FocusMove, FocusRun
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.temperature import celsius_now, mean_celsius
from hardware.devices import Focuser

REAL_TIME = "real time"
CARRIED = "carried over"


def follow_settings(night: Night) -> CompensationSettings | None:
    """None where the temperature is not to be followed."""
    section = night.profile.focus.temperature
    if section.compensate == "off" or night.profile.focuser is None:
        return None
    return CompensationSettings(steps_per_celsius=section.steps_per_celsius, min_celsius=section.min_celsius)


async def follow_temperature(night: Night, known: Established) -> None:
    """Between two subs: go where focus is now by the temperature."""
    settings, focuser = follow_settings(night), night.rig.focuser
    celsius = mean_celsius(night, known)
    if settings is None or focuser is None or celsius is None or night.focus_wish.paused:
        return
    async with known.focuser:
        steps = known.compensation.due(settings, celsius)
        if steps and (origin := await focuser.position()) + steps in focuser.travel:
            await approach(focuser, origin + steps, night.profile.focus.overshoot)
            await _followed(night, known, steps, origin, celsius)


async def follow_in_real_time(night: Night, known: Established) -> None:
    """The same during exposures, for as long as the run lasts; only towards the side of the approach.

    The other way the focuser would have to overshoot and come back: that waits until the sub has ended.
    """
    while night.profile.focuser is not None:
        await asyncio.sleep(night.profile.focus.temperature.every_seconds)
        try:
            if night.profile.focus.temperature.compensate == REAL_TIME:
                await _follow_while_exposing(night, known)
        except DeviceError:
            continue  # whoever needs the focuser next says so


async def _follow_while_exposing(night: Night, known: Established) -> None:
    settings, focuser = follow_settings(night), night.rig.focuser
    celsius, overshoot = mean_celsius(night, known), night.profile.focus.overshoot
    if settings is None or focuser is None or celsius is None or night.focus_wish.paused:
        return
    if night.state.exposing_since is None or known.focuser.locked():
        return
    async with known.focuser:
        steps = known.compensation.due(settings, celsius)
        if steps * overshoot > 0 or not steps:
            return
        if (origin := await focuser.position()) + steps in focuser.travel:
            await focuser.move_to(origin + steps)
            await _followed(night, known, steps, origin, celsius)


async def _followed(night: Night, known: Established, steps: int, origin: int, celsius: float) -> None:
    reference = known.compensation.reference
    known.compensation.moved(steps, celsius)
    since = "" if reference is None else f" ({reference:.1f} °C at the last focus)"
    night.say(f"It is {celsius:.1f} °C{since}: the focuser follows by {steps:+d} steps to {origin + steps}.")
    await note_move(night, known, "temperature", origin, origin + steps, celsius)


async def follow_filter(night: Night, known: Established, old: str | None, new: str) -> bool:
    """Where focus is in this filter: by the newest run that tells, else by the offset from the old one.

    False when neither is known.
    """
    focuser = night.rig.focuser
    if focuser is None:
        return True
    settings, celsius = follow_settings(night), mean_celsius(night, known)
    async with known.focuser:
        told = known.marks.position(new, celsius, settings)
        if told is not None:
            position, mark = told
            await _go(night, known, focuser, position, "filter")
            if settings is not None and celsius is not None and mark.celsius is not None:
                known.compensation.carried(mark.celsius, shift(settings, mark.celsius, celsius), celsius)
            return True
        between = None if old is None else known.marks.between(old, new)
        if between:
            await _go(night, known, focuser, await focuser.position() + between, "filter")
    return between is not None


async def _go(night: Night, known: Established, focuser: Focuser, position: int, why: str) -> None:
    """Arrive there from the right side, also when it stands there: nobody knows from where it came."""
    travel, origin = focuser.travel, await focuser.position()
    position = max(travel[0], min(position, travel[-1]))
    await approach(focuser, position, night.profile.focus.overshoot)
    if position != origin:
        night.say(f"The focuser goes from {origin} to {position} for {known.filter or 'no filter'}.")
    if position != origin or why == CARRIED:  # where it stands may be known to nobody: a crash met its move
        await note_move(night, known, why, origin, position)


async def carry_over(night: Night, known: Established) -> None:
    """At the first sub: go on from the last focus of an earlier night, or of this one before a restart.

    Only when the focuser stands where it was left: else somebody has moved it since. Without compensation
    the temperature of that focus is remembered, and nothing moves.
    """
    focuser = night.rig.focuser
    if focuser is None or known.marks.found or (last := await _last_focus(night)) is None:
        return
    here, left_at = await focuser.position(), await _left_at(night, last)
    if abs(here - left_at) > NEAR_STEPS:
        night.say(f"The focuser stands at {here}, where nobody left it: the last focus tells nothing.")
        if known.refocus.asked is None:  # such as after a crash in the middle of a run
            known.refocus.ask("resume", "nobody left the focuser where it stands")
        return
    if last.position is None or last.celsius is None:
        return
    known.refocus.counters.thermometer.reference = last.celsius
    settings, celsius = follow_settings(night), await celsius_now(night)
    if settings is None or celsius is None:
        return
    steps = shift(settings, last.celsius, celsius)
    position = last.position + steps + (known.marks.between(last.filter, known.filter or last.filter) or 0)
    night.say(f"The last focus was at {last.celsius:.1f} °C; it is {celsius:.1f} °C: {steps:+d} steps since.")
    known.compensation.carried(last.celsius, steps, celsius)
    async with known.focuser:
        await _go(night, known, focuser, position, CARRIED)


async def _last_focus(night: Night) -> FocusRun | None:
    runs = await night.journal.read(FocusRun)
    good = [run for run in runs if run.position is not None and run.celsius is not None]
    return good[-1] if good else None


async def _left_at(night: Night, last: FocusRun) -> int:
    """Where the focuser was when it was last heard of."""
    moves = [move for move in await night.journal.read(FocusMove) if move.at > last.ended]
    return moves[-1].position if moves else last.position or 0


async def note_move(
    night: Night, known: Established, why: str, origin: int, position: int, celsius: float | None = None
) -> None:
    """For the journal's focusing log and for whoever watches."""
    night.publish(FocusMoved(source="focus", origin=origin, position=position, why=why))
    await night.journal.add(
        FocusMove(
            run=night.run, at=night.observer.unix(), why=why, filter=known.filter or "",
            origin=origin, position=position, celsius=celsius,
        )
    )  # fmt: skip
