"""SGPro's run: N points, smart focus, trend lines per side, and a validation that warns."""

from appliance.focus.curve import Curve, fit
from appliance.focus.problems import (
    LostInNoise,
    MinimumAtEdge,
    NoFocus,
    NotConfirmed,
    NotConvex,
    TooFewPoints,
)
from appliance.focus.result import Found
from appliance.focus.run import Run
from appliance.focus.trend import TrendLines, trend_lines

FEWEST = 3  # points that two lines need
FLANK = 2  # samples smart focus wants on each side of the sharpest at least: 3 of 9
SHALLOW = 1.4  # ends less blurred than this many times the sharpest: smart focus goes wider


async def sgp(run: Run, start: int) -> Found:
    """`points` samples, odd or even, centred on `start`; the trend lines' crossing is the focus.

    With `smart` it goes on sampling where the sharpest is near an end or the V is shallow, without it that is
    a MinimumAtEdge (obstructed optics look sharpest far out of focus). A last frame worse than the prediction
    by more than `validation_percent` is a warning, not a failure. Raises a NoFocus.
    """
    settings = run.settings
    first = start - (settings.points - 1) * settings.step // 2
    wanted = [first + n * settings.step for n in range(settings.points)]
    await run.sweep(_ordered(run, wanted))
    while settings.smart and (more := _smart(run)):
        run.say(f"Smart focus: {len(more)} more samples, from {more[0]} to {more[-1]}.")
        await run.sweep(more)
    lines = _lines(run)
    return await _settle(run, lines)


def _ordered(run: Run, positions: list[int]) -> list[int]:
    reachable = [position for position in positions if position in run.focuser.travel]
    return sorted(reachable, reverse=run.settings.direction < 0)


def _smart(run: Run) -> list[int]:
    """Where samples are missing, in the order of travel; none when both sides are well seen."""
    settings = run.settings
    left = settings.points + settings.extra_points - len(run.tried)
    if len(run.points) < FEWEST or left <= 0:
        return []
    ordered = sorted(run.points, key=lambda point: point.position)
    best = min(range(len(ordered)), key=lambda index: ordered[index].hfr)
    shallow = min(ordered[0].hfr, ordered[-1].hfr) < SHALLOW * ordered[best].hfr
    low, high = min(run.tried), max(run.tried)
    wanted: list[int] = []
    flank = max(FLANK, settings.points // 2 - 1)
    missing = (flank - best, flank - (len(ordered) - 1 - best))
    if missing[0] > 0 or (shallow and ordered[0].hfr <= ordered[-1].hfr):
        wanted = [low - n * settings.step for n in range(1, max(FLANK, missing[0]) + 1)]
    elif missing[1] > 0 or shallow:
        wanted = [high + n * settings.step for n in range(1, max(FLANK, missing[1]) + 1)]
    return _ordered(run, wanted[:left])


def _lines(run: Run) -> TrendLines:
    if len(run.points) < FEWEST:
        raise TooFewPoints(f"Only {len(run.points)} frames showed enough stars; two lines need {FEWEST}.")
    ordered = sorted(run.points, key=lambda point: point.position)
    best = min(range(len(ordered)), key=lambda index: ordered[index].hfr)
    if best in (0, len(ordered) - 1):
        side = -1 if best == 0 else 1
        end = ordered[best].position
        raise MinimumAtEdge(
            f"The sharpest sample is the last one {'inwards' if side < 0 else 'outwards'}, at {end}.",
            side=side, estimate=end,
        )  # fmt: skip
    lines = trend_lines(run.points)
    if lines is None:
        raise NotConvex("The star sizes along the sweep do not form a V.")
    if lines.goodness < run.settings.min_goodness:
        raise LostInNoise(f"The trend lines are lost in the noise: {lines.goodness:.0%} good.")
    return lines


async def _settle(run: Run, lines: TrendLines) -> Found:
    best, settings = round(lines.centre), run.settings
    curve = _curve(run)
    predicted = curve.at(best) if curve else min(point.hfr for point in lines.points if point.used)
    run.points = list(lines.points)
    run.show(
        phase="validating",
        curve=lines.line(),
        best_position=best,
        best_hfr=predicted,
        goodness=lines.goodness,
    )
    await run.approach(best)
    seen = await run.measure() or await run.measure()
    if seen is None:
        raise NotConfirmed(f"No stars in the frames taken at the new focus, position {best}.")
    excess = 100 * (seen.hfr / predicted - 1)
    warning = "" if excess <= settings.validation_percent else _advise(best, seen.hfr, predicted, excess)
    return Found(
        position=best, hfr=seen.hfr, predicted_hfr=predicted, goodness=lines.goodness,
        standard_error=curve.standard_error if curve else None, model=curve.model() if curve else {},
        points=lines.points, warning=warning,
    )  # fmt: skip


def _curve(run: Run) -> Curve | None:
    try:
        return fit(run.points, run.settings.min_goodness)
    except NoFocus:
        return None


def _advise(best: int, seen: float, predicted: float, excess: float) -> str:
    return (
        f"At {best} the stars have HFR {seen:.2f}, {excess:.0f} % more than the predicted"
        f" {predicted:.2f}: run again, around this focus."
        " If it stays so, raise focus.overshoot above the backlash, or focus.step."
    )
