"""What devices are told and what they answer, and how a profile names them."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray


class FrameKind(Enum):
    """IMAGETYP, as CCDciel and INDI write it in FITS headers."""

    LIGHT = "Light Frame"
    DARK = "Dark Frame"
    FLAT = "Flat Frame"
    BIAS = "Bias Frame"


class PierSide(Enum):
    """INDI sense: EAST means the telescope is on the east side of the pier, pointing west."""

    EAST = "EAST"
    WEST = "WEST"


class Direction(Enum):
    """Guide pulse directions on the sky."""

    NORTH = "north"
    SOUTH = "south"
    EAST = "east"
    WEST = "west"


class RoofState(Enum):
    """Where the roof or dome shutter is; UNKNOWN is never taken for OPEN or CLOSED."""

    OPEN = "open"
    CLOSED = "closed"
    MOVING = "moving"
    UNKNOWN = "unknown"


class CoverState(Enum):
    """Where a telescope's cover is; UNKNOWN is never taken for OPEN or CLOSED."""

    OPEN = "open"
    CLOSED = "closed"
    MOVING = "moving"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class J2000:
    """A direction on the sky: ICRS/J2000 right ascension 0 ≤ ra < 360 and declination, in degrees."""

    ra_deg: float
    dec_deg: float


@dataclass(frozen=True, slots=True)
class Site:
    """Where the telescope stands: WGS84 degrees, east positive, and metres."""

    latitude_deg: float
    longitude_deg: float
    elevation_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """What to ask of the camera; None (and no readout mode) leaves a setting as it is."""

    seconds: float
    binning: int = 1
    gain: int | None = None
    offset: int | None = None
    kind: FrameKind = FrameKind.LIGHT
    readout_mode: str = ""


@dataclass(frozen=True, slots=True)
class Sensor:
    """The unbinned sensor; `bayer` is the pattern at its first pixel (RGGB, ...) or None for mono."""

    width: int
    height: int
    pixel_um: float
    bits: int = 16
    bayer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Pixels in memory: uint16, shape (rows, columns), native byte order, first row as read out.

    `exposure` is as carried out: a gain or offset that was left as it was is the camera's own, None
    when it does not say. `started` and `ended` are moments of the loop's clock bounding the exposure.
    """

    pixels: NDArray[np.uint16]
    exposure: Exposure
    started: float
    ended: float
    celsius: float | None = None


@dataclass(frozen=True, slots=True)
class MountStatus:
    """What the mount says of itself now; pier_side None when it does not say."""

    pointing: J2000
    tracking: bool
    parked: bool
    slewing: bool
    pier_side: PierSide | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """One weather reading, None for what is not measured; `sky_quality` in mag/arcsec²."""

    celsius: float | None = None
    humidity_percent: float | None = None
    wind_m_s: float | None = None
    rain_mm_h: float | None = None
    gust_m_s: float | None = None
    cloud_percent: float | None = None
    sky_quality: float | None = None


@dataclass(frozen=True, slots=True)
class Power:
    """What feeds the box: `mains` False when it runs on its battery; None where that is not measured."""

    mains: bool | None = None
    battery_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """When guiding has settled: within so many pixels of the guide camera, for so long, in time."""

    pixels: float = 1.5
    seconds: float = 10.0
    within: float = 60.0


class GuideState(Enum):
    """What a guider does. STOPPED: no pulse is sent; LOST: it would guide, and does not see its star."""

    STOPPED = "stopped"
    CALIBRATING = "calibrating"
    GUIDING = "guiding"
    LOST = "star lost"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class GuideStatus:
    """`rms_px` is how far the star lately stood from its place, both axes, in pixels of the guide camera;
    `rms_arcsec` the same on the sky. None while there is nothing to tell, or the scale is not known.
    `settling`: it guides, and waits for the star to come to rest after a start or a dither.
    """

    state: GuideState
    rms_px: float | None = None
    rms_arcsec: float | None = None
    settling: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """Position and UTC from a GNSS receiver; `utc_unix` in seconds since 1970, taken at loop time `at`."""

    site: Site
    utc_unix: float
    at: float


@dataclass(frozen=True, slots=True)
class BoardHealth:
    """How the computer itself fares: its 5 V too low, slowed down, too hot; now, and ever since its start.

    `celsius` is the chip's temperature, None where it is not measured.
    """

    undervoltage: bool = False
    throttled: bool = False
    frequency_capped: bool = False
    too_hot: bool = False
    undervoltage_since_boot: bool = False
    throttled_since_boot: bool = False
    frequency_capped_since_boot: bool = False
    too_hot_since_boot: bool = False
    celsius: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device of a profile: which driver opens it, under which name, with which first settings.

    `setup` is for the driver alone, for INDI "PROPERTY.ELEMENT" = value, sent once on opening.
    """

    driver: str
    name: str
    setup: dict[str, float | str | bool] = field(default_factory=dict)


IndiClient = Literal["asyncio", "pyindi"]
"""Our own client, or libindi's."""
INDI_CLIENT: IndiClient = "asyncio"


@dataclass(frozen=True, slots=True)
class IndiServer:
    """The local indiserver: with `drivers` we start and own it, without we use the one that runs.

    `kept`: another process has started it with these drivers and keeps it up; it may be ended when stuck.
    `socket` is the path of its Unix socket, `home` its HOME (drivers keep their settings there),
    `path` folders put before PATH for it (where `gsc` is), `log` where its output goes, `link` the client
    that speaks to it.
    """

    socket: str
    port: int
    drivers: tuple[str, ...] = ()
    home: str | None = None
    path: tuple[str, ...] = ()
    log: str | None = None
    kept: bool = False
    link: IndiClient = INDI_CLIENT


@dataclass(frozen=True, slots=True)
class IndiGuard:
    """What INDI's own watchdog shall park, mount first, when it was not fed for `seconds`.

    `port` is the indiserver's, which it talks to over TCP.
    """

    mount: str
    dome: str
    seconds: float
    port: int
