"""A focuser with backlash and a sky with seeing, outliers and clouds, in virtual time."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from appliance.bus import Message
from appliance.focus.autofocus import run_focus
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.imaging.stars import StarField
from hardware.errors import DeviceError

Law = Callable[[float], float]


def indi_law(position: float) -> float:
    """INDI's simulator: FWHM" = 3.5 + 0.5625·((p − 36700)/5000)², at 1.5 "/px, HFR = FWHM/2."""
    return (3.5 + 0.5625 * ((position - 36700) / 5000) ** 2) / 3.0


def hyperbola_law(best: float, a: float, b: float) -> Law:
    return lambda position: a * math.hypot(1.0, (position - best) / b)


class FakeFocuser:
    name = "fake focuser"
    lost = False

    def __init__(self, position: int, travel: range = range(100_001), backlash: int = 0) -> None:
        self.travel, self.backlash = travel, backlash
        self._motor = position
        self.optics = float(position)  # where the drawtube really is
        self.moves: list[int] = []
        self.jam_at: int | None = None
        self.steps_per_second = 2000

    async def position(self) -> int:
        return self._motor

    async def celsius(self) -> float | None:
        return None

    async def move_to(self, position: int) -> None:
        assert position in self.travel
        self.moves.append(position)
        while self._motor != position:
            stride = max(-500, min(500, position - self._motor))
            await asyncio.sleep(abs(stride) / self.steps_per_second)
            self._motor += stride
            # The tube follows only once the slack is used up, on either face.
            self.optics = min(max(self.optics, self._motor), self._motor + self.backlash)
            if self.jam_at is not None and (self._motor - self.jam_at) * stride >= 0:
                raise DeviceError(self.name, "the motor is jammed")


def star_field(hfr: float, count: int) -> StarField:
    each = np.full(count, hfr, np.float32)
    places = np.random.default_rng(7).uniform(20, 1000, (2, count)).astype(np.float32)
    return StarField(
        x=places[0], y=places[1], flux=each, hfr=each, hfr_median=hfr if count else math.nan, count=count,
        saturated=0, background=200.0, noise=10.0, width=1280, height=1024, fwhm=2 * each,
        detail=hfr if count else math.nan, lit=100 * count,
    )  # fmt: skip


@dataclass
class FakeSky:
    """`look` for a focuser: `noise` is each frame's relative HFR noise; frames count from 0."""

    focuser: FakeFocuser
    law: Law
    random: Random = field(default_factory=lambda: Random(1))
    noise: float = 0.0
    factors: dict[int, float] = field(default_factory=dict)
    no_stars: Callable[[int, float], bool] = lambda frame, hfr: False
    frame: int = 0
    seconds: float = 1.0

    async def look(self) -> StarField:
        await asyncio.sleep(self.seconds)
        frame, self.frame = self.frame, self.frame + 1
        hfr = self.law(self.focuser.optics)
        if self.no_stars(frame, hfr):
            return star_field(0.0, 0)
        return star_field(hfr * math.exp(self.random.gauss(0, self.noise)) * self.factors.get(frame, 1.0), 40)


async def focus(sky: FakeSky, settings: FocusSettings, seen: list[Message] | None = None) -> FocusResult:
    publish = (lambda message: None) if seen is None else seen.append
    return await run_focus(sky.focuser, sky.look, publish, settings, reason="test", filter="L")
