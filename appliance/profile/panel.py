"""The ways in and out beside the page: the panel with its lonely start, the broker, INDI's port."""

from pathlib import Path

from pydantic import Field, model_validator

from appliance.profile.devices import DeviceSection
from appliance.profile.section import Section
from hardware.devices import DeviceSpec

BUTTONS = ("start", "stop", "park", "light", "shutdown", "override", "roof_open", "roof_close")
PARTS = (*BUTTONS, "status_light", "buzzer", "display")


class PanelPart(DeviceSection):
    """One button, light, buzzer or display; without a `name` it is called after its place on the panel."""

    driver: str = Field("gpio", pattern="^(gpio|simulator)$")
    name: str = ""


class PanelSection(Section):
    """The physical panel; every part may be missing.

    Brightness is 0 to 1, `night_brightness` from civil dusk to dawn; `hold_seconds` is how long Shutdown,
    or Stop and Park together, must be held.
    """

    start: PanelPart | None = None
    stop: PanelPart | None = None
    park: PanelPart | None = None
    light: PanelPart | None = None
    shutdown: PanelPart | None = None
    override: PanelPart | None = None
    roof_open: PanelPart | None = None
    roof_close: PanelPart | None = None
    status_light: PanelPart | None = None
    buzzer: PanelPart | None = None
    display: PanelPart | None = None
    brightness: float = Field(1.0, gt=0, le=1)
    night_brightness: float = Field(0.1, gt=0, le=1)
    hold_seconds: float = Field(3.0, ge=1, le=30)

    @model_validator(mode="after")
    def _override_moves_something(self) -> "PanelSection":
        if self.override is not None and self.roof_open is None and self.roof_close is None:
            raise ValueError("override needs a roof_open or a roof_close button to be held with")
        return self

    def parts(self) -> dict[str, PanelPart]:
        """What there is, by its place."""
        every = {place: getattr(self, place) for place in PARTS}
        return {place: part for place, part in every.items() if part is not None}

    def spec(self, place: str) -> DeviceSpec | None:
        """One part as the registry wants it, None when the panel has none."""
        part: PanelPart | None = getattr(self, place)
        if part is None:
            return None
        name = part.name or f"panel {place.replace('_', ' ')}"
        return DeviceSpec(part.driver, name, dict(part.setup))


class StartupSection(Section):
    """What must be known before a night begins that nobody watches. With this table or a panel it is asked.

    `plan` is taken when none was used before; a path is relative to the profile's folder. The satellite
    receiver may be `max_site_km` off the profile's place. A yes to “Polar aligned?” lasts `polar_hours`.
    """

    plan: Path | None = None
    check_clock: bool = True
    max_site_km: float = Field(5.0, gt=0)
    ask_polar: bool = False
    polar_hours: float = Field(12.0, ge=0)


class MqttSection(Section):
    """The MQTT broker that hears everything and may command; `password_file` holds the password alone.

    `start_broker`: the box runs one itself, for this machine, or with `user` and password for the network.
    `discovery` is Home Assistant's prefix, "" keeps the box from appearing there.
    """

    host: str = Field(min_length=1)
    port: int = Field(1883, ge=1, le=65535)
    user: str = ""
    password_file: Path | None = None
    topic: str = Field("nightbox", min_length=1, pattern=r"^[^#+/\s][^#+\s]*[^#+/\s]$|^[^#+/\s]$")
    discovery: str = Field("homeassistant", pattern=r"^[^#+\s]*$")
    start_broker: bool = False

    @model_validator(mode="after")
    def _own_broker_is_here(self) -> "MqttSection":
        if self.start_broker and self.host not in {"localhost", "127.0.0.1"}:
            raise ValueError('start_broker needs host = "localhost": that broker is on this machine')
        if self.start_broker and bool(self.user) != (self.password_file is not None):
            raise ValueError("start_broker needs user and password_file both, or neither")
        return self


class PassthroughSection(Section):
    """INDI's port for other programs; `host` is this box alone, "0.0.0.0" the whole network."""

    enabled: bool = False
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(7624, ge=1, le=65535)
