"""What begins or goes on, and calls for a focus run: a night, a target, a step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.journal import Sub
from appliance.plan import Step, Target
from appliance.sequence.beside import beside
from appliance.sequence.following import follow_in_real_time
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.refocus import show_triggers
from appliance.sequence.temperature import watch_temperature
from appliance.sky.twilight import night_date


async def ask_at_start(night: Night, known: Established) -> None:
    """The first light of a night, or a night that goes on: one of this plan was begun in it before.

    Darks and flats may come before the focus run that the night begins with, and a crash in that.
    """
    night.focus_wish.asap = False  # what was wished in an earlier night
    lights = await night.journal.read(Sub, run=night.run, kind="light")
    if not any(one.started is not None and _same_night(night, one.started) for one in lights):
        if night.plan.focus_at_start:
            known.refocus.ask("start", "the night begins")
    else:
        ask_on_resume(night, known)


def ask_on_resume(night: Night, known: Established) -> None:
    """After a pause or a restart."""
    if night.plan.focus_on_resume:
        known.refocus.ask("resume", "the night goes on")


def note_beginning(known: Established, target: Target, step: Step, key: str, number: int) -> None:
    """Before a sub: whose it is; the first of a target or of a step may want a focus run."""
    known.step, known.star_magnitude = key, target.focus_star_magnitude
    place = f"target {target.name}"
    if target.focus_first and place not in known.begun:
        known.refocus.ask("target", f"{target.name} begins")
    if step.focus_before and key not in known.begun and number == 1:
        known.refocus.ask("step", f"a step begins ({step.key()})")
    known.begun |= {place, key}


@asynccontextmanager
async def following(night: Night, known: Established) -> AsyncIterator[None]:
    """For the length of the night: its temperature is read and, in real time, followed; wishes are shown."""
    before, night.focus_wish.changed = night.focus_wish.changed, lambda: show_triggers(night, known.refocus)
    try:
        async with beside(watch_temperature(night, known)), beside(follow_in_real_time(night, known)):
            yield
    finally:
        night.focus_wish.changed = before


def _same_night(night: Night, moment: float) -> bool:
    site = night.observer.site
    return night_date(site, moment) == night_date(site, night.observer.unix())
