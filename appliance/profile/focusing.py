"""What is around a focus run: the focuser's mechanics, temperature, filters."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from appliance.profile.devices import DeviceSection
from appliance.profile.section import Section

CelsiusSource = Literal["auto", "focuser", "air", "both"]
Compensate = Literal["off", "between subs", "real time"]


class FocuserSection(DeviceSection):
    """The focuser: `backlash` as measured, in steps; how long it rests after a move; its limits."""

    backlash: int = Field(0, ge=0)
    settle_seconds: float = Field(0.0, ge=0, le=60)
    min_position: int | None = Field(None, ge=0)
    max_position: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _has_room(self) -> "FocuserSection":
        low, high = self.min_position, self.max_position
        if low is not None and high is not None and high <= low:
            raise ValueError("max_position must be more than min_position")
        return self


class TemperatureSection(Section):
    """Which temperature counts, and what follows from it.

    `source`: the focuser's probe, the weather station's air, the mean of both, or "auto": the probe where
    there is one, else the air. Read every `every_seconds`; the mean of `readings` counts.
    `steps_per_celsius` is signed: d(position) / d(temperature). Nothing moves for less than `min_celsius`.
    """

    source: CelsiusSource = "auto"
    every_seconds: float = Field(60.0, ge=5, le=3600)
    readings: int = Field(1, ge=1, le=100)
    steps_per_celsius: float = 0.0
    compensate: Compensate = "off"
    min_celsius: float = Field(0.5, ge=0, le=20)

    @model_validator(mode="after")
    def _knows_how_much(self) -> "TemperatureSection":
        if self.compensate != "off" and not self.steps_per_celsius:
            raise ValueError("compensate needs steps_per_celsius (signed, not 0)")
        return self


class FilterFocusSection(Section):
    """What filters do to focus: `offsets` in steps against the reference filter, whose own is 0.

    `exposure_factors` lengthen the exposures of focus runs. With `focus_in` every run is made in that filter.
    """

    offsets: dict[str, int] = Field(default_factory=dict)
    exposure_factors: dict[str, float] = Field(default_factory=dict)
    focus_in: str = ""

    @field_validator("exposure_factors")
    @classmethod
    def _longer_than_nothing(cls, factors: dict[str, float]) -> dict[str, float]:
        if wrong := next((name for name, factor in factors.items() if not 0 < factor <= 100), None):
            raise ValueError(f"the factor of {wrong!r} must be above 0 and at most 100")
        return factors

    @model_validator(mode="after")
    def _one_is_the_reference(self) -> "FilterFocusSection":
        if self.offsets and 0 not in self.offsets.values():
            raise ValueError("one filter of offsets is the reference: give it 0")
        if self.focus_in and self.focus_in not in self.offsets:
            raise ValueError(f"focus_in needs offsets, one of them for {self.focus_in!r}")
        return self
