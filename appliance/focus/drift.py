"""How the focus position goes with the temperature and the filter, from past runs, with error bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from appliance.journal import FocusRun

Floats = NDArray[np.float64]
FEWEST = 3  # runs beyond the unknowns
HUBER = 1.5  # sigmas from which a run counts less
ROUNDS = 10
LEAST_RANGE = 2.0  # °C that runs must span before a coefficient means anything
CLEAR = 3.0  # sigmas from which a value is offered


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its standard error, in the value's unit, and how many runs it rests on."""

    value: float
    error: float
    runs: int

    @property
    def clear(self) -> bool:
        """Known well enough to be offered."""
        return abs(self.value) >= CLEAR * self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """position = base[filter] + coefficient · °C. coefficient: steps per °C, c = d(position)/dT.

    offsets: steps against `reference`, the filter with most runs. scatter: of one run, steps.
    """

    reference: str = ""
    bases: Mapping[str, float] = field(default_factory=dict)
    offsets: Mapping[str, Estimate] = field(default_factory=dict)
    coefficient: Estimate | None = None
    scatter: float = 0.0

    def expected(self, filter_: str, celsius: float | None) -> float | None:
        """Where focus should be, None where the runs do not tell."""
        base = self.bases.get(filter_)
        if base is None or (self.coefficient is not None and celsius is None):
            return None
        return base + (0.0 if self.coefficient is None else self.coefficient.value * (celsius or 0.0))


def drift(runs: Sequence[FocusRun]) -> Drift:
    """Robust least squares over successful runs; those without a temperature tell the offsets only where no
    run has one.
    """
    warm = [run for run in runs if run.celsius is not None]
    span = np.ptp([run.celsius for run in warm]) if warm else 0.0
    fits = span >= LEAST_RANGE and len(warm) >= len({run.filter for run in warm}) + 1 + FEWEST
    return _fit(warm if fits else runs, with_celsius=bool(fits)) if runs else Drift()


def _fit(runs: Sequence[FocusRun], *, with_celsius: bool) -> Drift:
    filters = sorted({run.filter for run in runs})
    counts = {name: sum(run.filter == name for run in runs) for name in filters}
    reference = max(filters, key=lambda name: counts[name])
    columns = [[float(run.filter == name) for run in runs] for name in filters]
    if with_celsius:
        columns.append([run.celsius or 0.0 for run in runs])
    design = np.array(columns).T
    positions = np.array([run.position for run in runs], float)
    solved, covariance, scatter = _huber(design, positions)
    bases = dict(zip(filters, solved.tolist(), strict=False))
    root = filters.index(reference)
    known = len(runs) >= design.shape[1] + FEWEST
    offsets = {
        name: Estimate(
            bases[name] - bases[reference],
            float((covariance[i, i] + covariance[root, root] - 2 * covariance[i, root]) ** 0.5),
            counts[name],
        )
        for i, name in enumerate(filters)
        if name != reference and known
    }
    slope = Estimate(float(solved[-1]), float(covariance[-1, -1] ** 0.5), len(runs)) if with_celsius else None
    return Drift(reference=reference, bases=bases, offsets=offsets, coefficient=slope, scatter=scatter)


def _huber(design: Floats, positions: Floats) -> tuple[Floats, Floats, float]:
    """Solution, covariance, and the scatter of one run in steps."""
    weights = np.ones(len(positions))
    freedom = max(len(positions) - design.shape[1], 1)
    for _ in range(ROUNDS):
        covariance = np.linalg.pinv(design.T @ (weights[:, None] * design), hermitian=True)
        solved = covariance @ design.T @ (weights * positions)
        misses = positions - design @ solved
        scatter = float((weights * misses**2).sum() / freedom) ** 0.5
        robust = max(1.4826 * float(np.median(np.abs(misses))), 1.0)
        weights = np.minimum(1.0, HUBER * robust / np.maximum(np.abs(misses), 1e-9))
    return np.asarray(solved), np.asarray(covariance) * max(scatter, 1.0) ** 2, scatter
