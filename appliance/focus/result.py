"""What a focus run takes in and gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.focus.messages import CurvePoint
from appliance.imaging.stars import StarField

Look = Callable[[], Awaitable[StarField]]
"""Expose once where the focuser stands, and measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a method gives back, with the focuser at `position`. hfr: measured there, pixels.

    predicted_hfr: what the curve promised there. goodness: 0..1, the curve's R². standard_error: of
    the position, steps, None where the method knows none. model: as journal.FocusRun.model has it,
    empty when no curve was fitted. points: as journalled, `[asdict(p) for p in points]`.
    warning: what a person should know of a result that was accepted all the same. by: the method that
    made it, where that is not the one that was asked for.
    """

    position: int
    hfr: float
    predicted_hfr: float
    goodness: float
    standard_error: float | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    points: tuple[CurvePoint, ...] = ()
    warning: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusResult(Found):
    """The whole run. start: where the focuser stood before; exposures: all frames, repeated and validating
    ones too; seconds of the loop's clock; celsius: at the focuser's own probe, None without one.
    """

    method: str
    start: int
    exposures: int
    seconds: float
    celsius: float | None
