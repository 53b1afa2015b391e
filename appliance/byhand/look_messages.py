"""What looking at a star by hand tells the bus."""

from dataclasses import dataclass

from appliance.bus import State
from appliance.imaging.close_up import Star


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusLook(State):
    """Frames taken one after the other to focus by: the newest one, and a star of it seen closely.

    `frame` counts them since the look began, 0 before the first; moments are UTC in seconds since 1970;
    `ends`: when it stops by itself. `hfr` and `fwhm` (pixels) are of most stars, None when unknown; `profile`
    is the star's, radius in pixels and light over the sky in ADU, up to `full_well`. `picture` is the number
    of the frame that the star's picture is of, 0 while there is none. `ended` says why it is over.
    """

    running: bool = False
    frame: int = 0
    seconds: float = 0.0
    binning: int = 1
    crop_percent: float = 100.0
    exposing_since: float | None = None
    exposing_until: float | None = None
    ends: float | None = None
    hfr: float | None = None
    fwhm: float | None = None
    stars: int | None = None
    saturated: int = 0
    star: Star | None = None
    profile: tuple[tuple[float, float], ...] = ()
    full_well: float = 65_535.0
    picture: int = 0
    position: int | None = None
    celsius: float | None = None
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocuserGoal(State):
    """Where the focuser is being sent by hand (steps), None while nobody moves it so."""

    goal: int | None = None
