"""The dynamic method (CCDciel's): from one side through focus until enough samples lie behind it."""

from appliance.focus.curve import fit
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import MinimumAtEdge, NotConvex
from appliance.focus.result import Found
from appliance.focus.run import Run
from appliance.focus.sweep import moving_away
from appliance.focus.sweep_method import settle

FLANK = 2  # samples wanted before the sharpest


async def dynamic(run: Run, start: int) -> Found:
    """Begin half of `points` before the start, go on in one direction until half of them lie past the
    sharpest, fit, and look at the result. Turns round once when it began on the wrong side.

    Raises a NoFocus, MinimumAtEdge when travel or `extra_points` end first.
    """
    settings, way = run.settings, run.settings.direction
    first = start - way * (settings.points // 2) * settings.step
    first = max(run.focuser.travel[0], min(first, run.focuser.travel[-1]))
    lacking = await _through(run, first)
    if lacking:
        again = first - way * lacking * settings.step
        run.say(f"Best focus lies before the first sample; beginning again further back, from {again}.")
        if await _through(run, again, until=first):
            raise NotConvex("The star sizes along the sweep do not form a valley.")
    return await settle(run, fit(run.points, settings.min_goodness))


async def _through(run: Run, position: int, until: int | None = None) -> int:
    """Sample on from a position; how many samples are missing before it, 0 when there are enough.

    `until`: where the samples of an earlier pass begin, which need not be taken again.
    """
    settings, way, travel = run.settings, run.settings.direction, run.focuser.travel
    here: list[CurvePoint] = []
    while position in travel and len(run.tried) < settings.points + settings.extra_points:
        if until is None or (until - position) * way > 0:
            await run.go(position)
            if point := await run.sample(position):
                here.append(point)
        elif position not in run.tried:
            break
        if until is None and moving_away(here):
            return settings.points
        before, past = _around(run)
        joined = until is None or (position - until) * way >= 0
        if joined and past >= settings.points // 2:
            return max(0, FLANK - before)
        position += way * settings.step
    before, past = _around(run)
    if before and past:
        return 0
    raise MinimumAtEdge(
        f"The stars are still getting smaller at position {position - way * settings.step}.",
        side=way, estimate=position,
    )  # fmt: skip


def _around(run: Run) -> tuple[int, int]:
    """How many samples lie before the sharpest, and how many past it."""
    if not run.points:
        return 0, 0
    way = run.settings.direction
    best = min(run.points, key=lambda point: point.hfr).position
    off = [(point.position - best) * way for point in run.points]
    return sum(each < 0 for each in off), sum(each > 0 for each in off)
