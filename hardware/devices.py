"""What the appliance asks of hardware. Drivers satisfy these by shape, not by inheritance.

One contract for every slow method: it returns when the hardware has settled, raises
DeviceError (hardware.errors) when it cannot, and stops the hardware when cancelled.
Capability is absence: an attribute that may be None must be looked at before use.
Sky positions are J2000 (ICRS) degrees everywhere; a driver whose device speaks JNow
converts at its own edge, once. Moments are seconds of the event loop's clock.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

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
    """What to ask of the camera; None leaves a setting as it is."""

    seconds: float
    binning: int = 1
    gain: int | None = None
    offset: int | None = None
    kind: FrameKind = FrameKind.LIGHT


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
    """One weather reading; None where the station does not measure it."""

    celsius: float | None = None
    humidity_percent: float | None = None
    wind_m_s: float | None = None
    rain_mm_h: float | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """Position and UTC from a GNSS receiver; `utc_unix` in seconds since 1970, taken at loop time `at`."""

    site: Site
    utc_unix: float
    at: float


class Device(Protocol):
    """Every open device."""

    @property
    def name(self) -> str:
        """As the user knows it: the name in the profile."""
        ...

    @property
    def lost(self) -> bool:
        """True for good once the device stopped answering: every call raises DeviceLost, open it again."""
        ...


class Cooler(Protocol):
    """A camera's cooler."""

    async def celsius(self) -> float:
        """Sensor temperature, °C."""
        ...

    async def power_percent(self) -> float | None:
        """Cooler power 0..100, None when not reported."""
        ...

    async def aim(self, celsius: float) -> None:
        """Switch the cooler on towards a temperature; returns once the camera has accepted it."""
        ...

    async def off(self) -> None:
        """Switch the cooler off."""
        ...


class Camera(Device, Protocol):
    """An imaging camera."""

    @property
    def sensor(self) -> Sensor: ...

    @property
    def cooler(self) -> Cooler | None: ...

    async def expose(self, exposure: Exposure) -> Frame:
        """One frame. Cancelled: the exposure is aborted and its frame thrown away."""
        ...


class GuidePort(Protocol):
    """Guide pulses, through the mount or a relay box."""

    async def pulse(self, direction: Direction, seconds: float) -> None:
        """Returns when the pulse has ended."""
        ...


class Mount(Device, Protocol):
    """A telescope mount."""

    @property
    def guide_port(self) -> GuidePort | None: ...

    async def status(self) -> MountStatus: ...

    async def slew(self, target: J2000) -> None:
        """Go there and track; DeviceRefused when parked or below the mount's own limits."""
        ...

    async def sync(self, target: J2000) -> None:
        """Tell the mount where it points now."""
        ...

    async def track(self, on: bool) -> None: ...

    async def park(self) -> None: ...

    async def unpark(self) -> None: ...

    async def locate(self, site: Site, utc_unix: float) -> None:
        """Give the mount the place and the time."""
        ...


class Focuser(Device, Protocol):
    """An absolute focuser; positions in steps."""

    @property
    def travel(self) -> range: ...

    async def position(self) -> int: ...

    async def celsius(self) -> float | None:
        """Temperature at the focuser, None when it has no probe."""
        ...

    async def move_to(self, position: int) -> None:
        """DeviceRefused outside `travel`."""
        ...


class FilterWheel(Device, Protocol):
    """A filter wheel; filters by name."""

    @property
    def filters(self) -> tuple[str, ...]: ...

    async def selected(self) -> str: ...

    async def select(self, name: str) -> None:
        """DeviceRefused for a name that is not in `filters`."""
        ...


class Rotator(Device, Protocol):
    """A camera rotator; mechanical angle in degrees, 0 ≤ angle < 360."""

    async def angle(self) -> float: ...

    async def rotate_to(self, degrees: float) -> None: ...


class Roof(Device, Protocol):
    """A roll-off roof or a dome's shutter."""

    async def state(self) -> RoofState: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class SafetyMonitor(Device, Protocol):
    """One verdict: may the telescope be open? Raises rather than guesses."""

    async def safe(self) -> bool: ...


class ObservingConditions(Device, Protocol):
    """A weather station."""

    async def conditions(self) -> Conditions: ...


class Gnss(Device, Protocol):
    """A satellite receiver."""

    async def fix(self) -> Fix: ...


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device of a profile: which driver opens it, under which name, with which first settings.

    `setup` is for the driver alone, for INDI "PROPERTY.ELEMENT" = value, sent once on opening.
    """

    driver: str
    name: str
    setup: dict[str, float | str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndiServer:
    """The local indiserver: with `drivers` we start and own it, without we use the one that runs.

    `socket` is the path of its Unix socket, `home` its HOME (drivers keep their settings there),
    `path` folders put before PATH for it (where `gsc` is), `log` where its output goes.
    """

    socket: str
    port: int
    drivers: tuple[str, ...] = ()
    home: str | None = None
    path: tuple[str, ...] = ()
    log: str | None = None
