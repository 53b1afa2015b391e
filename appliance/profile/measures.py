"""How the frames of a focus run are measured."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.section import Section

FocusMeasure = Literal["hfr", "hfd", "fwhm", "sharpness"]
"""What is small at focus: half-flux radius, the same through ASTAP, full width at half maximum, or the
detail of a picture without stars (Sun, Moon, planets)."""


class FocusStarsSection(Section):
    """Which stars of a focus frame count, and what of them. `min_size` in pixels at binning 1.

    `calibrate` takes out bad pixels with the darks of a folder: by a map made from the longest, or by
    subtracting the one of the same exposure within 2 s.
    """

    measure: FocusMeasure = "hfr"
    crop_percent: float = Field(100.0, ge=10, le=100)
    min_size: float = Field(0.6, ge=0.3, le=20)
    min_snr: float = Field(3.0, ge=1, le=100)
    calibrate: Literal["none", "dark", "bad_pixels"] = "none"
    darks: Path | None = None

    @model_validator(mode="after")
    def _has_darks(self) -> "FocusStarsSection":
        if self.calibrate != "none" and self.darks is None:
            raise ValueError("calibrate needs darks, the folder of the dark frames")
        return self
