"""One unsafe spell: work stopped, the rig made safe and kept so, an alarm when that takes too long."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from appliance.bus import Alarm, Publish, Said
from appliance.errors import NightboxError
from appliance.profile import ActionSection, Profile
from appliance.profile.actions import Do
from appliance.profile.lists import PARK_SHARE
from appliance.rig import Rig
from appliance.safety.actions import Made, Making, make_safe
from appliance.safety.performing import How, Performer

log = logging.getLogger(__name__)

SOURCE = "safety"
ALARM, NO_ROOF = "safety.alarm", "safety.no_roof"
RETRY_SECONDS = 5.0
KEEP_SECONDS = 30.0  # between looks whether it is still so
PROTECTS: frozenset[Do] = frozenset({"stop work", "park", "close roof"})

Interrupt = Callable[[], Awaitable[None]]


class Protector:
    """Makes the rig safe; `settled` is set once it is, or an alarm has said why it is not.

    The profile's list for it is carried out once in a spell. From when its last action that protects is
    done or has failed, the rig is looked at again and again, parked and closed if it is not, whatever the
    list came to. `was_in_use`: the mount was, when the last controller died. `active`: it has the rig now.
    """

    def __init__(
        self, profile: Profile, rig: Rig, publish: Publish, performer: Performer, *, was_in_use: bool = False
    ) -> None:
        self._publish, self._within = publish, profile.safety.roof_within_seconds
        self._performer = performer
        steps = profile.steps("unsafe")
        last = max(n for n, step in enumerate(steps) if step.do in PROTECTS)
        self._first, self._rest = steps[: last + 1], steps[last + 1 :]
        roof = profile.roof
        self._making = Making(
            rig=rig, publish=publish, tell=self._tell, has_roof=roof is not None,
            clears_telescope=roof is not None and roof.clears, in_use=lambda: was_in_use or rig.had_mount,
            park_seconds=self._within * PARK_SHARE, roof_seconds=self._within, close=self._close_roof,
        )  # fmt: skip
        self._why: Callable[[], str] = str
        self._waiting = self._failure = ""
        self._timer: asyncio.TimerHandle | None = None
        self._alarmed = False
        self.active = False
        self.settled = asyncio.Event()

    @asynccontextmanager
    async def protecting(self, interrupt: Interrupt, why: Callable[[], str]) -> AsyncIterator[None]:
        """While the block waits for better times the rig is made safe and kept so.

        The block's end waits until that is done, or has come to an alarm: no roof is left half-way only
        because the rain has stopped. `why` tells what is not safe.
        """
        self._why, self._waiting, self._failure = why, "", ""
        self.active = True
        self._await_safety()
        task = asyncio.create_task(self._keep_safe(interrupt))
        try:
            yield
            await self.settled.wait()
        finally:
            task.cancel()
            await asyncio.wait({task})
            self._stop_timer()
            self.settled.clear()
            self.active = False
        self._performer.end_alarm()
        self._end_alarm("the weather or the power is good again")

    async def _keep_safe(self, interrupt: Interrupt) -> None:
        if not self._making.has_roof:
            text = f"There is no roof to close over the telescope; it is parked ({self._why()})."
            self._say(text, "error", NO_ROOF, "Cover the telescope if it may get wet.")
        spell = _Spell(self._performer, interrupt, self._tell, self._close_roof)
        rest: asyncio.Task[None] | None = None
        try:
            goes_on = await spell.carry_out(self._first)
            rest = asyncio.create_task(self._finish(spell, goes_on))
            await self._watch_over(spell)
        finally:
            if rest is not None:
                rest.cancel()
                await asyncio.wait({rest})

    async def _finish(self, spell: "_Spell", goes_on: bool) -> None:
        """What the list has left to do beside the looks at mount and roof; it may take long."""
        if goes_on:
            await spell.carry_out(self._rest)

    async def _watch_over(self, spell: "_Spell") -> None:
        while True:
            try:
                await spell.stop_work()
                made = await make_safe(self._making)
            except Exception as bug:  # whatever it is, the next attempt must follow
                log.error("making the rig safe failed", exc_info=bug)
                made = Made(f"unexpected: {bug!r}")
            self._take(made)
            await asyncio.sleep(RETRY_SECONDS if made.danger else KEEP_SECONDS)

    async def _close_roof(self) -> None:
        await self._performer.close_roof(self._tell, park=False)

    def _take(self, made: Made) -> None:
        """Each reason is said once, however often it comes again."""
        failure = made.danger or made.left
        if failure and failure != self._failure:
            self._say(f"Not yet safe: {failure}. Trying again.", "warning")
        self._failure = failure
        if made.danger:
            self._await_safety()
        else:
            self._settle(made)

    def _await_safety(self) -> None:
        if self._timer is None and not self._alarmed:
            self.settled.clear()
            self._timer = asyncio.get_running_loop().call_later(self._within, self._raise_alarm)

    def _settle(self, made: Made) -> None:
        self._stop_timer()
        self._end_alarm("the rig is safe now")
        if not self.settled.is_set() and not made.left:
            self._say("The rig is safe: parked, the roof closed." if self._making.has_roof else PARKED)
        self.settled.set()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self, waiting: str) -> None:
        self._waiting = waiting

    def _raise_alarm(self) -> None:
        self._alarmed, self._timer = True, None
        what = "the roof is not closed" if self._making.has_roof else "the mount is not parked"
        because = self._failure or self._waiting
        text = f"{what} {self._within:g} s after it became unsafe ({self._why()}): {because}."
        self._publish(Alarm(source=SOURCE, text=text))
        self._say(f"ALARM: {text}", "error", ALARM, HELP)
        self.settled.set()

    def _end_alarm(self, because: str) -> None:
        if self._alarmed:
            self._alarmed = False
            self._publish(Alarm(source=SOURCE))
            self._say(f"The alarm is over: {because}.")

    def _say(self, text: str, level: str = "info", code: str = "", advice: str = "") -> None:
        self._publish(Said(source=SOURCE, text=text, level=level, code=code, advice=advice))


class _Spell:
    """The list of one unsafe spell; work is stopped once, as soon as that succeeds."""

    def __init__(
        self, performer: Performer, interrupt: Interrupt, tell: Callable[[str], None],
        close_roof: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._performer, self._interrupt, self._tell = performer, interrupt, tell
        self._close_roof, self._stopped = close_roof, False
        self._hows: dict[Do, How] = {"stop work": self._stop, "close roof": self._close}

    async def carry_out(self, steps: Sequence[ActionSection]) -> bool:
        """In order; False when one failed after which the list is to end. A mistake of ours ends nothing."""
        for step in steps:
            self._tell(WAITING.get(step.do, f"it is still busy to {step.words}"))
            try:
                await self._performer.perform(step, self._hows.get(step.do))
            except NightboxError as failure:
                if self._performer.note("unsafe", step, failure):
                    return False
            except Exception as bug:  # the looks that follow park and close, whatever it is
                log.error("an action failed", exc_info=bug)
        return True

    async def stop_work(self) -> None:
        """Unless that has been done."""
        if not self._stopped:
            await self._interrupt()
            self._stopped = True

    async def _stop(self, _: ActionSection) -> None:
        await self.stop_work()

    async def _close(self, _: ActionSection) -> None:
        await self._close_roof()


WAITING: dict[Do, str] = {
    "stop work": "what was running has not stopped yet", "park": "the mount is not parked yet",
    "close roof": "the roof is not closed yet",
}  # fmt: skip
PARKED = "The mount is parked; there is no roof to close."
HELP = "Go there: park the telescope and close the roof by hand. Nightbox keeps trying."
