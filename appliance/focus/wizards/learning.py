"""Learning the V-curve: several whole sweeps, and how well they agree."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from appliance.focus.curve import Curve
from appliance.focus.wizards.bench import Bench, Tools, carried_out

NAME = "V-curve learning"
WING = 1.5  # the straight part of a side: stars at least so many times the sharpest
GOOD_SPREAD, GOOD_CURVE = 0.15, 0.9

Remember = Callable[[Curve, float], Awaitable[None]]
"""Keep a curve; the seconds are of the loop's clock when its sweep began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What the sweeps agree on. Slopes in pixels of HFR per step, falling and rising side.

    `quality`: 0 to 1, the worst sweep's R². `spread`: relative scatter of their widths. The fit ranges over
    `low` to `high` (steps), where the stars were up to `widest` times the sharpest.
    """

    curves: tuple[Curve, ...]
    inner_slope: float | None
    outer_slope: float | None
    quality: float
    spread: float
    low: int
    high: int
    widest: float

    @property
    def best(self) -> int:
        """The newest sweep's focus."""
        return round(self.curves[-1].centre)

    @property
    def trustworthy(self) -> bool:
        """Good enough to focus by."""
        return self.quality >= GOOD_CURVE and self.spread <= GOOD_SPREAD


async def learn_v_curve(tools: Tools, remember: Remember) -> Learning:
    """Around where the focuser stands; leaves it at best focus. Raises a NoFocus or DeviceError.

    Each curve is given to `remember` as soon as it is there; those of an interrupted wizard were before.
    """

    async def procedure(bench: Bench, start: int) -> Learning:
        settings, centre, curves = bench.settings, start, list[Curve]()
        for number in range(1, settings.sweeps + 1):
            fresh, began = bench.fresh, bench.now()
            bench.begin(f"V-curve {number} of {settings.sweeps}")
            curve = await bench.curve(f"sweep {number}", centre, settings.step, settings.way)
            if bench.fresh > fresh:
                await remember(curve, began)
            curves.append(curve)
            centre = round(curve.centre)
        learning = summed_up(curves)
        await bench.rest_at(learning.best)
        return learning

    return await carried_out(NAME, tools, abs(tools.settings.overshoot), procedure, told)


def summed_up(curves: list[Curve]) -> Learning:
    """What the curves have in common."""
    used = [point for curve in curves for point in curve.points if point.used]
    breadths = [curve.breadth for curve in curves]
    sides = [(_slope(curve, -1), _slope(curve, 1)) for curve in curves]
    inner, outer = ([one for one in side if one is not None] for side in zip(*sides, strict=True))
    return Learning(
        curves=tuple(curves), inner_slope=fmean(inner) if inner else None,
        outer_slope=fmean(outer) if outer else None, quality=min(curve.goodness for curve in curves),
        spread=float(np.std(breadths, ddof=1) / median(breadths)) if len(breadths) > 1 else 0.0,
        low=min(point.position for point in used), high=max(point.position for point in used),
        widest=max(point.hfr for point in used) / min(curve.hfr for curve in curves),
    )  # fmt: skip


def _slope(curve: Curve, side: int) -> float | None:
    """Of the straight part of a side, None where it has fewer than two samples.

    A hyperbola's is that of its asymptote, a parabola's the mean over those samples.
    """
    wing = [
        (point.position - curve.centre, point.hfr) for point in curve.points
        if point.used and (point.position - curve.centre) * side > 0 and point.hfr >= WING * curve.hfr
    ]  # fmt: skip
    if len(wing) < 2:
        return None
    distances, sizes = np.array(wing, float).T
    if curve.kind == "parabola":
        return float(np.polyfit(distances, sizes, 1)[0])
    straight = np.sqrt(sizes**2 - curve.hfr**2)
    return float(straight @ distances / (distances @ distances))


def told(learning: Learning) -> tuple[str, ...]:
    """The result in lines."""
    slopes = " and ".join(
        "unknown" if one is None else f"{one * 100:+.2f}"
        for one in (learning.inner_slope, learning.outer_slope)
    )
    verdict = "It is trusted." if learning.trustworthy else "It is not trusted: try again in steadier air."
    return (
        f"V-curve of {len(learning.curves)} sweeps: {slopes} px per 100 steps on its sides; quality"
        f" {learning.quality:.0%}, widths agree within {learning.spread:.0%}. {verdict}",
        f"Fitted from {learning.low} to {learning.high}, up to {learning.widest:.1f} times the sharpest.",
    )
