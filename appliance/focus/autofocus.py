"""Autofocus: sweep the focuser, measure star size, settle at the minimum of the V-curve."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from appliance.bus import Publish, Said
from appliance.cleanup import on_failure
from appliance.errors import NightboxError
from appliance.focus.curve import Curve
from appliance.focus.messages import CurvePoint, FocusState
from appliance.focus.problems import NoFocus, NotConfirmed
from appliance.focus.settings import FocusSettings
from appliance.focus.sweep import first_sweep, moving_away, next_sweep
from appliance.imaging.stars import StarField
from hardware.devices import Focuser

Look = Callable[[], Awaitable[StarField]]
SOURCE = "focus"


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusResult:
    """Best focus, with the focuser there. hfr: measured there, pixels; predicted_hfr: the curve's.

    goodness: 0..1, the curve's R². points: as journalled, `[asdict(p) for p in points]`;
    exposures counts all frames, repeated and validating ones too; seconds of the loop's clock.
    """

    position: int
    hfr: float
    predicted_hfr: float
    goodness: float
    curve: Curve
    points: tuple[CurvePoint, ...]
    exposures: int
    seconds: float


async def autofocus(
    focuser: Focuser,
    look: Look,
    publish: Publish,
    settings: FocusSettings,
    *,
    reason: str,
    filter: str,  # noqa: A002
) -> FocusResult:
    """Find best focus and leave the focuser there; `look` exposes once and measures the stars.

    Raises a NoFocus (FocusFailed; its `points` are those measured) or what the devices and `look`
    raise. On any failure and on Stop the focuser goes back to where it started, from the same side.
    """
    began = asyncio.get_running_loop().time()
    start = await focuser.position()
    run = _Run(focuser, look, publish, settings, FocusState(
        source=SOURCE, phase="sampling", reason=reason, filter=filter, total=settings.points,
    ))  # fmt: skip
    run.say(f"Focusing ({reason}, filter {filter}) from position {start}.")
    try:
        async with on_failure(run.approach, start, within=settings.restore_seconds):
            curve = await _sample_curve(run, start)
            hfr = await _validate(run, curve)
    except BaseException as problem:
        run.give_up(problem, start)
        raise
    best = round(curve.centre)
    run.show(phase="done", best_hfr=hfr)
    run.say(f"In focus at position {best}: HFR {hfr:.2f}, curve {curve.goodness:.0%} good.")
    return FocusResult(
        position=best,
        hfr=hfr,
        predicted_hfr=curve.hfr,
        goodness=curve.goodness,
        curve=curve,
        points=curve.points,
        exposures=run.exposures,
        seconds=asyncio.get_running_loop().time() - began,
    )


async def approach(focuser: Focuser, position: int, overshoot: int) -> None:
    """Arrive from the side that `overshoot` says, so the gears always rest on the same face."""
    travel = focuser.travel
    outside = max(travel[0], min(position + overshoot, travel[-1]))
    if outside != position:
        await focuser.move_to(outside)
    await focuser.move_to(position)


async def _sample_curve(run: "_Run", start: int) -> Curve:
    travel, settings = run.focuser.travel, run.settings
    wanted, curve = first_sweep(start, travel, settings), None
    await run.sweep(wanted, stop=moving_away)
    while curve is None:
        wanted, curve = next_sweep(run.points, run.tried, travel, settings)
        if wanted:
            run.say(f"Sampling {len(wanted)} more positions, from {wanted[0]} to {wanted[-1]}.")
            await run.sweep(wanted)
    return curve


async def _validate(run: "_Run", curve: Curve) -> float:
    """HFR at the result. A frame worse than predicted gets a second look; the better one counts."""
    best, settings = round(curve.centre), run.settings
    run.points = list(curve.points)
    run.show(
        phase="validating",
        curve=curve.line(),
        best_position=best,
        best_hfr=curve.hfr,
        goodness=curve.goodness,
    )
    await run.approach(best)
    # In bad seeing single frames scatter more than the setting: then three of their sigmas.
    margin = 1 + max(settings.validation_percent / 100, 3 * curve.scatter)
    first = await run.measure()
    if first and first.hfr <= curve.hfr * margin:
        return first.hfr
    run.say(f"The frame at {best} is not as sharp as predicted; looking again.", level="warning")
    second = await run.measure()
    seen = [point.hfr for point in (first, second) if point]
    if not seen:
        raise NotConfirmed(f"No stars in the frames taken at the new focus, position {best}.")
    sharpest = min(point.hfr for point in curve.points if point.used)
    if min(seen) > max(sharpest, curve.hfr) * margin:
        raise NotConfirmed(
            f"At the new focus the stars have HFR {min(seen):.2f}; {curve.hfr:.2f} was promised by the curve."
        )
    return min(seen)


class _Run:
    """What one focus run has done so far."""

    def __init__(
        self, focuser: Focuser, look: Look, publish: Publish, settings: FocusSettings, state: FocusState
    ) -> None:
        self.focuser, self.settings = focuser, settings
        self.points: list[CurvePoint] = []
        self.tried: list[int] = []
        self.exposures = 0
        self._look, self._publish, self._state = look, publish, state
        self._at: int | None = None  # where the last approach ended; None: unknown side

    def say(self, text: str, level: str = "info") -> None:
        self._publish(Said(source=SOURCE, text=text, level=level))

    def show(self, **changes: object) -> None:
        self._state = replace(self._state, points=tuple(self.points), **changes)  # type: ignore[arg-type]
        self._publish(self._state)

    def give_up(self, problem: BaseException, start: int) -> None:
        """Tell why, and hand the points to whoever journals the failure."""
        stopped = isinstance(problem, asyncio.CancelledError)
        sentence = problem.sentence if isinstance(problem, NightboxError) else repr(problem)
        if isinstance(problem, NoFocus):
            problem.points = tuple(self.points)
        self.show(phase="failed", problem="Stopped." if stopped else sentence)
        self.say(f"Focusing ended; the focuser was sent back to {start}.", level="warning")

    async def approach(self, position: int) -> None:
        """Arrive, always from the same side."""
        self._at = None
        await approach(self.focuser, position, self.settings.overshoot)
        self._at = position

    async def sweep(
        self, positions: list[int], stop: Callable[[Sequence[CurvePoint]], bool] | None = None
    ) -> None:
        """Sample positions, given in the order of travel, until `stop` says so."""
        self.show(total=len(self.tried) + len(positions))
        here: list[CurvePoint] = []
        for position in positions:
            await self._advance(position)
            if point := await self._sample(position):
                here.append(point)
            if stop and stop(here):
                break

    async def _advance(self, position: int) -> None:
        onwards = self._at is not None and (position - self._at) * self.settings.direction > 0
        if not onwards:
            await self.approach(position)
            return
        await self.focuser.move_to(position)
        self._at = position

    async def _sample(self, position: int) -> CurvePoint | None:
        self.tried.append(position)
        point = await self.measure() or await self.measure()
        total = max(self._state.total, len(self.tried))
        if point is None:
            self.say(
                f"Position {position} ({len(self.tried)} of {total}): too few stars, left out.", "warning"
            )
            return None
        self.points = [other for other in self.points if other.position != position] + [point]
        self.show()
        self.say(
            f"Position {position} ({len(self.tried)} of {total}): HFR {point.hfr:.2f}, {point.stars} stars."
        )
        return point

    async def measure(self) -> CurvePoint | None:
        """One frame where the focuser stands, None with too few stars."""
        self.exposures += 1
        stars = await self._look()
        if stars.count < self.settings.min_stars or not stars.hfr_median > 0:  # NaN is not above 0
            return None
        assert self._at is not None
        return CurvePoint(self._at, float(stars.hfr_median), stars.count)
