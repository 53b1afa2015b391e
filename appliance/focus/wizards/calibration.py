"""Calibrating a focuser that nobody knows yet: how many steps matter, where focus is, how much slack."""

import math
from dataclasses import dataclass

from appliance.focus.curve import Curve
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import MinimumAtEdge, NotConvex, TooFewPoints
from appliance.focus.wizards.backlash import Backlash, backlash_around
from appliance.focus.wizards.bench import Bench, Tools, carried_out
from appliance.focus.wizards.proposal import Proposal, as_toml

NAME = "focuser calibration"
SENSED = 1.25  # stars that differ by this factor are not the same by chance
AWAY = 2.0  # once they have grown so much again, focus lies between
STEPS_OF_TRAVEL = 1000  # the first try is this part of the travel
REACH = 2.2  # a good sweep ends where stars are so many times the sharpest
MOST_MOVES = 24
LIMIT_BREADTHS = 60.0  # nobody needs the focuser farther from focus than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """`curve` is the last V-curve; `step` suits it. `side`: where focus was from the start, -1 inwards.

    `low` to `high` is the range in which stars were measured, `travel` the focuser's own.
    """

    curve: Curve
    step: int
    points: int
    side: int
    low: int
    high: int
    travel: range
    backlash: Backlash

    @property
    def best(self) -> int:
        """Best focus, as focus runs arrive at it."""
        return self.backlash.best

    def proposals(self) -> list[Proposal]:
        """For the profile."""
        far = round(LIMIT_BREADTHS * self.curve.breadth)
        lowest, highest = max(self.travel[0], self.best - far), min(self.travel[-1], self.best + far)
        found = [
            Proposal(
                "focus", "step", self.step, f"a sweep of {self.points} ends at {REACH:g} times the sharpest"
            ),
            Proposal("focus", "points", self.points, "samples of a sweep"),
            *self.backlash.proposals(),
        ]
        if lowest > self.travel[0]:
            found.append(Proposal("focuser", "min_position", lowest, "far enough from focus"))
        if highest < self.travel[-1]:
            found.append(Proposal("focuser", "max_position", highest, "far enough from focus"))
        return found


async def calibrate(tools: Tools) -> Calibration:
    """From wherever some stars can be measured; leaves the focuser at best focus.

    Raises TooFewPoints without stars, NotConvex when they do not change with the focuser, MinimumAtEdge when
    focus lies beyond its travel, another NoFocus, ProcedureFailed or DeviceError.
    """

    async def procedure(bench: Bench, start: int) -> Calibration:
        bench.begin("How many steps can be seen")
        here = await _first(bench, start)
        walk = await _sensed(bench, here)
        bench.begin("Where focus is")
        seen = await _walked(bench, walk)
        bench.begin("A first V-curve")
        coarse = await bench.curve(
            "coarse", _sharpest(seen).position, _coarse_step(bench, seen), bench.settings.way
        )
        step = _good_step(coarse, bench.settings.points)
        bench.begin(f"A V-curve of {step} steps each")
        bench.take_up = max(bench.take_up, 2 * step)
        backlash = await backlash_around(bench, round(coarse.centre), step)
        fine = backlash.inwards if bench.settings.way < 0 else backlash.outwards
        await bench.rest_at(backlash.best)
        positions = [point.position for point in (*seen, *coarse.points, *fine.points)]
        return Calibration(
            curve=fine, step=_good_step(fine, bench.settings.points), points=bench.settings.points,
            side=1 if fine.centre > start else -1, low=min(positions), high=max(positions),
            travel=bench.focuser.travel, backlash=backlash,
        )  # fmt: skip

    take_up = max(abs(tools.settings.overshoot), 2 * tools.settings.step)
    return await carried_out(NAME, tools, take_up, procedure, told, Calibration.proposals)


async def _first(bench: Bench, start: int) -> CurvePoint:
    here = await bench.sample("start", start, bench.settings.way)
    if here is None:
        raise TooFewPoints(f"Too few stars where the focuser stands ({start}).")
    return here


async def _sensed(bench: Bench, here: CurvePoint) -> list[CurvePoint]:
    """Go out by growing strides until the stars have changed: the start, and where they had."""
    travel = bench.focuser.travel
    seen, stride = [here], max(len(travel) // STEPS_OF_TRAVEL, 1)
    way = 1 if travel[-1] - here.position > here.position - travel[0] else -1
    for number in range(MOST_MOVES):
        position = _within(travel, here.position + way * stride)
        point = await bench.sample(f"sense {number}", position, bench.settings.way)
        if point is None:
            break  # so far out that the stars are lost
        seen.append(point)
        if abs(math.log(point.hfr / here.hfr)) >= math.log(SENSED):
            return seen
        if position in (travel[0], travel[-1]):
            break
        stride *= 2
    raise NotConvex("The stars stay the same wherever the focuser goes.")


async def _walked(bench: Bench, seen: list[CurvePoint]) -> list[CurvePoint]:
    """On towards the smaller stars, in equal strides, until they have grown again; all that was measured."""
    first, last = seen[0], seen[-1]
    stride = last.position - first.position
    if last.hfr > first.hfr:
        stride, last = -stride, first
    seen, travel = list(seen), bench.focuser.travel
    for number in range(MOST_MOVES):
        position = _within(travel, last.position + stride)
        if position == last.position:
            side = 1 if stride > 0 else -1
            raise MinimumAtEdge(
                "The stars still get smaller where the focuser's travel ends.", side=side, estimate=position
            )
        point = await bench.sample(f"walk {number}", position, bench.settings.way)
        if point is None:
            return seen
        seen.append(point)
        last = point
        if point.hfr >= AWAY * _sharpest(seen).hfr:
            return seen
    raise NotConvex(f"No focus was found within {MOST_MOVES} strides of {abs(stride)} steps.")


def _within(travel: range, position: int) -> int:
    return max(travel[0], min(position, travel[-1]))


def _sharpest(seen: list[CurvePoint]) -> CurvePoint:
    return min(seen, key=lambda point: point.hfr)


def _coarse_step(bench: Bench, seen: list[CurvePoint]) -> int:
    """A sweep that reaches from the sharpest sample to the nearest that is out of focus."""
    sharpest = _sharpest(seen)
    away = [abs(p.position - sharpest.position) for p in seen if p.hfr >= SENSED * sharpest.hfr]
    return max(1, round(2 * min(away) / bench.settings.points)) if away else bench.settings.step


def _good_step(curve: Curve, points: int) -> int:
    """The ends of a sweep see stars REACH times the sharpest."""
    squared = REACH**2 - 1 if curve.kind == "hyperbola" else REACH - 1
    return max(1, round(curve.breadth * math.sqrt(squared) / (points // 2)))


def told(found: Calibration) -> tuple[str, ...]:
    """The result in lines."""
    where = "outwards" if found.side > 0 else "inwards"
    back = found.backlash
    return (
        f"Focus is at {found.best}, {where} from the start; the focuser goes from {found.travel[0]} to"
        f" {found.travel[-1]}, stars were measured from {found.low} to {found.high}.",
        f"Stars double in size {found.curve.depth(1.0):.0f} steps from focus. Backlash: {back.steps:.0f} ±"
        f" {back.error:.0f} steps. For the profile:",
        *as_toml(found.proposals()),
    )  # fmt: skip
