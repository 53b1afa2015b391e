"""What is known of one sub when it is saved; what is not known stays None and is left out."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from appliance.imaging.stars import StarField
from hardware.devices import J2000, FrameKind, PierSide, Sensor, Site


@dataclass(frozen=True, slots=True)
class Wcs:
    """A linear TAN projection: `crpix` 1-based, `crval` J2000, `cd` in degrees per pixel, rows first."""

    crpix: tuple[float, float]
    crval: J2000
    cd: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubFacts:
    """Everything a FITS header of ours can say.

    `started` and `ended` bound the exposure (aware datetimes); `zone` is the observer's, for the
    local time. `sensor` is unbinned, `frame_x`, `frame_y` the sub-frame's first pixel on it.
    `pointing` is where the telescope looks (J2000); altitude and azimuth in degrees, azimuth from
    north through east. `electrons_per_adu` is the camera's conversion. Lengths in millimetres.
    `guide_arcsec` is the RMS error of guiding near the end of the sub. `quality` names the flaws of a
    marked sub. `extra` are a person's own keywords and values.
    """

    kind: FrameKind
    seconds: float
    started: datetime
    ended: datetime | None = None
    zone: tzinfo | None = None
    target: str | None = None
    filter: str | None = None
    gain: int | None = None
    offset: int | None = None
    electrons_per_adu: float | None = None
    readout_mode: str | None = None
    binning: int = 1
    stack: int = 1
    sensor: Sensor | None = None
    frame_x: int = 0
    frame_y: int = 0
    celsius: float | None = None
    set_celsius: float | None = None
    camera: str | None = None
    telescope: str | None = None
    observer: str | None = None
    software: str | None = None
    focal_length_mm: float | None = None
    aperture_mm: float | None = None
    site: Site | None = None
    pointing: J2000 | None = None
    pier_side: PierSide | None = None
    altitude_deg: float | None = None
    azimuth_deg: float | None = None
    airmass: float | None = None
    focus_position: int | None = None
    focus_celsius: float | None = None
    rotator_deg: float | None = None
    guide_arcsec: float | None = None
    stars: StarField | None = None
    wcs: Wcs | None = None
    quality: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
