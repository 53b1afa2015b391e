"""What a person can set about focus runs."""

from dataclasses import dataclass

from appliance.errors import BadProfile
from appliance.profile import FocusMeasure, FocusMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusSettings:
    """BadProfile for values that cannot work.

    method: which of appliance.focus.autofocus.METHODS.
    step: steps between samples; the ends should reach about twice the sharpest HFR.
    points: samples of the first sweep, odd, at least 5; "sgp" takes even numbers, and 3.
    extra_points: how many more may be taken where best focus turns out to lie off the middle.
    overshoot: steps to go past and come back, more than the backlash. Positive: every sample and
    the result are approached moving inwards (falling positions); negative: moving outwards.
    min_stars: a frame with fewer is taken again once, then left out.
    smart: SGPro's run goes on where the sharpest sample is near an end; False for obstructed optics.
    slippage: the V-curve method scales its last move by the travel that was seen.
    measure: what is small at focus. planet_frames: of so many the sharpest counts where there are no stars.
    min_goodness: curves worse than this (0..1) are refused.
    validation_percent: how much larger than predicted the HFR at the result may be.
    restore_seconds: time allowed for going back to the start after a failure or Stop.
    """

    step: int
    method: FocusMethod = "sweep"
    points: int = 9
    extra_points: int = 12
    smart: bool = True
    slippage: bool = False
    measure: FocusMeasure = "hfr"
    planet_frames: int = 3
    overshoot: int = 0
    min_stars: int = 3
    min_goodness: float = 0.6
    validation_percent: float = 10.0
    restore_seconds: float = 300.0

    def __post_init__(self) -> None:
        if self.step < 1:
            raise BadProfile("focus.step", "must be at least 1 step")
        if self.method == "sgp":
            if self.points < 3:
                raise BadProfile("focus.points", "must be at least 3")
        elif self.points < 5 or self.points % 2 == 0:
            raise BadProfile("focus.points", 'must be odd and at least 5 (but for the method "sgp")')
        if self.extra_points < 0:
            raise BadProfile("focus.extra_points", "must not be negative")
        if self.planet_frames < 1:
            raise BadProfile("focus.planet_frames", "must be at least 1")
        if self.min_stars < 1:
            raise BadProfile("focus.min_stars", "must be at least 1")
        if not 0 <= self.min_goodness < 1:
            raise BadProfile("focus.min_goodness", "must be between 0 and 1")
        if self.validation_percent <= 0 or self.restore_seconds <= 0:
            raise BadProfile("focus", "validation_percent and restore_seconds must be above 0")

    @property
    def direction(self) -> int:
        """-1: samples are approached moving inwards, +1: outwards."""
        return -1 if self.overshoot >= 0 else 1

    @property
    def flank(self) -> int:
        """Samples wanted on each side of best focus: 3 of 9, 2 of 7, 1 of 5."""
        return self.points // 2 - 1
