"""Frames of a light that is a formula: what the procedures need of a rig, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from appliance.flats.light import Aim, Exposed

BIAS, FULL = 200.0, 65_535.0
OVERHEAD = 2.0
AIM = Aim(adu=25_000.0, tolerance=0.1, shortest=0.5, longest=20.0, bias=BIAS, full=FULL)
STEPS = 50


@dataclass
class FakeFrames:
    """`light` is ADU per second over the bias through L at a moment (loop time)."""

    light: Callable[[float], float]
    transmission: dict[str, float]
    wanted: int = 5
    ends: float = float("inf")
    filter: str = ""
    kept: list[tuple[str, float, float]] = field(default_factory=list)
    dropped: list[tuple[str, float, float]] = field(default_factory=list)

    async def missing(self, filter_: str) -> int:
        return self.wanted - sum(name == filter_ for name, _, _ in self.kept)

    @asynccontextmanager
    async def through(self, filter_: str) -> AsyncIterator[None]:
        await asyncio.sleep(5.0)
        self.filter = filter_
        yield

    async def expose(self, filter_: str, seconds: float) -> Exposed:
        assert filter_ == self.filter
        assert 0.5 <= seconds <= 20.0
        begins = asyncio.get_running_loop().time()
        await asyncio.sleep(seconds + OVERHEAD)
        middles = (begins + (i + 0.5) / STEPS * seconds for i in range(STEPS))
        mean = sum(map(self.light, middles)) / STEPS
        level = min(BIAS + mean * self.transmission[filter_] * seconds, FULL)
        return Exposed(level, seconds, begins)

    async def keep(self, exposed: Exposed) -> None:
        assert AIM.hits(exposed.level)
        self.kept.append((self.filter, exposed.seconds, exposed.level))

    async def drop(self, exposed: Exposed) -> None:
        self.dropped.append((self.filter, exposed.seconds, exposed.level))

    async def ready(self) -> bool:
        return asyncio.get_running_loop().time() < self.ends

    def order(self) -> list[str]:
        return list(dict.fromkeys(name for name, _, _ in self.kept))

    def exposures(self, filter_: str) -> list[float]:
        return [seconds for name, seconds, _ in self.kept if name == filter_]


class FakePanel:
    """Levels 0 to 255; what it was told."""

    name, lost, brightest = "Panel", False, 255

    def __init__(self) -> None:
        self.now, self.told = 0, list[int]()

    async def level(self) -> int:
        return self.now

    async def light(self, level: int) -> None:
        assert 0 <= level <= self.brightest
        self.now = level
        self.told.append(level)
