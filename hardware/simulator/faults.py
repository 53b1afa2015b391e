"""What can go wrong in a simulated night, and when: pure data on the night's own clock (UTC).

A fault is a span of time in which something is so. Nothing here is used up: whoever asks at the same
moment gets the same answer, so a night goes on after a crash with the very faults it had before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """The name a person writes in a faults file."""

    DEVICE_LOST = "device lost"
    SILENT = "device silent"
    STUCK = "device stuck"
    IGNORED = "command ignored"
    LOST_FRAME = "lost frame"
    TRUNCATED_FRAME = "truncated frame"
    WRONG_PIER_SIDE = "wrong pier side"
    NO_FLIP = "no flip"
    TRACKING_OFF = "tracking off"
    FOCUSER_SLIP = "focuser slip"
    STAR_POOR = "star-poor field"
    GUIDE_STAR_LOST = "guide star lost"
    CLOUDS = "clouds"
    RAIN = "rain"
    WIND = "wind"
    MAINS_LOST = "mains lost"
    BATTERY_LOW = "battery low"
    DISK_FULL = "disk full"
    SLOW_DISK = "slow disk"
    SOLVER_FAILS = "solver fails"
    CLIENT_GONE = "client gone"
    CLOCK_JUMP = "clock jump"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Fault:
    """From `begins` (UTC, seconds since 1970) for so many seconds.

    `device` is the kind it strikes, where the fault is a device's: "camera", "mount", "focuser",
    "filter wheel", "rotator", "roof", "park sensor", "weather", "safety", "power", "gnss", "guider".
    `amount` is in the unit of the kind: steps of slip, magnitudes of cloud, m/s of wind, mm/h of rain,
    seconds of delay or of clock. From 1/2 on a full disk does not take the journal either. Of a stuck device
    it is what heals it before its time: 1 connecting anew, 2 a restart of its driver, 3 switching its power
    off and on, 4 a restart of the server. Of a crash it is how many turns of the loop are still made; below 0
    the crash is within the next save of a sub: at -3, -6 and so on it is written and not synced, at -1, -4
    synced and not named, at -2, -5 named in a folder that is not synced.
    """

    kind: FaultKind
    begins: float
    seconds: float
    device: str = ""
    amount: float = 0.0

    def active(self, utc_unix: float) -> bool:
        """Is it so at this moment?"""
        return self.begins <= utc_unix < self.begins + self.seconds


# Which cures heal what: a restart of a driver connects anew, one of the server restarts every driver.
CURED_BY = {1: {1, 2, 3, 4}, 2: {2, 4}, 3: {3}, 4: {4}}


@dataclass(frozen=True, slots=True)
class Cure:
    """Something that was done at `at` (UTC) to these kinds of device; numbered as a stuck one's amount."""

    at: float
    rung: int
    devices: frozenset[str]

    def heals(self, fault: Fault) -> bool:
        """Does it end this fault?"""
        done = fault.device in self.devices and fault.begins <= self.at
        return done and self.rung in CURED_BY[round(fault.amount) or 1]


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that goes wrong in one night."""

    every: tuple[Fault, ...] = ()

    def active(self, kind: FaultKind, utc_unix: float, device: str = "") -> Fault | None:
        """The fault of this kind (on this device) that is active now, the first of several."""
        return next(iter(self.all_active(kind, utc_unix, device)), None)

    def amount(self, kind: FaultKind, utc_unix: float) -> float:
        """The sum over those active now, 0 for none."""
        return sum(fault.amount for fault in self.all_active(kind, utc_unix))

    def begun(self, kind: FaultKind, utc_unix: float) -> float:
        """The sum of amounts of all that have begun by now, for what stays (a slip of the focuser)."""
        return sum(one.amount for one in self.every if one.kind is kind and one.begins <= utc_unix)

    def all_active(self, kind: FaultKind, utc_unix: float, device: str = "") -> Iterable[Fault]:
        """Every fault of this kind (on this device) that is active now."""
        return (
            one for one in self.every if one.kind is kind and one.device == device and one.active(utc_unix)
        )
