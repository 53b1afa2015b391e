"""Why a focus run ended without a focus. All are FocusFailed; the focuser is back where it started.

FocusFailed              appliance.errors                                focus.no_minimum
└─ NoFocus               base: carries the points measured so far
   ├─ TooFewPoints       too few frames had stars                        focus.too_few_points
   ├─ NotConvex          the points do not form a valley                 focus.not_convex
   ├─ MinimumAtEdge      the valley lies beyond what could be sampled    focus.edge
   ├─ LostInNoise        the valley is shallower than the scatter        focus.noise
   ├─ NoCurve            no V-curve was learned for this method       focus.no_curve
   └─ NotConfirmed       the frame at the result contradicts the curve   focus.not_confirmed
"""

from typing import ClassVar

from appliance.errors import FocusFailed
from appliance.focus.messages import CurvePoint


class NoFocus(FocusFailed):
    """Base; `points` and `exposures` are the run's, for the journal."""

    def __init__(self, sentence: str, *, advice: str | None = None) -> None:
        super().__init__(sentence, advice=advice)
        self.points: tuple[CurvePoint, ...] = ()
        self.exposures = 0


class TooFewPoints(NoFocus):
    """Too few frames of the sweep showed enough stars."""

    code: ClassVar[str] = "focus.too_few_points"
    default_advice: ClassVar[str] = (
        "Look for clouds, dew or a cap; expose longer, or bring the stars roughly into focus by hand."
    )


class NotConvex(NoFocus):
    """The stars did not shrink and grow again along the sweep."""

    code: ClassVar[str] = "focus.not_convex"
    default_advice: ClassVar[str] = (
        "Check that the focuser really turns (clutch, coupling); look for clouds; or widen focus.step."
    )


class MinimumAtEdge(NoFocus):
    """Best focus lies beyond the samples: on `side` (-1 inwards, +1 outwards), near `estimate` steps."""

    code: ClassVar[str] = "focus.edge"
    default_advice: ClassVar[str] = (
        "Move the focuser by hand towards that side until the stars are small, then focus again."
    )

    def __init__(self, sentence: str, *, side: int, estimate: float, advice: str | None = None) -> None:
        super().__init__(sentence, advice=advice)
        self.side, self.estimate = side, estimate


class LostInNoise(NoFocus):
    """The change along the sweep is no larger than the scatter of the measurements."""

    code: ClassVar[str] = "focus.noise"
    default_advice: ClassVar[str] = (
        "Widen focus.step so that the ends are clearly out of focus, or expose longer."
    )


class NoCurve(NoFocus):
    """The method needs a V-curve that was learned before, and there is none."""

    code: ClassVar[str] = "focus.no_curve"
    default_advice: ClassVar[str] = (
        'Run the method "sweep" once or twice, each good curve is remembered; or learn the V-curve.'
    )


class NotConfirmed(NoFocus):
    """The frame taken at the result is worse than the sweep promised."""

    code: ClassVar[str] = "focus.not_confirmed"
    default_advice: ClassVar[str] = (
        "Raise focus.overshoot above the focuser's backlash; check for clouds and wind, then focus again."
    )
