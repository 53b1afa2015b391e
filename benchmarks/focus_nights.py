"""Simulated nights for focus runs: rigs, skies, frames as star lists. Lengths in focuser steps unless named.

A star's size is the median radius of a Gaussian seeing disc blurred by the (obstructed) pupil's shadow,
which is no exact hyperbola. Each night has its own seeing and jitter, clouds that dim and hide stars,
backlash larger than the overshoot on some rigs, a tilted sensor, hot pixels taken for stars, shaken frames,
and a focus that drifts with the temperature while it is being looked for.
"""

import math
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.stars import StarField

Floats = NDArray[np.float64]
WIDTH, HEIGHT = 6000, 4000  # pixels
GAUSS_HFR = math.sqrt(2 * math.log(2))  # half-flux radius of a Gaussian in sigmas
FRAME_SECONDS, STEPS_PER_SECOND = 7.0, 60.0
FULL_SNR = 900.0  # of the brightest star, in focus, under a clear sky
DETECTED = 5.0
HOT_TAKEN = 0.25  # of the hot pixels that are not recognised as such, in each frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A telescope with its camera: f-ratio, focal length in mm, central obstruction 0..1, pixels in µm."""

    name: str
    f_ratio: float
    focal_mm: float
    obstruction: float
    pixel_um: float
    um_per_step: float

    @property
    def cfz(self) -> float:
        """The critical focus zone, 4.88·λ·N² at 550 nm, in steps."""
        return 4.88 * 0.55 * self.f_ratio**2 / self.um_per_step

    def shadow(self, off: Floats) -> Floats:
        """Radius in pixels of the pupil's shadow, so many steps out of focus."""
        return np.abs(off) * self.um_per_step / (2 * self.f_ratio) / self.pixel_um


SCOPES = (
    Scope(name="f/6 refractor", f_ratio=6, focal_mm=480, obstruction=0, pixel_um=3.76, um_per_step=1.5),
    Scope(name="f/8 RC", f_ratio=8, focal_mm=1600, obstruction=0.47, pixel_um=5.4, um_per_step=3.0),
    Scope(name="f/4 Newton", f_ratio=4, focal_mm=800, obstruction=0.33, pixel_um=3.76, um_per_step=0.8),
)


@cache
def _blur(obstruction: float) -> tuple[Floats, Floats]:
    """Half-flux radius against the shadow's radius, both in sigmas of the seeing disc."""
    random = np.random.default_rng(5)
    samples = 60_000
    ring = np.sqrt(random.uniform(obstruction**2, 1.0, samples))
    x, y = random.standard_normal((2, samples))
    shadows = np.concatenate([np.linspace(0, 4, 33), np.geomspace(4.5, 60, 24)])
    return shadows, np.array([np.median(np.hypot(x + shadow * ring, y)) for shadow in shadows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A scope as somebody uses it. step: of a 9-point run; tilt: steps of focus at the edges."""

    scope: Scope
    step: int
    overshoot: int
    backlash: int
    tilt: tuple[float, float]
    per_celsius: float
    hot: Floats  # x, y of hot pixels
    sky: Floats  # x, y, relative flux of the stars, brightest first

    @property
    def usual_seeing(self) -> float:
        """Sigma of the usual seeing disc in pixels."""
        return 2.6 / 2.355 * self.scope.focal_mm * 1000 / 206_265 / self.scope.pixel_um


def make_rig(seed: int) -> Rig:
    """One of many: the scopes in turn, everything else drawn."""
    random = Random(seed)
    scope = SCOPES[seed % len(SCOPES)]
    numbers = np.random.default_rng(seed)
    sigma = 2.6 / 2.355 * scope.focal_mm * 1000 / 206_265 / scope.pixel_um
    shadows, sizes = _blur(scope.obstruction)
    twice = float(np.interp(2.1 * GAUSS_HFR, sizes, shadows))  # ends see stars twice as large
    half = twice * sigma * scope.pixel_um * 2 * scope.f_ratio / scope.um_per_step
    overshoot = round(0.9 * scope.cfz)
    loose = random.random() < 0.15
    count = random.randrange(25, 160)
    flux = np.sort(numbers.pareto(1.1, count) + 1)[::-1]
    return Rig(
        scope=scope, step=max(1, round(half / 4 * random.lognormvariate(0, 0.2))), overshoot=overshoot,
        backlash=round(overshoot * (random.uniform(1.1, 1.8) if loose else random.uniform(0.0, 0.9))),
        tilt=(random.gauss(0, 0.2) * scope.cfz, random.gauss(0, 0.2) * scope.cfz),
        per_celsius=random.choice((-1, 1)) * random.uniform(0.1, 0.6) * scope.cfz,
        hot=numbers.uniform((0, 0), (WIDTH, HEIGHT), (random.choice((0, 0, 4, 15)), 2)),
        sky=np.column_stack([numbers.uniform(50, WIDTH - 50, count), numbers.uniform(50, HEIGHT - 50, count),
                             flux / flux[0]]),
    )  # fmt: skip


class Night:
    """One night at one moment: a focuser and a camera that share a sky. Satisfies hardware.devices.Focuser.

    `look` gives what star measurement would. Nothing waits: `clock` counts the seconds.
    """

    name, lost = "focuser", False

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig, self.random = rig, Random(seed)
        self.numbers = np.random.default_rng(seed)
        random, cfz = self.random, rig.scope.cfz
        self.travel = range(round(400 * cfz))
        self.clock, self.frames = 0.0, 0
        self._best = 200 * cfz + random.gauss(0, 1.5) * cfz
        far = random.random() < 0.08
        off = random.uniform(2, 5) * random.choice((-1, 1)) if far else random.gauss(0, 0.8)
        self._motor = round(self._best + off * cfz)
        self._tube = float(self._motor)
        self._seeing = random.lognormvariate(0, 0.2) * rig.usual_seeing
        self._jitter = random.uniform(0.04, 0.10)
        self._cooling = random.uniform(-1.5, 0.3) / 3600  # °C per second
        cloudy = random.random() < 0.34
        self.clouds = [(random.uniform(-60, 240), random.uniform(20, 150), random.uniform(0.5, 1.0))
                        for _ in range(random.randrange(1, 3))] if cloudy else []  # fmt: skip
        self._drift = np.zeros(2)

    @property
    def best(self) -> float:
        """Where the tube should be now: focus of the middle of the field."""
        return self._best + self.rig.per_celsius * self._cooling * self.clock

    @property
    def error(self) -> float:
        """How far the tube is from focus, in critical focus zones."""
        return abs(self._tube - self.best) / self.rig.scope.cfz

    async def position(self) -> int:
        return self._motor

    async def celsius(self) -> float | None:
        return 8.0 + self._cooling * self.clock

    async def move_to(self, position: int) -> None:
        assert position in self.travel
        self.clock += abs(position - self._motor) / STEPS_PER_SECOND + 0.5
        self._motor = position
        # The tube follows once the play is used up: inwards it rests on one face, outwards on the other.
        self._tube = min(max(self._tube, position), position + self.rig.backlash)

    async def look(self) -> StarField:
        """Expose where the tube is, and measure."""
        self.clock += FRAME_SECONDS
        self.frames += 1
        random, numbers = self.random, self.numbers
        sigma = self._seeing * random.lognormvariate(0, self._jitter)
        shaken = random.random() < 0.03
        x, y, flux = self.rig.sky.T
        off = self._tube - self.best + self._tilt(x, y)
        shadows, sizes = _blur(self.rig.scope.obstruction)
        size = sigma * np.interp(self.rig.scope.shadow(off) / sigma, shadows, sizes)
        size = np.hypot(size, random.uniform(0.8, 2.0) * sigma if shaken else 0.0)
        size = np.hypot(size, 0.35)  # pixels
        focused = GAUSS_HFR * self.rig.usual_seeing
        snr = FULL_SNR * flux * self._transparency() * (focused / size) / np.sqrt(1 + 20 * flux)
        size = size * (1 - 0.5 / np.maximum(snr, 1)) * (1 + np.hypot(0.025, 1 / np.maximum(snr, 1))
                                                      * numbers.standard_normal(len(size)))  # fmt: skip
        self._drift += numbers.normal(0, 0.4, 2)
        seen = snr > DETECTED
        place = np.column_stack([x, y])[seen] + self._drift + numbers.normal(0, 0.05, (int(seen.sum()), 2))
        return self._field(place, size[seen], snr[seen], shaken)

    def _field(self, place: Floats, size: Floats, snr: Floats, shaken: bool) -> StarField:
        hot = self.rig.hot[self.numbers.random(len(self.rig.hot)) < HOT_TAKEN]
        size = np.append(size, self.numbers.normal(0.8, 0.08, len(hot)))
        snr = np.append(snr, self.numbers.uniform(6, 60, len(hot)))
        place = np.vstack([place, hot])
        order = np.argsort(-snr)
        clear = size[snr > 10] if (snr > 10).any() else size
        return StarField(
            x=place[order, 0].astype(np.float32), y=place[order, 1].astype(np.float32),
            flux=snr[order].astype(np.float32), hfr=size[order].astype(np.float32),
            hfr_median=float(np.median(clear)) if len(size) else math.nan, count=len(size),
            saturated=0, background=800.0, noise=12.0, width=WIDTH, height=HEIGHT,
            elongation=(1.6 if shaken else 1.1) * self.random.lognormvariate(0, 0.05),
        )  # fmt: skip

    def _tilt(self, x: Floats, y: Floats) -> Floats:
        across, down = self.rig.tilt
        return across * (2 * x / WIDTH - 1) + down * (2 * y / HEIGHT - 1)

    def _transparency(self) -> float:
        left = 1.0
        for middle, width, depth in self.clouds:
            left *= 1 - depth * math.exp(-(((self.clock - middle) / width) ** 2))
        return max(left, 1e-4)
