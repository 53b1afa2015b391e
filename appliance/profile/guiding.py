"""The autoguider, and how the sequence uses it."""

from typing import Literal

from pydantic import Field

from appliance.profile.devices import DeviceSection
from appliance.profile.section import Setting
from hardware.devices import DeviceSpec, Settle


class GuiderSection(DeviceSection):
    """PHD2 at `host`:`port`, or the simulator. Pixels are the guide camera's.

    Guiding has settled when the star stays within `settle_pixels` for `settle_seconds`, and has not when that
    takes longer than `settle_timeout`. A lost star is waited for `star_seconds`; `without` guiding the
    sequence waits as for clouds, or goes on. `at_flip`: what becomes of the calibration on the other side of
    the pier; "keep" is for a PHD2 whose mount tells it the pier side.
    """

    driver: str = Field("phd2", pattern="^(phd2|simulator)$")
    name: str = "Guider"
    host: str = "127.0.0.1"
    port: int = Field(4400, ge=1, le=65535)
    settle_pixels: float = Field(1.5, gt=0, le=50)
    settle_seconds: float = Field(10.0, ge=0, le=300)
    settle_timeout: float = Field(60.0, gt=0, le=600)
    dither_px: float = Field(5.0, gt=0, le=100)
    dither_ra_only: bool = False
    at_flip: Literal["recalibrate", "reverse", "keep"] = "recalibrate"
    pause_for_focus: bool = True
    star_seconds: float = Field(60.0, ge=0, le=1800)
    without: Literal["wait", "go on"] = "wait"

    def spec(self) -> DeviceSpec:
        """As the registry wants it."""
        where: dict[str, Setting] = {"host": self.host, "port": self.port} if self.driver == "phd2" else {}
        return DeviceSpec(self.driver, self.name, {**where, **self.setup})

    def settle(self) -> Settle:
        """As the guider wants it."""
        return Settle(self.settle_pixels, self.settle_seconds, self.settle_timeout)
