"""Dew heaters and 12 V outputs."""

from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.devices import DeviceSection

Mode = Literal["off", "on", "fixed", "dew"]


class OutputSection(DeviceSection):
    """One channel to switch or dim: a dew heater, a 12 V output; `label` is what people call it.

    `mode` is how it is when the box starts: "off", "on", "fixed" at `percent`, or "dew": full while the air,
    or the tube by the focuser's own thermometer (`probe`), is `full_within_celsius` above the dew point or
    nearer, off from `off_above_celsius` on, and at `fallback_percent` while the weather is not known.
    `at_end` None: heaters go off when the box ends, outlets stay as they are.
    """

    label: str = ""
    mode: Mode = "off"
    percent: float = Field(50.0, ge=0, le=100)
    full_within_celsius: float = Field(1.0, ge=-10, le=20)
    off_above_celsius: float = Field(5.0, ge=-10, le=30)
    fallback_percent: float = Field(50.0, ge=0, le=100)
    probe: Literal["air", "focuser"] = "air"
    at_end: Literal["off", "on", "keep"] | None = None

    @property
    def ends(self) -> Mode | None:
        """Its mode at the end of the box, None when it is to stay as it is."""
        if self.at_end is None:
            return "off" if self.mode in {"fixed", "dew"} else None
        return None if self.at_end == "keep" else self.at_end

    @model_validator(mode="after")
    def _room_between(self) -> "OutputSection":
        if self.full_within_celsius >= self.off_above_celsius:
            raise ValueError("full_within_celsius must be less than off_above_celsius")
        return self
