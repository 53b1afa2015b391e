"""How the procedures of a night shall work."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from appliance.profile.focusing import FilterFocusSection, TemperatureSection
from appliance.profile.measures import FocusStarsSection
from appliance.profile.section import Section, Setting

FocusMethod = Literal["sweep", "sgp", "dynamic", "v_curve", "iterative", "bright_star", "planet", "learned"]
"""How best focus is found: docs/focus.md."""


class FocusSection(Section):
    """Autofocus: steps and seconds; `overshoot` exceeds the backlash (negative: approach outwards)."""

    method: FocusMethod = "sweep"
    step: int = Field(100, gt=0)
    points: int = Field(9, ge=3, le=31)
    smart: bool = True
    slippage: bool = False
    overshoot: int = 300
    seconds: float = Field(4.0, gt=0)
    binning: int = Field(1, ge=1, le=4)
    min_stars: int = Field(3, ge=1)
    validation_percent: float = Field(10.0, gt=0)
    planet_frames: int = Field(3, ge=1, le=50)
    keep_frames: bool = False
    stars: FocusStarsSection = FocusStarsSection()
    temperature: TemperatureSection = TemperatureSection()
    filters: FilterFocusSection = FilterFocusSection()

    @field_validator("points")
    @classmethod
    def _points(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("method") != "sgp" and (value < 5 or value % 2 == 0):
            raise ValueError('it must be odd and at least 5; only the method "sgp" takes others')
        return value


class CoolingSection(Section):
    """Cooling and warming: a gentle ramp, and how near (°C) and how long the aim must be held."""

    degrees_per_minute: float = Field(5.0, gt=0)
    tolerance: float = Field(0.5, gt=0)
    stable_seconds: float = Field(20.0, ge=0)


class CentringSection(Section):
    """Centring by plate solving; a sub further off than `recentre_arcsec` asks for it again (0: never)."""

    tolerance_arcsec: float = Field(30.0, gt=0)
    recentre_arcsec: float = Field(120.0, ge=0)
    attempts: int = Field(5, ge=1)
    seconds: float = Field(4.0, gt=0)
    binning: int = Field(1, ge=1, le=4)


class DitherSection(Section):
    """Small moves between subs; `rate_arcsec_s` is the mount's guide speed on the sky."""

    radius_arcsec: float = Field(10.0, gt=0)
    min_step_arcsec: float = Field(4.0, ge=0)
    rate_arcsec_s: float = Field(7.5, gt=0)
    settle_seconds: float = Field(5.0, ge=0)


class FlatsSection(Section):
    """Flats and darks of this rig.

    Sky flats are taken opposite to the Sun at `sky_altitude_deg`, where twilight is most even, with the Sun
    below `max_sun_altitude_deg`. `factors`: how many times longer than the clearest a filter is exposed, by
    its name; left out, what was learned. A flat panel on a wall is where `panel_azimuth_deg` and
    `panel_altitude_deg` say. Darks brighter than the bias by `dark_limit_adu` are not dark.
    """

    sky_altitude_deg: float = Field(75.0, ge=20, le=88)
    max_sun_altitude_deg: float = Field(0.0, ge=-10, le=5)
    factors: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    panel_azimuth_deg: float | None = Field(None, ge=0, lt=360)
    panel_altitude_deg: float | None = Field(None, ge=-5, le=90)
    dark_limit_adu: float = Field(1000.0, gt=0)

    @model_validator(mode="after")
    def _both_or_neither(self) -> "FlatsSection":
        if (self.panel_azimuth_deg is None) != (self.panel_altitude_deg is None):
            raise ValueError("give both panel_azimuth_deg and panel_altitude_deg, or neither")
        return self


class FlipSection(Section):
    """The meridian: a German mount flips, or the target is aborted there; a fork does nothing.

    Earliest and latest minutes past it. `pause_before_minutes`, `pause_after_minutes`: so long a person is
    asked before and after the flip, and it goes on without an answer (0: not at all). `enabled` False is the
    same as "nothing".
    """

    enabled: bool = True
    at_meridian: Literal["flip", "nothing", "abort"] = "flip"
    pause_before_minutes: float = Field(0.0, ge=0, le=60)
    pause_after_minutes: float = Field(0.0, ge=0, le=60)
    after_minutes: float = Field(5.0, ge=0, le=240)
    latest_minutes: float = Field(20.0, gt=0, le=360)

    @property
    def limited(self) -> bool:
        """Does tracking end at `latest_minutes` past the meridian?"""
        return self.enabled and self.at_meridian != "nothing"

    @model_validator(mode="after")
    def _room_for_a_second_try(self) -> "FlipSection":
        if self.latest_minutes < self.after_minutes + 5:
            raise ValueError("latest_minutes must be at least 5 more than after_minutes")
        return self


class QualitySection(Section):
    """The gate for lights, beside the first `learn_subs` good ones of the same target, filter and exposure.

    A sub with fewer than `fewest_stars_percent` of their stars, or with an HFR, elongation or background
    that is larger by so many percent, or `offset_arcsec` off target, is marked (0: not looked at); with
    `action` "retake" it does not count and is taken again, `retakes` times in a row at most. `refocus`: a
    large HFR asks for a focus run; `recentre`: a large offset for another centring.
    """

    action: Literal["off", "mark", "retake"] = "mark"
    learn_subs: int = Field(5, ge=3, le=50)
    fewest_stars_percent: float = Field(40.0, ge=0, lt=100)
    hfr_percent: float = Field(50.0, ge=0)
    elongation_percent: float = Field(0.0, ge=0)
    background_percent: float = Field(100.0, ge=0)
    offset_arcsec: float = Field(300.0, ge=0)
    retakes: int = Field(3, ge=1, le=100)
    refocus: bool = False
    recentre: bool = True


class SolverSection(Section):
    """Plate solvers in the order they are tried, and the time allowed for each frame."""

    order: tuple[str, ...] = ("engine", "near")
    within_seconds: float = Field(90.0, gt=0)


class StorageSection(Section):
    """Where subs go: `pattern` is made of the tokens listed in the user guide."""

    folder: Path | None = None
    pattern: str = "{night}/{target}/{filter}/{target}_{filter}_{seconds}s_{number:04}"


class PageSection(Section):
    """The phone page; `host` "" is every address of the box, `port` 0 any free one.

    `access` "open" asks nobody for a password. `names` are further ones by which browsers call the box.
    With `https` it answers on `https_port`, too, by a certificate of the box's own authority.
    """

    host: str = ""
    port: int = Field(8080, ge=0, le=65535)
    access: Literal["paired", "open"] = "paired"
    names: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")], ...] = ()
    https: bool = False
    https_port: int = Field(8443, ge=0, le=65535)

    @model_validator(mode="after")
    def _reached_from_the_front(self) -> "PageSection":
        if self.https and ":" in self.host:
            raise ValueError(f'https needs host = "" or an IPv4 address, not {self.host!r}')
        return self


class RehearsalSection(Section):
    """What a rehearsal shall assume of each device: settings of the simulator's models."""

    camera: dict[str, Setting] = Field(default_factory=dict)
    mount: dict[str, Setting] = Field(default_factory=dict)
    focuser: dict[str, Setting] = Field(default_factory=dict)
    filter_wheel: dict[str, Setting] = Field(default_factory=dict)
    rotator: dict[str, Setting] = Field(default_factory=dict)
    roof: dict[str, Setting] = Field(default_factory=dict)
    park_sensor: dict[str, Setting] = Field(default_factory=dict)
    cover: dict[str, Setting] = Field(default_factory=dict)
    flat_panel: dict[str, Setting] = Field(default_factory=dict)
    weather: dict[str, Setting] = Field(default_factory=dict)
    power: dict[str, Setting] = Field(default_factory=dict)
    gnss: dict[str, Setting] = Field(default_factory=dict)
    guider: dict[str, Setting] = Field(default_factory=dict)
