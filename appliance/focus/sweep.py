"""Where to sample: pure planning of a focus run's positions, in steps."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from appliance.focus.curve import Curve, fit, vertex
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import LostInNoise, MinimumAtEdge, NoFocus, NotConvex, TooFewPoints
from appliance.focus.settings import FocusSettings

AWAY_POINTS, AWAY_GROWTH = 4, 1.3


def first_sweep(start: int, travel: range, settings: FocusSettings) -> list[int]:
    """Positions around the start in the order of travel, shifted to stay on the focuser's travel.

    Room for the overshoot is kept where there is any; a very short travel gets fewer positions.
    """
    half = settings.points // 2 * settings.step
    low, high = travel[0] + half, travel[-1] - half
    if settings.direction < 0:
        high = max(min(high, travel[-1] - settings.overshoot - half), low)
    else:
        low = min(max(low, travel[0] - settings.overshoot + half), high)
    centre = max(low, min(start, high)) if low <= high else start
    grid = [centre + n * settings.step for n in range(-(settings.points // 2), settings.points // 2 + 1)]
    return _ordered([position for position in grid if position in travel], settings)


def moving_away(sweep: Sequence[CurvePoint]) -> bool:
    """True when the sweep so far did nothing but lose focus: going on would only waste frames."""
    hfrs = [point.hfr for point in sweep]
    rising = all(after > before for before, after in pairwise(hfrs))
    return len(hfrs) >= AWAY_POINTS and rising and hfrs[-1] > AWAY_GROWTH * hfrs[0]


def next_sweep(
    points: Sequence[CurvePoint], tried: Sequence[int], travel: range, settings: FocusSettings
) -> tuple[list[int], Curve | None]:
    """Either more positions to sample, in the order of travel, or none and the finished curve.

    Raises a NoFocus when the points lead nowhere, or where travel or `extra_points` end first.
    """
    curve, side, aim = _assess(points, tried, settings)
    if side == 0:
        return [], curve
    known = curve.bracket() if curve else [point.position for point in points]
    wanted = _beyond(side, aim, tried, settings) or _again(side, aim, known, tried)
    reachable = [position for position in wanted if position in travel]
    left = settings.points + settings.extra_points - len(tried)
    if reachable and left > 0:
        # Too few left: those nearest to what is known already, so that no gap opens.
        return _ordered(reachable[:left], settings), None
    if curve is not None:
        return [], curve
    raise MinimumAtEdge(_sentence(side, wanted, reachable, tried), side=side, estimate=aim)


def _sentence(side: int, wanted: list[int], reachable: list[int], tried: Sequence[int]) -> str:
    where = "inwards" if side < 0 else "outwards"
    if not wanted:
        return f"Best focus lies further {where}, but no stars were seen there."
    if not reachable:
        return f"Best focus lies further {where} than the focuser can travel."
    return f"Best focus lies still further {where} after {len(tried)} positions."


def _assess(
    points: Sequence[CurvePoint], tried: Sequence[int], settings: FocusSettings
) -> tuple[Curve | None, int, float]:
    """The curve if there is one, the side that lacks samples (0: none), and where focus seems to be."""
    try:
        curve = fit(points, settings.min_goodness)
    except MinimumAtEdge as edge:
        return None, edge.side, edge.estimate
    except (TooFewPoints, NotConvex, LostInNoise) as problem:
        return None, *_trend(points, tried, settings, problem)
    inwards, outwards = curve.flanks()
    if min(inwards, outwards) >= settings.flank:
        return curve, 0, curve.centre
    return curve, -1 if inwards < outwards else 1, curve.centre


def _trend(
    points: Sequence[CurvePoint], tried: Sequence[int], settings: FocusSettings, problem: NoFocus
) -> tuple[int, float]:
    """Without a curve: the side on which the stars clearly get smaller, else the problem is raised."""
    if len(points) < 3:
        return _where_stars_are(points, tried, settings, problem)
    positions = np.array([point.position for point in points], float)
    logs = np.log([point.hfr for point in points])
    correlation = float(np.corrcoef(positions, logs)[0, 1]) if np.ptp(logs) > 0 else 0.0
    if correlation**2 < 0.7 or np.ptp(logs) < math.log(1.15):
        raise problem
    side = -1 if correlation > 0 else 1
    end = float(positions.min() if side < 0 else positions.max())
    guess = vertex(points)
    blind = end + side * settings.step
    return side, blind if guess is None or (guess - end) * side < 0 else guess


def _where_stars_are(
    points: Sequence[CurvePoint], tried: Sequence[int], settings: FocusSettings, problem: NoFocus
) -> tuple[int, float]:
    """Far out of focus no stars are found: focus is beyond the one end that showed some."""
    seen = {point.position for point in points}
    inner, outer = min(tried, default=0), max(tried, default=0)
    if (inner in seen) == (outer in seen):
        raise problem
    return (-1, inner - settings.step) if inner in seen else (1, outer + settings.step)


def _beyond(side: int, aim: float, tried: Sequence[int], settings: FocusSettings) -> list[int]:
    """Positions past the samples on one side until `aim` has its flank, nearest first.

    So far away that more than a sweep would be needed: jump, with a sweep around `aim`.
    """
    end = min(tried) if side < 0 else max(tried)
    # Far extrapolation is not to be trusted: at most a sweep's width at a time.
    aim = end + side * min(side * (aim - end), settings.points * settings.step)
    missing = math.ceil((side * (aim - end)) / settings.step) + settings.flank
    skipped = max(0, missing - settings.points)
    return [end + side * n * settings.step for n in range(skipped + 1, missing + 1)]


def _again(side: int, aim: float, known: Sequence[int], tried: Sequence[int]) -> list[int]:
    """Positions on one side of `aim` that gave nothing usable (cloud, shake) and deserve a second visit."""
    once = [position for position in tried if tried.count(position) == 1]
    return [position for position in once if (position - aim) * side > 0 and position not in known]


def _ordered(positions: Sequence[int], settings: FocusSettings) -> list[int]:
    return sorted(positions, reverse=settings.direction < 0)
