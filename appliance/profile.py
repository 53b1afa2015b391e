"""A profile: one TOML file per rig, checked whole before anything moves; unknown keys are refused by name."""

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from appliance.errors import BadInput, BadProfile
from hardware.devices import DeviceSpec, Site

Setting = float | str | bool


class Section(BaseModel):
    """Base of every table of a file a person writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteSection(Section):
    """Where the telescope stands: WGS84 degrees, north and east positive."""

    name: str = ""
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(0.0, ge=-500, le=9000)

    def place(self) -> Site:
        """As devices and the sky want it."""
        return Site(self.latitude_deg, self.longitude_deg, self.elevation_m)


class TelescopeSection(Section):
    """The optics in front of the camera."""

    name: str = "Telescope"
    focal_length_mm: float = Field(gt=0)
    aperture_mm: float = Field(gt=0)


class DeviceSection(Section):
    """How one device is reached: `driver` is "indi" or "simulator", `name` as the driver knows it.

    `setup` is sent once on opening; for INDI {"PROPERTY.ELEMENT": value}.
    """

    driver: str = Field("indi", pattern="^(indi|simulator)$")
    name: str
    setup: dict[str, Setting] = {}

    def spec(self) -> DeviceSpec:
        """As the registry wants it."""
        return DeviceSpec(self.driver, self.name, dict(self.setup))


class CameraSection(DeviceSection):
    """The imaging camera; `celsius` None leaves its cooler alone."""

    celsius: float | None = Field(None, ge=-60, le=40)
    gain: int | None = None
    offset: int | None = None
    full_well_adu: int = Field(65535, gt=0, le=65535)


class IndiSection(Section):
    """The indiserver; with `drivers` the box starts and owns it."""

    drivers: tuple[str, ...] = ()
    socket: str = ""
    port: int = Field(0, ge=0, le=65535)


def _odd(value: int) -> int:
    if value % 2 == 0:
        raise ValueError("it must be odd, so that one sample is in the middle")
    return value


class FocusSection(Section):
    """Autofocus: steps and seconds; `overshoot` exceeds the backlash (negative: approach outwards)."""

    step: int = Field(100, gt=0)
    points: Annotated[int, AfterValidator(_odd)] = Field(9, ge=5, le=31)
    overshoot: int = 300
    seconds: float = Field(4.0, gt=0)
    binning: int = Field(1, ge=1, le=4)
    min_stars: int = Field(3, ge=1)
    validation_percent: float = Field(10.0, gt=0)


class CoolingSection(Section):
    """Cooling and warming: a gentle ramp, and how near (°C) and how long the aim must be held."""

    degrees_per_minute: float = Field(5.0, gt=0)
    tolerance: float = Field(0.5, gt=0)
    stable_seconds: float = Field(20.0, ge=0)


class CentringSection(Section):
    """Centring by plate solving."""

    tolerance_arcsec: float = Field(30.0, gt=0)
    attempts: int = Field(5, ge=1)
    seconds: float = Field(4.0, gt=0)
    binning: int = Field(1, ge=1, le=4)


class DitherSection(Section):
    """Small moves between subs; `rate_arcsec_s` is the mount's guide speed on the sky."""

    radius_arcsec: float = Field(10.0, gt=0)
    min_step_arcsec: float = Field(4.0, ge=0)
    rate_arcsec_s: float = Field(7.5, gt=0)
    settle_seconds: float = Field(5.0, ge=0)


class SolverSection(Section):
    """Plate solvers in the order they are tried, and the time allowed for each frame."""

    order: tuple[str, ...] = ("engine", "near")
    within_seconds: float = Field(90.0, gt=0)


class StorageSection(Section):
    """Where subs go: `pattern` is made of the tokens listed in the user guide."""

    folder: Path | None = None
    pattern: str = "{night}/{target}/{filter}/{target}_{filter}_{seconds}s_{number:04}"


class PageSection(Section):
    """The phone page; `host` "" is every address of the box, `port` 0 any free one."""

    host: str = ""
    port: int = Field(8080, ge=0, le=65535)


class Profile(Section):
    """One rig at one site."""

    name: str
    observer: str = ""
    site: SiteSection
    telescope: TelescopeSection
    camera: CameraSection
    mount: DeviceSection
    focuser: DeviceSection | None = None
    filter_wheel: DeviceSection | None = None
    rotator: DeviceSection | None = None
    roof: DeviceSection | None = None
    weather: DeviceSection | None = None
    gnss: DeviceSection | None = None
    indi: IndiSection = IndiSection()
    focus: FocusSection = FocusSection()
    cooling: CoolingSection = CoolingSection()
    centring: CentringSection = CentringSection()
    dither: DitherSection = DitherSection()
    solver: SolverSection = SolverSection()
    storage: StorageSection = StorageSection()
    page: PageSection = PageSection()

    def drivers(self) -> set[str]:
        """Every driver that its devices need."""
        every = (
            self.camera, self.mount, self.focuser, self.filter_wheel,
            self.rotator, self.roof, self.weather, self.gnss,
        )  # fmt: skip
        return {section.driver for section in every if section is not None}


S = TypeVar("S", bound=Section)


def load_profile(path: Path) -> Profile:
    """Read and check a profile; BadProfile names the field, the value and the remedy."""
    return load_toml(path, Profile, BadProfile)


def load_toml(path: Path, model: type[S], error: type[BadInput]) -> S:
    """Read one TOML file into its model; `error` for a file that cannot be read or does not fit."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise error(str(path), "there is no such file", advice="Check the path.") from missing
    except (OSError, UnicodeDecodeError) as unreadable:
        raise error(str(path), f"it cannot be read ({unreadable})") from unreadable
    except tomllib.TOMLDecodeError as malformed:
        raise error(str(path), f"this is not TOML: {malformed}") from malformed
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        raise _explain(path, model, error, wrong) from wrong


def _explain(path: Path, model: type[Section], error: type[BadInput], wrong: ValidationError) -> BadInput:
    first = wrong.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(_known(model, first["loc"][:-1]))
        return error(field, f"{path.name} has an unknown key", advice=f"Known here are: {known}.")
    if first["type"] == "missing":
        return error(field, f"{path.name} does not say it", advice=f"Add {field} to {path.name}.")
    why = first["msg"].removeprefix("Value error, ")
    return error(field, f"{first['input']!r} does not fit: {why}", advice=f"Correct it in {path.name}.")


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the table at `location`, found by walking the models."""
    for part in location:
        if isinstance(part, int):
            continue
        inner = _inner_model(model.model_fields[part].annotation) if part in model.model_fields else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner_model(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in found if model), None)
