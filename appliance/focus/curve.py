"""The V-curve: pure fits of HFR against focuser position. Positions in steps, HFR in pixels.

Two shapes are fitted by weighted linear least squares and the one with the lower χ² is kept:
hyperbola  HFR² = a² + s²(p - c)²  (geometric optics: seeing disc and defocus add in quadrature), and
parabola   HFR = c0 + c2 (p - c)²  (some telescopes near focus, and INDI's simulator).
Measurement noise is taken as proportional to HFR, so σ(HFR²) = 2·HFR·σ(HFR) ∝ HFR².
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from appliance.focus.messages import CurvePoint, Rejected
from appliance.focus.problems import LostInNoise, MinimumAtEdge, NotConvex, TooFewPoints

Array = NDArray[np.float64]
Kind = Literal["hyperbola", "parabola"]
KINDS: tuple[Kind, Kind] = ("hyperbola", "parabola")

FEWEST = 5  # three parameters and two points to contradict them
NOISE = 0.03  # relative HFR noise of one frame that reduced_chi2 takes as 1
WINGS = 3.0  # beyond this many times the sharpest HFR donuts are measured badly and tell little
WINGS_KEEP = 9  # but never fewer points than this for that reason
OUTLIER_SIGMA = 5.0  # leave-out deviation, in standard deviations of its prediction
OUTLIER_RATIO = 0.06  # and at least this much of the HFR
OUTLIER_NOISE = 0.015  # few points agree by chance: their scatter is taken to be at least this
OUTLIER_KEEP = 6  # and fewer are never left
QUIET = 0.005  # no frame is believed to be better than this, whatever the residuals say
RISE = 0.15  # a valley is at least this deep at one end of the used points,
RISE_SIGMA = 3.0  # and this many times the scatter: nine frames of nothing often bend a little
REWEIGHTINGS = 4
FLOOR = 0.2  # a hyperbola's minimum is at least this part of the sharpest sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A fitted V-curve. With u = (p - centre) / breadth it is

    hyperbola: HFR = hfr · √(1 + u²)        parabola: HFR = hfr · (1 + u²)

    goodness: weighted R², 0 (no better than a level line) to 1 (perfect): the figure for the user.
    reduced_chi2: χ² per degree of freedom for 3 % noise per frame; far above 1 means bad seeing,
    clouds or a wrong shape. scatter: relative rms of the residuals. standard_error: of the centre,
    in steps, from the residuals. points: all that were given, `used` False for those left out.
    """

    kind: Kind
    centre: float
    hfr: float
    breadth: float
    goodness: float
    reduced_chi2: float
    scatter: float
    standard_error: float
    points: tuple[CurvePoint, ...]

    def at(self, position: float) -> float:
        """HFR in pixels that the curve predicts at a position."""
        u2 = ((position - self.centre) / self.breadth) ** 2
        return float(self.hfr * (1 + u2) ** (0.5 if self.kind == "hyperbola" else 1.0))

    def depth(self, growth: float = 0.025) -> float:
        """Steps off centre at which HFR has grown by this fraction."""
        u2 = (1 + growth) ** 2 - 1 if self.kind == "hyperbola" else growth
        return float(self.breadth * u2**0.5)

    def model(self) -> dict[str, Any]:
        """As journal.FocusRun.model has it."""
        if self.kind == "hyperbola":
            return {"kind": "hyperbola", "a": self.hfr, "b": self.breadth, "centre": self.centre}
        c2 = self.hfr / self.breadth**2
        return {"kind": "parabola", "c0": self.hfr, "c2": c2, "centre": self.centre}

    def line(self, count: int = 41) -> tuple[tuple[int, float], ...]:
        """The curve over the range of its points, for drawing."""
        positions = [point.position for point in self.points]
        drawn = np.linspace(min(positions), max(positions), count)
        return tuple((round(position), self.at(position)) for position in drawn)

    def bracket(self) -> list[int]:
        """Positions that show where the valley is: used points and far wings, but no outliers."""
        return [p.position for p in self.points if p.used or p.hfr > WINGS * self.hfr]

    def flanks(self) -> tuple[int, int]:
        """How many positions of `bracket` lie inwards and outwards of the centre."""
        positions = self.bracket()
        return sum(p < self.centre for p in positions), sum(p > self.centre for p in positions)


def fit(points: Sequence[CurvePoint], min_goodness: float = 0.6) -> Curve:
    """The best curve through the points, outliers left out.

    Raises TooFewPoints (fewer than 5), NotConvex (neither shape opens upwards), MinimumAtEdge (the
    centre is not inside the used points) or LostInNoise (goodness below `min_goodness`, or shallow).
    """
    if len(points) < FEWEST:
        raise TooFewPoints(f"Only {len(points)} frames showed enough stars; a curve needs {FEWEST}.")
    positions, hfrs = _arrays(points)
    near = _without_wings(hfrs)
    used = _without_outliers(positions, hfrs, near)
    curve = _curve(_marked(points, near, used), positions, hfrs, used)
    if curve is None:
        raise NotConvex("The star sizes along the sweep do not form a valley.")
    low, high = positions[used].min(), positions[used].max()
    if not low < curve.centre < high:
        raise _edge(points, curve.centre, low, high)
    rise = max(curve.at(low), curve.at(high)) / curve.hfr - 1
    if curve.goodness < min_goodness or rise < max(RISE, RISE_SIGMA * curve.scatter):
        raise LostInNoise(
            f"The curve is lost in the noise: {rise:.0%} deep, {curve.scatter:.0%} scatter, "
            f"{curve.goodness:.0%} good."
        )
    return curve


def vertex(points: Sequence[CurvePoint]) -> float | None:
    """Where the points seem to lead, for planning only: of both shapes' centres the one nearest to
    the points, since extrapolation errs outwards. None without three points or an upward opening.
    """
    if len({point.position for point in points}) < 3:
        return None
    positions, hfrs = _arrays(points)
    everything = np.ones((1, len(points)), bool)
    fits = [_solve(kind, positions, hfrs, everything) for kind in KINDS]
    centres = [float(each.centre[0]) for each in fits if np.isfinite(each.centre[0])]
    middle = float(positions.mean())
    return min(centres, key=lambda centre: abs(centre - middle), default=None)


@dataclass(frozen=True, slots=True)
class _Fits:
    """One shape fitted to many subsets at once; rows are subsets, NaN centre where not convex."""

    centre: Array
    hfr: Array
    breadth: Array
    variance: Array  # of the centre, in steps², for a relative noise of 1
    residuals: Array  # ln(measured / model) of all points, used or not
    leverage: Array  # variance of the prediction at each point, in units of one frame's variance

    def chi2(self, masks: NDArray[np.bool_]) -> Array:
        total = np.where(masks, self.residuals**2, 0.0).sum(axis=1)
        return np.where(np.isfinite(self.centre), total, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    """Positions scaled to -1..1, so that the powers 1, x, x² stay well conditioned."""

    middle: float
    scale: float
    powers: Array

    @classmethod
    def of(cls, positions: Array) -> "_Axis":
        middle, scale = float(positions.mean()), float(np.ptp(positions)) / 2
        return cls(middle, scale, ((positions - middle) / scale)[:, None] ** np.arange(3))


def _solve(kind: Kind, positions: Array, hfrs: Array, masks: NDArray[np.bool_]) -> _Fits:
    """Weighted least squares of z = p0 + p1·x + p2·x², z = HFR² or HFR, for every mask at once.

    The weights come from the model, not from the measurements: else a low outlier would weigh more.
    """
    axis, squared = _Axis.of(positions), kind == "hyperbola"
    z = hfrs**2 if squared else hfrs
    size = np.broadcast_to(np.maximum(hfrs, np.median(hfrs) / 2), masks.shape)
    for _ in range(REWEIGHTINGS):
        weights = np.where(masks, _weight(squared, size), 0.0)
        normal = np.einsum("sn,ni,nj->sij", weights, axis.powers, axis.powers)
        covariance = np.linalg.pinv(normal, hermitian=True)
        p = np.einsum("sij,sn,nj,n->si", covariance, weights, axis.powers, z)
        modelled = p @ axis.powers.T
        size = np.sqrt(np.maximum(modelled, 0)) if squared else modelled
        size = np.maximum(size, FLOOR * hfrs.min())
    spread = np.einsum("ni,sij,nj->sn", axis.powers, covariance, axis.powers)
    shape = _shape(squared, p, covariance, axis, FLOOR * float(hfrs.min()))
    return _Fits(*shape, np.log(hfrs / size), spread * _weight(squared, size))


def _weight(squared: bool, size: Array) -> Array:
    """1/σ² of z for a relative noise of 1."""
    return np.asarray(1.0 / (4 * size**4) if squared else 1.0 / size**2)


def _shape(
    squared: bool, p: Array, covariance: Array, axis: _Axis, floor: float
) -> tuple[Array, Array, Array, Array]:
    """Centre, HFR there, breadth, and variance of the centre, from the polynomials' coefficients."""
    with np.errstate(divide="ignore", invalid="ignore"):
        u = -p[:, 1] / (2 * p[:, 2])
        bottom = p[:, 0] - p[:, 1] ** 2 / (4 * p[:, 2])
        hfr = np.sqrt(np.maximum(bottom, floor**2)) if squared else bottom
        breadth = hfr / np.sqrt(p[:, 2]) if squared else np.sqrt(hfr / p[:, 2])
        slope = np.stack([np.zeros_like(u), -0.5 / p[:, 2], p[:, 1] / (2 * p[:, 2] ** 2)], axis=1)
        variance = np.einsum("si,sij,sj->s", slope, covariance, slope)
    # A parabola may not dip below zero; a hyperbola that does is only a very sharp V.
    sound = (p[:, 2] > 0) & (hfr >= floor)
    centre = np.where(sound, axis.middle + axis.scale * u, np.nan)
    return centre, hfr, axis.scale * breadth, axis.scale**2 * variance


def _without_wings(hfrs: Array) -> NDArray[np.bool_]:
    sharpest = np.sort(hfrs)
    limit = max(WINGS * sharpest[1], sharpest[min(WINGS_KEEP, len(hfrs)) - 1])
    return np.asarray(hfrs <= limit)


def _without_outliers(positions: Array, hfrs: Array, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out what the rest contradicts, singly or in pairs (two outliers can hide each other)."""
    most = len(hfrs) // 4
    left_out = 0
    while left_out < most:
        found = _outliers(positions, hfrs, used, min(2, most - left_out))
        if not found:
            break
        used = used.copy()
        used[list(found)] = False
        left_out += len(found)
    return used


def _outliers(positions: Array, hfrs: Array, used: NDArray[np.bool_], most: int) -> tuple[int, ...]:
    indices = np.flatnonzero(used)
    for count in range(min(most, len(indices) - OUTLIER_KEEP), 0, -1):
        groups = list(combinations(indices.tolist(), count))
        masks = np.tile(used, (len(groups), 1))
        np.put_along_axis(masks, np.array(groups), False, axis=1)
        fits = min(
            (_solve(kind, positions, hfrs, masks) for kind in KINDS),
            key=lambda each: float(each.chi2(masks).min()),
        )
        best = int(np.argmin(fits.chi2(masks)))
        out = list(groups[best])
        freedom = len(indices) - count - 3
        noise = max(float(np.sqrt(fits.chi2(masks)[best] / freedom)), OUTLIER_NOISE)
        doubt = noise * np.sqrt(1 + fits.leverage[best, out])
        if np.all(np.abs(fits.residuals[best, out]) > np.maximum(OUTLIER_SIGMA * doubt, OUTLIER_RATIO)):
            return groups[best]
    return ()


def _curve(
    points: Sequence[CurvePoint], positions: Array, hfrs: Array, used: NDArray[np.bool_]
) -> Curve | None:
    mask = used[None, :]
    fits = {kind: _solve(kind, positions, hfrs, mask) for kind in KINDS}
    kind = min(KINDS, key=lambda each: float(fits[each].chi2(mask)[0]))
    best = fits[kind]
    chi2 = float(best.chi2(mask)[0])
    if not np.isfinite(chi2):
        return None
    variance = chi2 / (int(used.sum()) - 3)
    return Curve(
        kind=kind,
        centre=float(best.centre[0]),
        hfr=float(best.hfr[0]),
        breadth=float(best.breadth[0]),
        goodness=_goodness(hfrs[used], best.residuals[0][used]),
        reduced_chi2=variance / NOISE**2,
        scatter=variance**0.5,
        standard_error=float(np.sqrt(best.variance[0] * max(variance, QUIET**2))),
        points=tuple(points),
    )


def _marked(
    points: Sequence[CurvePoint], near: NDArray[np.bool_], used: NDArray[np.bool_]
) -> list[CurvePoint]:
    whys: list[Rejected] = [
        "" if ok else "outlier" if inside else "wing" for ok, inside in zip(used, near, strict=True)
    ]
    return [replace(point, used=not why, why=why) for point, why in zip(points, whys, strict=True)]


def _goodness(hfrs: Array, residuals: Array) -> float:
    """R² in relative terms: the part of the variation of ln HFR that the curve explains."""
    total = float(((np.log(hfrs) - np.log(hfrs).mean()) ** 2).sum())
    return max(0.0, 1.0 - float((residuals**2).sum()) / total) if total > 0 else 0.0


def _edge(points: Sequence[CurvePoint], centre: float, low: float, high: float) -> MinimumAtEdge:
    side = -1 if centre <= low else 1
    end, where = (low, "inwards of") if side < 0 else (high, "outwards of")
    guess = vertex(points)
    estimate = centre if guess is None else guess
    estimate = min(estimate, end) if side < 0 else max(estimate, end)
    return MinimumAtEdge(
        f"The stars are still getting smaller {where} position {end:.0f}.", side=side, estimate=estimate
    )


def _arrays(points: Sequence[CurvePoint]) -> tuple[Array, Array]:
    return (
        np.array([point.position for point in points], float),
        np.array([point.hfr for point in points], float),
    )
