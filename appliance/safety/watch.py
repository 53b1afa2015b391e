"""The safety watch: hears the sources, keeps both verdicts, and makes the rig safe when it has to be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from appliance.bus import Publish, Said
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.safety.conditions import Conditions
from appliance.safety.heard import Heard
from appliance.safety.interlock import Verdict
from appliance.safety.listening import listen
from appliance.safety.memory import CLEAR, UNSAFE
from appliance.safety.messages import SafetyState
from appliance.safety.performing import Performer
from appliance.safety.protecting import Protector
from appliance.safety.readings import Reading
from appliance.safety.sources import Around, Objections, Source, sources
from appliance.safety.verdict import Account, Judge, Level, Opinion

log = logging.getLogger(__name__)

SOURCE = "safety"
AGAIN_SECONDS = 5.0
MARGIN_SECONDS = 60.0


Take = Callable[[Opinion], None]
Judges = Mapping[Level, tuple[Judge, Take]]


@dataclass(frozen=True, slots=True)
class Told:
    """A source at one level: what it measured, how it stands (None before it is heard), its patience."""

    name: str
    level: Level
    readings: tuple[Reading, ...]
    account: Account | None
    clear_seconds: float


class Interruptible(Protocol):
    """The work that has to make way, and goes on afterwards if it is still wanted."""

    async def interrupt(self) -> None:
        """Stop whatever commands the rig; returns after a bounded time, even if it has not ended yet."""
        ...

    def consider(self) -> bool:
        """It may run again; True when it does."""
        ...


class Watch:
    """One per box; `run` it for as long as the box lives. `around`: the Sun and the disk."""

    def __init__(
        self,
        profile: Profile,
        rig: Rig,
        observer: Observer,
        publish: Publish,
        around: Around,
        performer: Performer,
    ) -> None:
        self._settings, self._has_roof = profile.safety, profile.roof is not None
        self._observer, self._publish = observer, publish
        self._sources = sources(profile, rig, around, Heard(publish, observer.unix))
        self._watched = any(one.sensor and Level.SAFETY in one.patience for one in self._sources)
        self._protector = Protector(profile, rig, publish, performer, was_in_use=around.in_use)
        self._news = asyncio.Event()
        self._stirred = asyncio.Event()
        self.state = SafetyState(source=SOURCE, safe=None)
        self.conditions = Conditions(observer, publish)
        self._looked_at: float | None = None
        self._running = False
        self._judges: Judges = {}

    @property
    def alive(self) -> bool:
        """Is it watching, as far as it can tell? For the guardian outside, which acts when it is not."""
        if not self._running or self._looked_at is None:
            return not self._watched
        silent = asyncio.get_running_loop().time() - self._looked_at
        return silent <= AGAIN_SECONDS + self._settings.stale_seconds + self._settings.poll_seconds

    @property
    def verdict(self) -> Verdict:
        """For the interlock."""
        if self.state.safe is None and not self._watched:
            return Verdict.UNWATCHED
        return {True: Verdict.SAFE, False: Verdict.UNSAFE, None: Verdict.UNKNOWN}[self.state.safe]

    @property
    def may_run(self) -> bool:
        """May the night run now? Not before what safety has begun is at its end."""
        return self.verdict in {Verdict.SAFE, Verdict.UNWATCHED} and not self._protector.active

    @property
    def why_not(self) -> str:
        """What is not safe, in plain words."""
        if self.verdict is Verdict.SAFE:
            return "the roof is still being closed"
        return "; ".join(self.state.reasons) or "not every sensor has been heard yet"

    def told(self) -> tuple[Told, ...]:
        """Every source at every level at which it has a say, as it stands now."""
        now = asyncio.get_running_loop().time()
        found = []
        for source in self._sources:
            for level in source.patience:
                judge = self._judges.get(level)
                account = judge[0].account(source.name, now) if judge else None
                readings = source.readings.get(level, ())
                found.append(Told(source.name, level, readings, account, source.patience[level]))
        return tuple(found)

    async def settled(self) -> None:
        """Returns when nothing has to be made safe any more, or an alarm has said why it cannot be."""
        if self.verdict is not Verdict.UNSAFE:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.roof_within_seconds + MARGIN_SECONDS):
                await self._protector.settled.wait()

    async def run(self, work: Interruptible, *, was_unsafe: bool) -> None:
        """Listen and act until cancelled. `was_unsafe`: so it was when the box ended, a short while ago."""
        self._publish(self.state)
        if not self._watched:
            self._say_unwatched()
        safety = self._judge_of(Level.SAFETY, False if was_unsafe and self._watched else None)
        judges: dict[Level, tuple[Judge, Take]] = {Level.SAFETY: (safety, self._take)}
        if any(Level.CONDITIONS in one.patience for one in self._sources):
            judges[Level.CONDITIONS] = self._judge_of(Level.CONDITIONS, None), self.conditions.take
            self.conditions.begin()
        self._running, self._judges = True, judges
        try:
            async with asyncio.TaskGroup() as loops:
                for source in self._sources:
                    loops.create_task(self._lasting(partial(self._listen, source, judges)))
                loops.create_task(self._lasting(partial(self._look, judges)))
                loops.create_task(self._lasting(partial(self._act, work)))
        finally:
            self._running = False

    def _judge_of(self, level: Level, good: bool | None) -> Judge:
        patience = {one.name: one.patience[level] for one in self._sources if level in one.patience}
        now = asyncio.get_running_loop().time()
        return Judge(patience, self._settings.stale_seconds, now, good=good)

    async def _lasting(self, work: Callable[[], Awaitable[None]]) -> None:
        """A mistake of ours must not end the watch: it is said, and the work begins again."""
        while True:
            try:
                await work()
            except Exception as bug:  # said as what it is
                log.error("the safety watch failed", exc_info=bug)
                self._say(f"Unexpected: {bug!r}.", "error", "bug", "Please report this with the log file.")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, source: Source, judges: Judges) -> None:
        def hear(source: Source, objections: Objections) -> None:
            now = asyncio.get_running_loop().time()
            for level, (judge, take) in judges.items():
                if level in source.patience:
                    judge.hear(source.name, objections.get(level, ()), now)
                    take(judge.look(now))
            self._stirred.set()

        await listen(source, self._settings.poll_seconds, hear)

    async def _look(self, judges: Judges) -> None:
        """Silence, too, must be noticed, and that something has lasted for long enough."""
        while True:
            now = asyncio.get_running_loop().time()
            for judge, take in judges.values():
                take(judge.look(now))
            self._stirred.clear()
            await self._next_look(judge for judge, _ in judges.values())

    async def _next_look(self, judges: Iterable[Judge]) -> None:
        """Until a verdict may change by itself; what is heard meanwhile may bring that nearer."""
        every = tuple(judges)
        while True:
            now = self._looked_at = asyncio.get_running_loop().time()
            due = min(judge.due(now) for judge in every)
            if await self._stirs(min(due - now, self._settings.stale_seconds)):
                continue
            return

    async def _stirs(self, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                await self._stirred.wait()
        except TimeoutError:
            return False
        self._stirred.clear()
        return True

    async def _act(self, work: Interruptible) -> None:
        while True:
            await self._until(Verdict.SAFE, Verdict.UNWATCHED, Verdict.UNSAFE)
            if self.verdict is Verdict.UNSAFE:
                async with self._protector.protecting(work.interrupt, lambda: self.why_not):
                    await self._until(Verdict.SAFE, Verdict.UNWATCHED)
            work.consider()
            await self._until(Verdict.UNSAFE)

    async def _until(self, *verdicts: Verdict) -> None:
        while self.verdict not in verdicts:
            await self._news.wait()

    def _take(self, opinion: Opinion) -> None:
        """Publish what has changed; wake whoever waits for it."""
        old = self.state
        # Under the Sun or not: that nothing else objects does not make a rig safe that nobody watches.
        safe = opinion.good if self._watched or opinion.good is False else None
        if (safe, opinion.reasons) == (old.safe, old.reasons):
            return
        changed = safe is not old.safe
        since = self._observer.unix() if changed else old.since
        self.state = SafetyState(source=SOURCE, safe=safe, reasons=opinion.reasons, since=since)
        self._publish(self.state)
        if changed:
            self._news.set()
            self._news = asyncio.Event()
            self._say_verdict(old.safe)

    def _say_verdict(self, before: bool | None) -> None:
        if self.state.safe is False:
            self._say(f"It is not safe: {self.why_not}.", "warning", UNSAFE)
        elif before is False:
            self._say("It is safe again.", code=CLEAR)
        else:
            self._say("It is safe.")

    def _say_unwatched(self) -> None:
        if self._has_roof:
            text = (
                "The profile has no rain sensor, weather station or power monitor: the roof opens unwatched."
            )
            self._say(text, "warning", advice="Add [safety_monitor] or [weather], or watch the sky yourself.")

    def _say(self, text: str, level: str = "info", code: str = "", advice: str = "") -> None:
        self._publish(Said(source=SOURCE, text=text, level=level, code=code, advice=advice))
