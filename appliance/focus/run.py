"""What all focus methods share: moves from one side, frames that count, and what is told of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from appliance.bus import Publish, Said
from appliance.errors import DeviceStuck, NightboxError
from appliance.focus.matching import common_size
from appliance.focus.messages import CurvePoint, FocusState
from appliance.focus.past import Learned
from appliance.focus.problems import NoFocus
from appliance.focus.result import Look
from appliance.focus.settings import FocusSettings
from appliance.imaging.stars import StarField
from appliance.profile import FocusMeasure
from hardware.devices import Focuser

SOURCE = "focus"
SHAKEN = 1.35  # stars more elongated than this are trailed
NEAR_STEPS = 10  # some motors stop a few steps beside the goal


async def approach(focuser: Focuser, position: int, overshoot: int) -> None:
    """Arrive from the side that `overshoot` says, so the gears always rest on the same face.

    DeviceStuck when it says that it moved and stands elsewhere: some swallow a command without a word.
    """
    travel = focuser.travel
    outside = max(travel[0], min(position + overshoot, travel[-1]))
    if outside != position:
        await focuser.move_to(outside)
    await _move(focuser, position)


async def _move(focuser: Focuser, position: int) -> None:
    await focuser.move_to(position)
    if abs((reached := await focuser.position()) - position) > NEAR_STEPS:
        raise DeviceStuck(focuser.name, f"it stands at {reached} instead of {position}")


Gauge = Callable[[StarField], tuple[float, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One frame with enough stars, where it was taken; `point` by this frame alone."""

    point: CurvePoint
    stars: StarField


def as_measured(stars: StarField, measure: FocusMeasure) -> StarField:
    """With the measure's size of each star in the place of its half-flux radius."""
    if measure == "sharpness":
        return replace(stars, hfr_median=stars.detail, count=max(stars.count, stars.lit))
    if measure != "fwhm" or stars.fwhm is None:
        return stars
    known = stars.fwhm[np.isfinite(stars.fwhm)]
    typical = float(np.median(known)) if len(known) else float("nan")
    return replace(stars, hfr=stars.fwhm, hfr_median=typical)


class Run:
    """What one focus run has done so far. `points` has one sample per position, the newest of each, measured
    by the stars that all frames share; `frames` is every frame with enough stars. A method may put a `gauge`
    of its own (size, and how many stars gave it), want `fewest` stars, take the sharpest of `repeats` frames,
    and overshoot farther.
    """

    def __init__(
        self,
        focuser: Focuser,
        look: Look,
        publish: Publish,
        settings: FocusSettings,
        state: FocusState,
        learned: Learned | None = None,
    ) -> None:
        self.focuser, self.settings, self.learned = focuser, settings, learned or Learned()
        self.points: list[CurvePoint] = []
        self.frames: list[Sample] = []
        self.tried: list[int] = []
        self.lost: list[int] = []  # where too few stars were seen
        self.exposures = 0
        self.gauge: Gauge | None = None
        self.expected: float | None = None  # where past runs put this filter's focus at this temperature
        self.fewest, self.overshoot = settings.min_stars, settings.overshoot
        self._look, self._publish, self._state = look, publish, state
        self.repeats = 1
        self._always_long = False
        self._at: int | None = None  # where the last approach ended; None: unknown side

    def say(self, text: str, level: str = "info") -> None:
        """One line for the person at the telescope."""
        self._publish(Said(source=SOURCE, text=text, level=level, routine=level == "info"))

    def show(self, **changes: object) -> None:
        """Publish the run's state with its points and some fields changed."""
        if changes.get("phase") == "validating":
            changes = {"predicted_hfr": changes.get("best_hfr"), "check": None, **changes}
        self._state = replace(
            self._state, points=tuple(self.points), lost=tuple(self.lost), **changes,  # type: ignore[arg-type]
        )  # fmt: skip
        self._publish(self._state)

    def give_up(self, problem: BaseException, start: int) -> None:
        """Tell why, and hand the points to whoever journals the failure."""
        stopped = isinstance(problem, asyncio.CancelledError)
        sentence = problem.sentence if isinstance(problem, NightboxError) else repr(problem)
        if isinstance(problem, NoFocus):
            problem.points = tuple(self.points)
            problem.exposures = self.exposures
        self.show(phase="failed", problem="Stopped." if stopped else sentence)
        self.say(f"Focusing ended; the focuser was sent back to {start}.", level="warning")

    def forget(self) -> None:
        """What was measured so far is no use for what comes."""
        self.points, self.frames, self.lost = [], [], []

    async def approach(self, position: int) -> None:
        """Arrive, always from the same side."""
        self._at = None
        await approach(self.focuser, position, self.overshoot)
        self._at = position

    async def sweep(
        self, positions: Sequence[int], stop: Callable[[Sequence[CurvePoint]], bool] | None = None
    ) -> list[CurvePoint]:
        """Sample positions, given in the order of travel, until `stop` says so; what was seen there."""
        self.show(total=len(self.tried) + len(positions))
        here: list[CurvePoint] = []
        for position in positions:
            await self.go(position)
            if point := await self.sample(position):
                here.append(point)
            if stop and stop(here):
                break
        return here

    async def go(self, position: int) -> None:
        """On in the direction of the approach; an approach of its own where that would turn back."""
        onwards = self._at is not None and (position - self._at) * self.settings.direction > 0
        if position == self._at:
            return
        if not onwards:
            await self.approach(position)
            return
        await _move(self.focuser, position)
        self._at = position

    async def sample(self, position: int) -> CurvePoint | None:
        """A frame for the curve, taken again once when it has too few stars, then None."""
        self.tried.append(position)
        point = await self._best_of()
        if point is None or (self._shaken() and not self._always_long):
            point = await self._sharper(point)
        total = max(self._state.total, len(self.tried))
        if point is None:
            self.lost.append(position)
            self.show()
            self.say(
                f"Position {position} ({len(self.tried)} of {total}): too few stars, left out.", "warning"
            )
            return None
        self._keep(point)
        self.show()
        self.say(
            f"Position {position} ({len(self.tried)} of {total}): HFR {point.hfr:.2f}, {point.stars} stars."
        )
        return point

    async def _best_of(self) -> CurvePoint | None:
        point = await self.measure()
        for _ in range(self.repeats - 1):
            point = await self._sharper(point)
        return point

    def _shaken(self) -> bool:
        return self.frames[-1].stars.elongation > SHAKEN

    async def _sharper(self, point: CurvePoint | None) -> CurvePoint | None:
        """Shaken, or hidden by a cloud: another frame, and the sharper of the two."""
        again = await self.measure()
        if point is None or again is None:
            return point or again
        self._always_long = self._shaken()  # then it is the optics, and no frame of this run is better
        worse = -1 if again.hfr > point.hfr else -2
        del self.frames[worse]
        return point if worse == -1 else again

    async def measure(self) -> CurvePoint | None:
        """One frame where the focuser stands, None with too few stars."""
        self.exposures += 1
        stars = as_measured(await self._look(), self.settings.measure)
        size, count = (stars.hfr_median, stars.count) if self.gauge is None else self.gauge(stars)
        if count < self.fewest or not size > 0:  # NaN is not above 0
            return None
        assert self._at is not None
        point = CurvePoint(self._at, float(size), count)
        self.frames.append(Sample(point, stars))
        size = self._compared(self.points, point)[-1]
        if size > 0:
            return self._seen(replace(point, hfr=size))
        self.frames.pop()  # a cloud has left nothing but what is no star
        return None

    def _seen(self, point: CurvePoint) -> CurvePoint:
        """A frame at the result is shown as what confirms it."""
        if self._state.phase == "validating" and point.position == self._state.best_position:
            self.show(check=point)
        return point

    def _keep(self, point: CurvePoint) -> None:
        """Add the newest sample; all are compared anew by the stars that they share."""
        kept = [*(other for other in self.points if other.position != point.position), point]
        sizes = self._compared(kept[:-1], point)
        known = [size if size > 0 else each.hfr for each, size in zip(kept, sizes, strict=True)]
        self.points = [replace(each, hfr=size) for each, size in zip(kept, known, strict=True)]

    def _compared(self, others: Sequence[CurvePoint], point: CurvePoint) -> list[float]:
        """Sizes of some samples and of the newest frame, by the stars that they share."""
        if self.gauge is not None or not others:
            return [*(other.hfr for other in others), point.hfr]
        newest = {frame.point.position: frame.stars for frame in self.frames[:-1]}
        fields = [*(newest[other.position] for other in others), self.frames[-1].stars]
        assert self.frames[-1].point.position == point.position
        return [float(size) for size in common_size(fields)]
