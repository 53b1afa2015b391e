"""Iterative methods: step by step towards smaller stars, for any focuser, and for one bright star."""

import math
from collections.abc import Callable

import numpy as np

from appliance.focus.curve import vertex
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import LostInNoise, NotConfirmed, NotConvex, TooFewPoints
from appliance.focus.result import Found
from appliance.focus.run import Run
from appliance.imaging.stars import StarField

FIRST_STRIDE, LAST_STRIDE = 2.0, 0.5  # of `step`
MOST_FRAMES = 30
RISE = 1.15  # a minimum has samples so much larger on both sides,
WALL = 3.0  # if need be so many steps away
CONFIRM = 1.15  # the last frame may be so much larger than the sharpest sample


async def iterative(run: Run, start: int) -> Found:
    """Go on while the stars shrink, turn when they grow, halve the stride when both sides are worse.

    Needs no range, no curve and no absolute scale. Raises a NoFocus.
    """
    best = await _sample(run, start)
    if best is None:
        raise TooFewPoints("The first frame shows too few stars; there is nothing to follow.")
    stride, way, worse = FIRST_STRIDE * run.settings.step, run.settings.direction, 0
    while stride >= LAST_STRIDE * run.settings.step and run.exposures < MOST_FRAMES:
        position = round(best.position + way * stride)
        new = position in run.focuser.travel and position not in run.tried
        point = await _sample(run, position) if new else None
        best = min(run.points, key=lambda each: each.hfr)
        if point is not None and best.position == position:
            worse = 0
            continue
        way, worse = -way, worse + 1
        if worse == 2:
            stride, worse = stride / 2, 0
    return await _settle(run, best)


async def bright_star(run: Run, start: int) -> Found:
    """The same on the one brightest star that is not saturated: fields with little else, short exposures."""
    run.gauge, run.fewest = brightest(), 1
    return await iterative(run, start)


def brightest() -> Callable[[StarField], tuple[float, int]]:
    """Size of the star that was brightest in the first frame, found again in the later ones; and how many
    stars were measured: one or none.
    """
    seen: list[tuple[float, float]] = []

    def gauge(stars: StarField) -> tuple[float, int]:
        known = np.flatnonzero(np.isfinite(stars.hfr))
        if not len(known):
            return math.nan, 0
        index = known[0]
        if seen:  # it drifts a little; another one would have another size
            away = np.hypot(stars.x[known] - seen[-1][0], stars.y[known] - seen[-1][1])
            index = known[int(away.argmin())] if away.min() < 0.1 * stars.width else known[0]
        seen.append((float(stars.x[index]), float(stars.y[index])))
        return float(stars.hfr[index]), 1

    return gauge


async def _sample(run: Run, position: int) -> CurvePoint | None:
    await run.go(position)
    return await run.sample(position)


async def _settle(run: Run, best: CurvePoint) -> Found:
    inner = [point.hfr for point in run.points if point.position < best.position]
    outer = [point.hfr for point in run.points if point.position > best.position]
    if not inner or not outer:
        raise NotConvex("The stars are sharpest at the end of the focuser's travel.")
    if min(max(inner), max(outer)) < RISE * best.hfr:
        inner, outer = await _walls(run, best)
    if min(max(inner), max(outer)) < RISE * best.hfr:
        raise LostInNoise("The stars hardly change on both sides of the sharpest sample.")
    position = _between(run, best)
    run.show(phase="validating", best_position=position, best_hfr=best.hfr)
    await run.approach(position)
    seen = await run.measure() or await run.measure()
    if seen is None or seen.hfr > CONFIRM * best.hfr:
        raise NotConfirmed(f"The frame at the new focus, position {position}, is worse than those before it.")
    rise = min(max(inner), max(outer)) / best.hfr
    return Found(
        position=position,
        hfr=seen.hfr,
        predicted_hfr=best.hfr,
        goodness=1 - 1 / rise,
        points=tuple(run.points),
    )


async def _walls(run: Run, best: CurvePoint) -> tuple[list[float], list[float]]:
    """Sizes inwards and outwards of the best, after a look from farther away: is there a valley at all?"""
    for side in (run.settings.direction * -1, run.settings.direction):
        position = round(best.position + side * WALL * run.settings.step)
        if position in run.focuser.travel and position not in run.tried:
            await _sample(run, position)
    inner = [point.hfr for point in run.points if point.position < best.position]
    outer = [point.hfr for point in run.points if point.position > best.position]
    return inner, outer


def _between(run: Run, best: CurvePoint) -> int:
    """The vertex of the samples nearest to the best, never beyond its neighbours."""
    near = sorted(run.points, key=lambda point: abs(point.position - best.position))[:5]
    guess = vertex(near)
    low = max(point.position for point in run.points if point.position < best.position)
    high = min(point.position for point in run.points if point.position > best.position)
    return best.position if guess is None or not low < guess < high else round(guess)
