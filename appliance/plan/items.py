"""What can stand in a plan's list: targets, and what is not a target."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from appliance.plan.moments import MomentText, NightMoment
from appliance.plan.steps import Camera, Step
from appliance.profile.programs import Run
from appliance.profile.section import Section


class Orbit(Section):
    """Osculating elements of a comet or asteroid, J2000 ecliptic, degrees and au, as the MPC lists them.

    `perihelion_jd` is the moment of perihelion (TT, Julian days).
    """

    perihelion_au: float = Field(gt=0)
    eccentricity: float = Field(ge=0)
    inclination_deg: float = Field(ge=0, le=180)
    node_deg: float = Field(ge=0, lt=360)
    argument_deg: float = Field(ge=0, lt=360)
    perihelion_jd: float


class SkyTarget(Section):
    """What single targets and mosaics have in common.

    Position: a catalogue name, J2000 degrees, a moving body, or (`move` false) wherever the telescope points.
    `at_meridian` "abort": it ends there, "flip": it goes on after a flip, None: as the profile has it.
    `begin`, `end`: "" is as soon and as long as it is up in the dark. `fully_dark`: only without Moon and
    astronomical twilight. `wait`: what follows in the plan waits until this is done or its time is over.
    `repeat` its steps so often (0: until its end), each time begun `interval_seconds` after the last;
    `preview_seconds`: exposures that are only shown while waiting for that (0: none).
    """

    name: str = Field(min_length=1)
    ra_deg: float | None = Field(None, ge=0, lt=360)
    dec_deg: float | None = Field(None, ge=-90, le=90)
    orbit: Orbit | None = None
    refresh_minutes: float = Field(0.0, ge=0)
    move: bool = True
    position_angle_deg: float | None = Field(None, ge=0, lt=360)
    min_altitude_deg: float = Field(15.0, ge=-5, le=90)
    at_meridian: Literal["flip", "abort"] | None = None
    begin: MomentText = ""
    end: MomentText = ""
    fully_dark: bool = False
    wait: bool = False
    repeat: int = Field(1, ge=0, le=100_000)
    interval_seconds: float = Field(0.0, ge=0)
    preview_seconds: float = Field(0.0, ge=0, le=600)
    centre: bool = True
    focus_first: bool = False
    focus_star_magnitude: float | None = Field(None, ge=-2, le=12)
    template: str = ""
    step: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _placed_in_one_way(self) -> "SkyTarget":
        if (self.ra_deg is None) != (self.dec_deg is None):
            raise ValueError("give both ra_deg and dec_deg, or neither and a catalogue name")
        if self.orbit is not None and self.ra_deg is not None:
            raise ValueError("give an orbit or ra_deg and dec_deg, not both")
        if not self.move and (self.ra_deg is not None or self.orbit is not None):
            raise ValueError("with move = false the telescope stays where it is: leave the coordinates out")
        return self

    @model_validator(mode="after")
    def _something_to_take(self) -> "SkyTarget":
        if not self.step and not self.template:
            raise ValueError("give it steps ([[target.step]]) or the name of a template")
        if self.preview_seconds and not self.interval_seconds:
            raise ValueError("preview_seconds needs an interval_seconds to wait for")
        return self


class Target(SkyTarget):
    """One place on the sky. `mosaic` is the name of the mosaic that a panel belongs to."""

    do: Literal["subs"] = "subs"
    mosaic: str = ""


class Mosaic(SkyTarget):
    """Panels around a centre, `columns` along the position angle's right, `rows` along its up.

    `panel_deg` is the width and height of the camera's field; panels share `overlap_percent` of it.
    """

    do: Literal["mosaic"]
    columns: int = Field(ge=1, le=20)
    rows: int = Field(ge=1, le=20)
    panel_deg: tuple[Annotated[float, Field(gt=0, le=30)], Annotated[float, Field(gt=0, le=30)]]
    overlap_percent: float = Field(15.0, ge=0, lt=90)
    position_angle_deg: float | None = Field(0.0, ge=0, lt=360)


class Script(Run):
    """A program in its place of the list, where it begins not before `begin`."""

    do: Literal["script"]
    name: str = ""
    begin: NightMoment = ""


class Flats(Camera):
    """What all flats have in common: `count` subs in each filter, near `target_adu` as read out."""

    name: str = ""
    filters: tuple[str, ...] = ("",)
    count: int = Field(15, ge=1, le=1000)
    target_adu: float = Field(25_000.0, gt=0, le=65_535)
    tolerance_percent: float = Field(10.0, gt=0, le=50)
    shortest_seconds: float = Field(0.5, gt=0)
    longest_seconds: float = Field(20.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Flats":
        if self.longest_seconds <= self.shortest_seconds:
            raise ValueError("longest_seconds must be more than shortest_seconds")
        return self


class SkyFlats(Flats):
    """Flats of the twilight sky, `shift_arcsec` from each other, so that stars can be taken out."""

    do: Literal["sky flats"]
    twilight: Literal["dusk", "dawn"]
    shift_arcsec: float = Field(60.0, ge=0)


class PanelFlats(Flats):
    """Flats of a light panel; `brightness` in its own levels, None finds one that suits the exposure."""

    do: Literal["panel flats"]
    brightness: int | None = Field(None, ge=1)


class DarkFrames(Section):
    """Darks and bias that the night's subs need and the library does not have, `count` of each kind.

    `step` names others to take; without it they follow from the plan and the library.
    """

    do: Literal["darks"]
    name: str = ""
    count: int = Field(20, ge=1, le=1000)
    bias: bool = True
    step: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _nothing_but_dark(self) -> "DarkFrames":
        if any(step.frame not in {"dark", "bias"} for step in self.step):
            raise ValueError('its steps take frame = "dark" or "bias"')
        return self


class Wait(Section):
    """Wait `until` a moment, for some `seconds`, or until a person answers the question `ask`."""

    do: Literal["wait"]
    name: str = ""
    until: NightMoment = ""
    seconds: float = Field(0.0, ge=0, le=86400)
    ask: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> "Wait":
        if sum(map(bool, (self.until, self.seconds, self.ask))) != 1:
            raise ValueError("give one of until, seconds and ask")
        return self


def _what(value: Any) -> str | None:
    return value.get("do", "subs") if isinstance(value, dict) else getattr(value, "do", None)


Item = Annotated[
    Annotated[Target, Tag("subs")]
    | Annotated[Mosaic, Tag("mosaic")]
    | Annotated[Script, Tag("script")]
    | Annotated[SkyFlats, Tag("sky flats")]
    | Annotated[PanelFlats, Tag("panel flats")]
    | Annotated[DarkFrames, Tag("darks")]
    | Annotated[Wait, Tag("wait")],
    Discriminator(
        _what,
        custom_error_type="do",
        custom_error_message=(
            'do is "subs", "mosaic", "script", "sky flats", "panel flats", "darks" or "wait"'
        ),
    ),
]
