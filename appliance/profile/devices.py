"""What the rig is made of: site, optics, and how each device is reached."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from appliance.profile.section import Section, Setting
from hardware.devices import INDI_CLIENT, DeviceSpec, IndiClient, Site


class SiteSection(Section):
    """Where the telescope stands: WGS84 degrees, north and east positive.

    `horizon` is a file of azimuths and altitudes: nothing is taken behind that line.
    """

    name: str = ""
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(0.0, ge=-500, le=9000)
    horizon: Path | None = None

    def place(self) -> Site:
        """As devices and the sky want it."""
        return Site(self.latitude_deg, self.longitude_deg, self.elevation_m)


class TelescopeSection(Section):
    """The optics in front of the camera."""

    name: str = "Telescope"
    focal_length_mm: float = Field(gt=0)
    aperture_mm: float = Field(gt=0)


class DeviceSection(Section):
    """How one device is reached: `driver` is "indi", "alpaca", "gpio" or "simulator".

    `name` is the device's in INDI, and any name elsewhere. `setup` is for the driver: for INDI
    {"PROPERTY.ELEMENT": value}, sent once on opening; for GPIO and Alpaca the pins or the address.
    `power_output` names the [[output]] that feeds it: it is switched off and on when nothing else helps.
    """

    driver: str = Field("indi", pattern="^(indi|alpaca|gpio|simulator)$")
    name: str
    setup: dict[str, Setting] = Field(default_factory=dict)
    power_output: str = ""

    def spec(self) -> DeviceSpec:
        """As the registry wants it."""
        return DeviceSpec(self.driver, self.name, dict(self.setup))


class CameraSection(DeviceSection):
    """The imaging camera; `celsius` None leaves its cooler alone."""

    celsius: float | None = Field(None, ge=-60, le=40)
    gain: int | None = None
    offset: int | None = None
    full_well_adu: int = Field(65535, gt=0, le=65535)


CLEARS = "I declare that the roof clears the telescope in any position"


def _declared(value: Any) -> Any:
    if value is False:
        return ""
    if value not in {"", CLEARS}:
        raise ValueError(
            "this takes a sentence, because a wrong one breaks the telescope: look, let the roof pass by hand"
            f' over the telescope in its worst positions, then write clears_telescope = "{CLEARS}"'
        )
    return value


class RoofSection(DeviceSection):
    """The roof; `clears_telescope` declares by the sentence CLEARS that it may move over any telescope.

    Its motor is stopped after `motor_seconds`; on battery it opens only above `min_battery_percent_to_open`.
    """

    clears_telescope: Annotated[str, BeforeValidator(_declared)] = ""
    motor_seconds: float = Field(180.0, ge=5, le=1800)
    min_battery_percent_to_open: float = Field(40.0, ge=0, le=100)

    @property
    def clears(self) -> bool:
        """May it move however the telescope stands?"""
        return bool(self.clears_telescope)


class SourceSection(DeviceSection):
    """A device that has a say; its own hold-off and patience, None for those of its level's table."""

    unsafe_after_seconds: float | None = Field(None, ge=0, le=600)
    clear_minutes: float | None = Field(None, ge=0)


class MonitorSection(SourceSection):
    """A device with one verdict: rain or cloud sensor, relay, safety monitor.

    `level`: what follows from a bad word. "safety" closes the roof, "conditions" has the sequence wait.
    """

    level: Literal["safety", "conditions"] = "safety"


class WeatherSection(SourceSection):
    """The weather station: held against the limits of [safety], and against those of [conditions]."""


class PowerSection(SourceSection):
    """The power supply: `watts` is what the rig draws on average, `battery_wh` what its full battery holds.

    Without a `name` there is no device to ask, and the figures serve the rehearsal alone. On a battery below
    `shed_below_percent` nothing is heated (0: heaters draw until the end).
    """

    name: str = ""
    watts: float | None = Field(None, gt=0)
    battery_wh: float | None = Field(None, gt=0)
    shed_below_percent: float = Field(0.0, ge=0, le=95)


class IndiSection(Section):
    """The indiserver; with `drivers` the box starts and owns it. `link` is the client that speaks to it."""

    drivers: tuple[str, ...] = ()
    socket: str = ""
    port: int = Field(0, ge=0, le=65535)
    link: IndiClient = INDI_CLIENT
