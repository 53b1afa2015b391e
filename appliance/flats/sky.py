"""Flats of the twilight sky: filter by filter, each exposure longer or shorter than the one before."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from appliance.flats.factors import guessed, in_order
from appliance.flats.light import FULL_SHARE, Aim, Exposed, FlatFrames
from appliance.flats.twilight import SkyLight, measured_rate

LOOK_SECONDS = 90.0  # the longest wait without another look: clouds come and go
SETTLE = 1.03  # waits aim a little inside the limits
LAST_TRIES = 2  # at a limit and still off, before a filter's time is over
FRESH_SECONDS = 600.0  # a light seen longer ago tells no filter's factor
REMEMBERED = 8
DIM_ADU = 30.0  # less than that over the bias tells little

Twilight = Literal["dusk", "dawn"]


@dataclass(frozen=True, slots=True)
class SkySet:
    """What came of one filter: `kept` of those that were missing, and why not more ("" for all)."""

    filter: str
    kept: int
    missing: int
    why: str


@dataclass(frozen=True, slots=True)
class SkyFlatsResult:
    """Filter by filter in the order they were taken; `factors` as measured tonight."""

    sets: tuple[SkySet, ...]
    factors: dict[str, float]


async def sky_flats(
    frames: FlatFrames, filters: Sequence[str], aim: Aim, twilight: Twilight, per_minute: float,
    factors: Mapping[str, float] | None = None, done: Callable[[SkySet], Awaitable[None]] | None = None,
) -> SkyFlatsResult:  # fmt: skip
    """Take what is missing in each filter for as long as the twilight allows.

    `per_minute` is how fast the sky is expected to change (decades, negative at dusk), `factors` what was
    learned earlier; `done` is told of each filter. Frames off target are dropped and count for nothing.
    """
    known = dict(factors or {})
    follower = _Follower(frames, aim, twilight == "dusk", per_minute, known)
    sets = []
    for name in in_order(filters, known, dusk=follower.dusk):
        if missing := await frames.missing(name):
            sets.append(await follower.take(name, missing))
            if done is not None:
                await done(sets[-1])
    return SkyFlatsResult(tuple(sets), {name: known[name] for name in follower.measured})


class _Over(Exception):
    """A filter's time is over."""


@dataclass(slots=True)
class _Follower:
    """What is known of the light, and of the filter in it."""

    frames: FlatFrames
    aim: Aim
    dusk: bool
    per_minute: float
    factors: dict[str, float]
    light: SkyLight | None = None
    measured: set[str] = field(default_factory=set)
    _seen: list[tuple[float, float]] = field(default_factory=list)
    _tries: int = 0

    async def take(self, name: str, missing: int) -> SkySet:
        self._seen, self._tries, why = [], 0, ""
        async with self.frames.through(name):
            try:
                while await self.frames.missing(name):
                    await self._one(name)
            except _Over as over:
                why = str(over)
        left = await self.frames.missing(name)
        return SkySet(name, missing - left, missing, why)

    async def _one(self, name: str) -> None:
        """One exposure, kept or dropped, or a wait."""
        if not await self.frames.ready():
            raise _Over("the twilight is over")
        wait, seconds = self._next(name)
        if wait > 0:
            await asyncio.sleep(min(wait, LOOK_SECONDS))
            if wait < LOOK_SECONDS:
                return
        exposed = await self.frames.expose(name, seconds)
        hits = self.aim.hits(exposed.level)
        self._learn(name, exposed)
        if hits:
            self._tries = 0
            await self.frames.keep(exposed)
            return
        await self.frames.drop(exposed)
        self._count_tries(exposed)

    def _next(self, name: str) -> tuple[float, float]:
        """How long to wait, and how long to expose then; a first look is as likely as can be to be of use."""
        aim, now = self.aim, asyncio.get_running_loop().time()
        if self.light is None:
            return 0.0, aim.fitted(aim.shortest if self.dusk else aim.longest)
        factor = self._factor(name)
        wanted = self.light.exposure(aim.light, factor, now)
        if name in self.factors and self._tries < LAST_TRIES:
            early = aim.shortest * SETTLE if self.dusk else aim.longest / SETTLE
            too_early = (wanted or aim.longest) < aim.shortest if self.dusk else (wanted or 0) > aim.longest
            if too_early:
                return self.light.seconds_until(aim.light, factor, early, now), aim.fitted(early)
        return 0.0, aim.fitted(aim.longest if wanted is None else wanted)

    def _factor(self, name: str) -> float:
        return self.factors.get(name, guessed(name))

    def _count_tries(self, exposed: Exposed) -> None:
        """At dusk the longest exposure gets too dark and stays so, at dawn the shortest too bright."""
        aim = self.aim
        dark = exposed.level < aim.adu
        at_end = (
            dark and exposed.seconds >= aim.fitted(aim.longest)
            if self.dusk
            else not dark and exposed.seconds <= aim.fitted(aim.shortest)
        )
        self._tries = self._tries + 1 if at_end else 0
        if self._tries >= LAST_TRIES:
            limit = f"{aim.longest:g} s" if self.dusk else f"{aim.shortest:g} s"
            raise _Over(f"it is too {'dark for' if self.dusk else 'bright even for'} {limit}")

    def _learn(self, name: str, exposed: Exposed) -> None:
        """In a filter not measured tonight its factor, else how bright it is and how fast that changes."""
        light = self.aim.light_of(exposed.level)
        telling = exposed.level < FULL_SHARE * self.aim.full and light >= DIM_ADU
        sky = self.light or SkyLight(1.0, exposed.begins, self.per_minute)
        raw = sky.seen(light, exposed.seconds, exposed.begins, 1.0)
        if name not in self.measured and self._shown_lately(exposed.begins):
            self.factors[name] = sky.rate_at(exposed.begins) / raw.rate
        if telling:
            self.measured.add(name)
            self.factors.setdefault(name, guessed(name))  # the first filter's guess is the measure for others
            self._seen = [*self._seen[1 - REMEMBERED :], (exposed.begins, raw.rate)]
        if name in self.measured or not self._shown_lately(exposed.begins):
            rate = measured_rate(self.per_minute, self._seen)
            self.light = SkyLight(raw.rate * self._factor(name), exposed.begins, rate)

    def _shown_lately(self, moment: float) -> bool:
        """Is the light known through another filter, so that a new one can be held against it?"""
        return self.light is not None and bool(self.measured) and moment - self.light.at < FRESH_SECONDS
