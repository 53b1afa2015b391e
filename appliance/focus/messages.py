"""What a focus run tells the bus."""

from dataclasses import dataclass, field
from typing import Literal

from appliance.bus import State

Rejected = Literal["", "wing", "outlier"]
"""Why a sample does not count: so far out of focus that it tells little, or contradicted by the others."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One sample of a V-curve: position in steps, HFR in pixels; `used` False when rejected, `why` then."""

    position: int
    hfr: float
    stars: int
    used: bool = True
    why: Rejected = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusState(State):
    """The newest focus run, growing point by point. `phase`: sampling, validating, done or failed.

    `curve` is the fitted model evaluated at some positions, empty until there is one. `lost` are positions
    where too few stars were seen. `start` is where a failure or Stop goes back to, `expected` where past runs
    put the focus at this temperature, `predicted_hfr` what the curve promised, `check` the newest frame taken
    at the result; `best_hfr` is the promise until that frame is there.
    """

    phase: str
    reason: str = ""
    filter: str = ""
    points: tuple[CurvePoint, ...] = ()
    total: int = 0
    curve: tuple[tuple[int, float], ...] = ()
    best_position: int | None = None
    best_hfr: float | None = None
    goodness: float | None = None
    problem: str = field(default="")
    method: str = ""
    start: int | None = None
    expected: float | None = None
    predicted_hfr: float | None = None
    check: CurvePoint | None = None
    lost: tuple[int, ...] = ()
