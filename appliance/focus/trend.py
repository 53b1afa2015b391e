"""Trend lines, one per side of a V-curve: SGPro's way. Positions in steps, sizes in pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from appliance.focus.messages import CurvePoint

ROUND = 1.08  # below so many times the sharpest the V is a U: no part of a line where a side has others
HIGHER = 1.2  # a V is not straight: both sides are used up to about the height of the lower one
SCATTERED = 3.0  # how much 1 - R² weighs against the logarithm of the slopes' ratio
REJECT = 0.15  # a sample that lies farther off its line than this part of its size,
REJECT_TIMES = 3.0  # and than so many times what the others scatter without it


@dataclass(frozen=True, slots=True)
class Line:
    """size = level + slope · position."""

    level: float
    slope: float

    def at(self, position: float) -> float:
        """Size in pixels."""
        return self.level + self.slope * position


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLines:
    """The falling and the rising line and where they cross. points: `used` False for the rejected ones."""

    falling: Line
    rising: Line
    centre: float
    goodness: float
    points: tuple[CurvePoint, ...]

    def line(self) -> tuple[tuple[int, float], ...]:
        """Both lines for drawing: their far ends and the crossing."""
        low, high = self.points[0].position, self.points[-1].position
        ends = ((low, self.falling.at(low)), (self.centre, self.falling.at(self.centre)))
        return tuple((round(at), size) for at, size in (*ends, (high, self.rising.at(high))))


def trend_lines(points: Sequence[CurvePoint]) -> TrendLines | None:
    """The two lines that fit best; None where there are none, or they do not cross between the samples."""
    ordered = sorted(points, key=lambda point: point.position)
    if len(ordered) < 3:
        return None
    best = _sharpest([point.hfr for point in ordered])
    near = range(max(1, best - 1), min(len(ordered) - 1, best + 2) + 1)
    tries = [made for split in near if (made := _split(ordered, split)) is not None]
    return min(tries, key=_doubt, default=None)


def _doubt(lines: TrendLines) -> float:
    """Defocus is the same on both sides: unequal slopes speak against a division, as scatter does."""
    return abs(math.log(-lines.rising.slope / lines.falling.slope)) + SCATTERED * (1 - lines.goodness)


def _sharpest(sizes: list[float]) -> int:
    """Index of the sharpest sample; a single low outlier is none."""
    around = [sorted(sizes[max(0, index - 1) : index + 2]) for index in range(len(sizes))]
    smooth = [near[len(near) // 2] for near in around]
    return min(range(len(sizes)), key=lambda index: (smooth[index], sizes[index]))


def _split(ordered: list[CurvePoint], split: int) -> TrendLines | None:
    # A side of one sample shares the other's nearest.
    inner, outer = ordered[: max(split, 2)], ordered[min(split, len(ordered) - 2) :]
    floor = ROUND * min(point.hfr for point in ordered)
    height = HIGHER * min(ordered[0].hfr, ordered[-1].hfr)
    left, right = _side(inner, floor, height), _side(outer, floor, height)
    falling, rising = left.line, right.line
    if falling.slope >= 0 or rising.slope <= 0:
        return None
    centre = (falling.level - rising.level) / (rising.slope - falling.slope)
    if not ordered[0].position < centre < ordered[-1].position:
        return None
    rejected = {*left.rejected, *right.rejected}
    used = [
        replace(point, used=False, why="outlier") if point.position in rejected
        else replace(point, used=True, why="")
        for point in ordered
    ]  # fmt: skip
    return TrendLines(
        falling=falling, rising=rising, centre=centre, points=tuple(used), goodness=_goodness(left, right)
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """A line, the samples it was drawn through, and the position of one that it leaves out."""

    line: Line
    through: list[CurvePoint]
    rejected: tuple[int, ...]


def _side(points: list[CurvePoint], floor: float, height: float) -> _Side:
    """Through the straight part; where that has fewer than two samples, through all."""
    steep = [index for index, point in enumerate(points) if floor <= point.hfr <= height]
    among = steep if len(steep) >= 2 else list(range(len(points)))
    out, line = _robust(points, among)
    through = [points[index] for index in among if index not in out]
    return _Side(line, through, tuple(points[index].position for index in out))


def _robust(points: list[CurvePoint], among: list[int]) -> tuple[tuple[int, ...], Line]:
    """The line, without the one sample that the others contradict, when three remain to do so."""
    whole, scatter = _line(points, among)
    if len(among) < 4:
        return (), whole
    kept, one, rest = min(
        ((kept, *_line(points, list(kept))) for kept in combinations(among, len(among) - 1)),
        key=lambda each: each[2],
    )
    out = next(index for index in among if index not in kept)
    miss = abs(points[out].hfr - one.at(points[out].position)) / points[out].hfr
    if miss > max(REJECT, REJECT_TIMES * rest) and scatter > rest:
        return (out,), one
    return (), whole


def _line(points: list[CurvePoint], among: list[int]) -> tuple[Line, float]:
    """Least squares, and the relative scatter about it."""
    at, sizes = _arrays([points[index] for index in among])
    slope, level = np.polyfit(at - at.mean(), sizes, 1)
    line = Line(float(level - slope * at.mean()), float(slope))
    misses = (sizes - (line.level + line.slope * at)) / sizes
    return line, float(np.sqrt((misses**2).sum() / max(len(among) - 2, 1)))


def _goodness(left: _Side, right: _Side) -> float:
    """R² of the samples that the lines were drawn through."""
    sizes = np.array([point.hfr for side in (left, right) for point in side.through])
    misses = [point.hfr - side.line.at(point.position) for side in (left, right) for point in side.through]
    total = float(((sizes - sizes.mean()) ** 2).sum())
    return max(0.0, 1.0 - float((np.array(misses) ** 2).sum()) / total) if total > 0 else 0.0


def _arrays(points: list[CurvePoint]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (
        np.array([point.position for point in points], float),
        np.array([point.hfr for point in points], float),
    )
