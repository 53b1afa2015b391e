"""What a person can set about focus runs."""

from dataclasses import dataclass

from appliance.errors import BadProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusSettings:
    """BadProfile for values that cannot work.

    step: steps between samples; the ends should reach about twice the sharpest HFR.
    points: samples of the first sweep, odd, at least 5. extra_points: how many more may be taken
    where best focus turns out to lie off the middle.
    overshoot: steps to go past and come back, more than the backlash. Positive: every sample and
    the result are approached moving inwards (falling positions); negative: moving outwards.
    min_stars: a frame with fewer is taken again once, then left out.
    min_goodness: curves worse than this (0..1) are refused.
    validation_percent: how much larger than predicted the HFR at the result may be.
    restore_seconds: time allowed for going back to the start after a failure or Stop.
    """

    step: int
    points: int = 9
    extra_points: int = 12
    overshoot: int = 0
    min_stars: int = 3
    min_goodness: float = 0.6
    validation_percent: float = 10.0
    restore_seconds: float = 300.0

    def __post_init__(self) -> None:
        if self.step < 1:
            raise BadProfile("focus.step", "must be at least 1 step")
        if self.points < 5 or self.points % 2 == 0:
            raise BadProfile("focus.points", "must be odd and at least 5")
        if self.extra_points < 0:
            raise BadProfile("focus.extra_points", "must not be negative")
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
