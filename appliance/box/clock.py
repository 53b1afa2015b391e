"""The box's clock: who has set it, told to the surfaces, and a phone's time taken where nobody has.

A box on its own, without a network, a satellite receiver or a clock with a battery, wakes up in the past.
"""

import asyncio
from collections.abc import Callable

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.startup import CLOCK_KNOWN, PHONE, ClockState
from appliance.bus import Publish, who_is_needed
from appliance.errors import BadCommand

EARLIEST_UNIX = 1_767_225_600.0  # 2026: a phone that says less does not know the time either
LOOK_SECONDS = 10.0  # how often it is looked whether a time service has set the clock


class Time(Arguments):
    """UTC in seconds since 1970, as a phone knows it."""

    unix: float = Field(gt=EARLIEST_UNIX, lt=5e9)


async def watch_clock(clock_known: Callable[[], bool], publish: Publish) -> None:
    """For as long as the box runs; ends when the clock is known, which does not change any more."""
    publish(ClockState(source="clock", known=clock_known()))
    while not clock_known():  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(LOOK_SECONDS)
    publish(CLOCK_KNOWN)


def clock_command(box: Box) -> Command:
    """Refused where the time is known, and while something counts on it."""

    async def clock(time: Time) -> str:
        asked = who_is_needed(box.bus.states())
        is_asked = asked is not None and PHONE in asked.answers
        if not is_asked and box.clock_known():
            raise BadCommand("clock", "the time is known already", advice="Nothing needs to be done.")
        if not is_asked and (busy := box.jobs.busy()):
            doing = ", ".join(busy)
            raise BadCommand("clock", f"{doing} is running", advice="Stop it, then set the time.")
        box.observer.correct(time.unix)
        if is_asked:
            box.questions.answer(PHONE)
        box.bus.publish(CLOCK_KNOWN)
        box.say(f"The clock was set by a phone: {box.observer.now():%Y-%m-%d %H:%M:%S} UTC.")
        return "set"

    return Command("clock", "Tell the box the time, where it does not know it.", Time, clock)
