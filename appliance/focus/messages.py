"""What a focus run tells the bus."""

from dataclasses import dataclass, field

from appliance.bus import State


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One sample of a V-curve: position in steps, HFR in pixels; `used` False when rejected."""

    position: int
    hfr: float
    stars: int
    used: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusState(State):
    """The newest focus run, growing point by point. `phase`: sampling, validating, done or failed.

    `curve` is the fitted model evaluated at some positions, empty until there is one.
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
