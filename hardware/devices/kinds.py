"""The instruments and sensors: one Protocol for each kind of device."""

from typing import Protocol

from hardware.devices.guiding import GuideTrace
from hardware.devices.values import (
    J2000,
    Conditions,
    CoverState,
    Direction,
    Exposure,
    Fix,
    Frame,
    GuideStatus,
    MountStatus,
    PierSide,
    Power,
    RoofState,
    Sensor,
    Settle,
    Site,
)


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


class SideSetter(Protocol):
    """The part of a mount that can be told on which side of the pier to be."""

    async def turn_to(self, side: PierSide) -> None:
        """Turn there, pointing where it points; DeviceRefused when it will not now."""
        ...


class AxisMotion(Protocol):
    """The part of a mount that turns its axes by hand, at rates of its own."""

    @property
    def rates(self) -> tuple[str, ...]:
        """What a person calls them, the slowest first; never empty."""
        ...

    async def move(self, direction: Direction, rate: int) -> None:
        """Turn that way at `rates[rate]` for as long as this is awaited: it is ended by cancelling, and stops
        the axis then; the mount tracks as before. Returns by itself only where the axis goes no further.

        DeviceRefused when parked, or for a rate that there is not. East and north are where right ascension
        and declination grow; on the far side of the pier, and of mounts whose driver counts otherwise, the
        axis may turn the other way.
        """
        ...


class Mount(Device, Protocol):
    """A telescope mount."""

    @property
    def guide_port(self) -> GuidePort | None: ...

    @property
    def side_setter(self) -> SideSetter | None: ...

    @property
    def motion(self) -> AxisMotion | None: ...

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


class Guider(Device, Protocol):
    """An autoguider: it holds a star where it is, by pulses to the mount.

    `trace` is what it saw lately, None for one that does not tell.
    """

    @property
    def trace(self) -> GuideTrace | None: ...

    async def status(self) -> GuideStatus: ...

    async def start(self, settle: Settle) -> None:
        """Choose a star, calibrate if that has not been done, and guide; returns when settled.

        DeviceError when it cannot, or has not settled in time (`status` tells whether it guides all the
        same). Cancelled: it is stopped.
        """
        ...

    async def stop(self) -> None:
        """Send no more pulses; returns when that is so, also when it did not guide."""
        ...

    async def pause(self) -> None:
        """Send no pulses until `resume`; the star and its place are kept."""
        ...

    async def resume(self) -> None: ...

    async def dither(self, pixels: float, ra_only: bool, settle: Settle) -> None:
        """Move the star by up to so many pixels of the guide camera; returns when settled.

        DeviceRefused unless it guides, DeviceError when it has not settled in time. Cancelled, it goes on
        to hold the star wherever it is to be now.
        """
        ...

    async def flip_calibration(self) -> None:
        """Turn the calibration round, for the other side of the pier; DeviceError when there is none."""
        ...

    async def forget_calibration(self) -> None:
        """The next start calibrates anew."""
        ...


class Slaving(Protocol):
    """A dome that follows the telescope."""

    async def follows(self) -> bool:
        """Does it now?"""
        ...

    async def follow(self, on: bool) -> None: ...


class Roof(Device, Protocol):
    """A roll-off roof or a dome's shutter; both end switches pressed at once are a DeviceError of `state`."""

    @property
    def slaving(self) -> Slaving | None: ...

    async def state(self) -> RoofState: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def stop(self) -> None:
        """Stop the motor, whoever started it; returns when it stands, at once when it stood."""


class ParkSensor(Device, Protocol):
    """A switch that the parked telescope presses, whatever the mount believes of itself."""

    async def parked(self) -> bool:
        """True while pressed. Raises rather than guesses."""
        ...

    async def changed(self) -> None:
        """Returns when the answer may have changed; never, when the device can only be asked."""
        ...


class Cover(Device, Protocol):
    """A motorised telescope cover."""

    async def state(self) -> CoverState: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class FlatPanel(Device, Protocol):
    """A flat field panel; brightness in the panel's own levels, 0 is dark."""

    @property
    def brightest(self) -> int: ...

    async def level(self) -> int: ...

    async def light(self, level: int) -> None:
        """DeviceRefused outside 0 to `brightest`."""
        ...


class PowerMonitor(Device, Protocol):
    """Mains and battery."""

    async def power(self) -> Power: ...

    async def changed(self) -> None:
        """Returns when the answer may have changed; never, when the device can only be asked."""
        ...


class Output(Device, Protocol):
    """One channel that can be switched or, when `dimmable`, set anywhere between: a heater, a 12 V outlet."""

    @property
    def dimmable(self) -> bool: ...

    async def level(self) -> float:
        """0 (off) to 1 (full)."""
        ...

    async def set_level(self, level: float) -> None:
        """DeviceRefused outside 0 to 1, and between them when it cannot be dimmed."""
        ...


class SafetyMonitor(Device, Protocol):
    """One verdict: may the telescope be open? Raises rather than guesses."""

    async def safe(self) -> bool: ...

    async def changed(self) -> None:
        """Returns when the answer may have changed; never, when the device can only be asked."""
        ...


class ObservingConditions(Device, Protocol):
    """A weather station."""

    async def conditions(self) -> Conditions: ...

    async def changed(self) -> None:
        """Returns when the answer may have changed; never, when the device can only be asked."""
        ...


class Gnss(Device, Protocol):
    """A satellite receiver."""

    async def fix(self) -> Fix: ...
