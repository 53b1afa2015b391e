"""The rig as the flat procedures see it: numbered, paused and saved as the sequence does it."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from appliance.flats.light import Exposed, level
from appliance.plan import PanelFlats, SkyFlats
from appliance.sequence.calibration import (
    drop_frame,
    expose_frame,
    free_number,
    pause_point,
    save_frame,
    step_for,
)
from appliance.sequence.establish import select_filter
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.saving import Saver
from appliance.sequence.subs import Taken
from appliance.sky.twilight import night_date

FILTER_CHANGE = "filter change"  # the rule that asks for a focus run


async def stay() -> None:
    """Flats of a panel need no move."""


@dataclass(slots=True, eq=False)
class NightFlats:
    """Satisfies FlatFrames for one item of the plan.

    `day` names the night that the counts are of, `ends` (UTC seconds) is when the light is gone; `move`
    is called after each frame that counts, and when the rig has rested.
    """

    night: Night
    known: Established
    item: SkyFlats | PanelFlats
    key: str
    saver: Saver
    day: str
    ends: float = math.inf
    move: Callable[[], Awaitable[None]] = stay

    def step_key(self, filter_: str) -> str:
        """What the journal counts by: flats are each night's own."""
        return f"{self.key}: {filter_ or 'no filter'} {self.item.label()}, night {self.day}"

    async def missing(self, filter_: str) -> int:
        saved = (await self.night.journal.saved(self.night.run)).get(self.step_key(filter_), set())
        return max(0, self.item.count - len(saved | self.saver.numbers))

    @asynccontextmanager
    async def through(self, filter_: str) -> AsyncIterator[None]:
        """A bar of the timeline for each filter; what is on its way to disk is counted before."""
        await self.saver.finished()
        async with self.night.span(f"{self.item.do.capitalize()} in {filter_ or 'no filter'}"):
            await select(self.night, self.known, filter_)
            yield
            await self.saver.finished()

    async def expose(self, filter_: str, seconds: float) -> Exposed:
        step, key = step_for(self.item, "flat", filter_, seconds), self.step_key(filter_)
        number = await free_number(self.night, key, self.saver.numbers)
        taken = await expose_frame(self.night, step, key, number)
        frame = taken.frame
        return Exposed(level(frame.pixels), frame.exposure.seconds, frame.started, taken)

    async def keep(self, exposed: Exposed) -> None:
        taken: Taken = exposed.frame
        pattern = self.night.profile.storage.pattern
        await self.saver.start(taken.wanted.number, save_frame(self.night, taken, pattern, exposed.level))
        await self.move()

    async def drop(self, exposed: Exposed) -> None:
        await drop_frame(self.night, exposed.frame)

    async def ready(self) -> bool:
        night = self.night
        await pause_point(night, self.saver, "flat")
        if night.gate.held and not math.isinf(self.ends):
            await self._wait_for_the_sky()
        return night.observer.unix() < self.ends

    async def _wait_for_the_sky(self) -> None:
        """The twilight does not wait; a panel does not care."""
        night = self.night
        night.say(f"The flats wait: {night.gate.held}.")
        night.show(phase="waiting", doing="Waiting for a better sky", waiting=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self.ends - night.observer.unix())):
                await night.gate.free()
                await self.move()
        night.show(phase="running", doing="")


async def select(night: Night, known: Established, filter_: str) -> None:
    """The filter, and the focus that follows from others: dust throws other shadows elsewhere.

    Flats want no focus run, and ask for none.
    """
    asked_before = FILTER_CHANGE in known.refocus.counters.asked
    await select_filter(night, known, filter_)
    if not asked_before:
        known.refocus.forget(FILTER_CHANGE)


def day_of(night: Night) -> str:
    """The date that names this night."""
    return night_date(night.observer.site, night.observer.unix())
