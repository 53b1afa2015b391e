"""What past focus runs teach: the V-curve's steepness, and how focus goes with filter and temperature."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from appliance.focus.drift import Drift, drift
from appliance.journal import FocusRun

TEACHERS = ("sweep", "dynamic", "sgp", "v-curve learning")  # whole curves; few-frame methods learn from them
GOOD = 0.9  # curves less good than this teach nothing
NEWEST = 20  # an older curve may be another telescope's
TRUSTED_RUNS = 2
TRUSTED_SPREAD = 0.15  # relative, of what runs found for the steepness
FLOOR = 0.02  # no steepness is known better than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What past runs agree on: z = z₀ + rise·(p - centre)² with z = HFR² (hyperbola) or HFR (parabola).

    rise: per step². rise_error: relative, one sigma, of a single night's. hfr: typical at focus, pixels.
    breadth: steps in which z doubles. reach: how far from focus the curves were seen, steps. runs: how many
    curves this rests on.
    """

    kind: Literal["hyperbola", "parabola"]
    rise: float
    rise_error: float
    hfr: float
    runs: int
    reach: float = math.inf

    @property
    def breadth(self) -> float:
        return float((self.squared(self.hfr) / self.rise) ** 0.5)

    @property
    def trusted(self) -> bool:
        """Good enough to focus by few frames."""
        return self.runs >= TRUSTED_RUNS and self.rise_error <= TRUSTED_SPREAD

    def squared(self, hfr: float) -> float:
        """Z of a half-flux radius."""
        return hfr**2 if self.kind == "hyperbola" else hfr

    def size(self, z: float) -> float:
        """The half-flux radius of a z."""
        return float(max(z, 0.0) ** 0.5 if self.kind == "hyperbola" else z)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What is known before a run. shape: None before a curve was found. drift: for offers and bounds."""

    shape: Shape | None = None
    drift: Drift = field(default_factory=Drift)


def learn(runs: Sequence[FocusRun], filter_: str, scale: Mapping[str, object] | None = None) -> Learned:
    """From journalled runs, oldest first. A filter's own curves count alone once there are enough of them.

    `scale` is what sizes depend on (measure, binning), as put into each run's model: runs of another scale,
    and failed ones, are left out.
    """
    wanted = dict(scale or {})
    usable = [
        run for run in runs
        if run.failure is None and run.position is not None
        and all(run.model.get(key, value) == value for key, value in wanted.items())
    ]  # fmt: skip
    curves = [run for run in usable if run.method in TEACHERS and (run.goodness or 0) >= GOOD and run.model]
    own = [run for run in curves if run.filter == filter_]
    chosen = own if len(own) >= TRUSTED_RUNS else curves
    return Learned(shape=_shape(chosen[-NEWEST:]), drift=drift(usable))


def _shape(runs: Sequence[FocusRun]) -> Shape | None:
    kinds = [run.model.get("kind") for run in runs]
    kind: Literal["hyperbola", "parabola"] = (
        "hyperbola" if kinds.count("hyperbola") >= kinds.count("parabola") else "parabola"
    )
    same = [run for run in runs if run.model.get("kind") == kind]
    alike = [run.model for run in same]
    if not alike:
        return None
    if kind == "hyperbola":
        rises = np.array([(model["a"] / model["b"]) ** 2 for model in alike])
        sizes = [model["a"] for model in alike]
    else:
        rises = np.array([model["c2"] for model in alike])
        sizes = [model["c0"] for model in alike]
    rise = float(np.median(rises))
    spread = 1.4826 * float(np.median(np.abs(np.log(rises / rise))))
    return Shape(
        kind=kind,
        rise=rise,
        rise_error=max(spread, FLOOR),
        hfr=float(np.median(sizes)),
        runs=len(alike),
        reach=float(np.median([_reach(run) for run in same])),
    )


def _reach(run: FocusRun) -> float:
    """How far the samples of the run went on the side where they went less far."""
    centre = run.model["centre"]
    positions = [point["position"] for point in run.points if point.get("used", True)]
    return min(centre - min(positions), max(positions) - centre) if positions else math.inf
