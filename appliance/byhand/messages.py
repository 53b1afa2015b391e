"""What work by hand tells the bus."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True, kw_only=True)
class HandState(State):
    """The camera in a person's or a script's hand. `doing`: "", "preview" or "capture".

    `number` of `total` is being taken (a loop has no total, 0); moments are UTC in seconds since 1970.
    `file` is the newest saved frame; `sub` the journal's number of the newest frame, None when it was not
    saved. `hfr` (pixels) and `stars` are of the newest frame, None when unknown.
    """

    doing: str = ""
    loop: bool = False
    number: int = 0
    total: int = 0
    seconds: float = 0.0
    exposing_since: float | None = None
    exposing_until: float | None = None
    file: str = ""
    sub: int | None = None
    hfr: float | None = None
    stars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PadState(State):
    """What the slew pad does: `direction` "north", "south", "east", "west", or "" while it moves nothing."""

    direction: str = ""
    rate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointingFound(State):
    """Where the newest solved frame was taken, as seen from the site when that was found out (`at`, UTC).

    J2000 degrees; `off_arcsec` is how far the mount believed to point from there, `off_east_arcsec` and
    `off_north_arcsec` which way it has to go from its belief to the truth. `rotation_deg` is the position
    angle of the frame's upward side, `width_px` and `height_px` the frame, `scale_arcsec` per its pixel.
    `synced`: the mount has been told since. `centred`: it is where it was sent, and `off_*` is what is left.
    """

    at: float
    ra_deg: float
    dec_deg: float
    alt_deg: float
    az_deg: float
    rotation_deg: float
    mirrored: bool
    scale_arcsec: float
    width_px: int
    height_px: int
    off_arcsec: float
    off_east_arcsec: float
    off_north_arcsec: float
    matched: int
    solver: str
    synced: bool = False
    centred: bool = False
