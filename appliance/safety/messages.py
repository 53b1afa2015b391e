"""What safety tells the bus."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyState(State):
    """May the telescope be open? `safe` None: not known yet, or nothing is there that could tell.

    `reasons` say why not, in plain words; `since` is UTC in seconds since 1970.
    """

    safe: bool | None
    reasons: tuple[str, ...] = ()
    since: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionsState(State):
    """Is the sky good enough to go on? `good` None: not known yet, or nothing is there that could tell.

    `reasons` say why not, in plain words; `since` is UTC in seconds since 1970.
    """

    good: bool | None
    reasons: tuple[str, ...] = ()
    since: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofMoving(State):
    """Is the roof moved by a command of ours now?"""

    on: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of the weather station (`quantity` as in Conditions), and its limit at each level.

    `beyond` is the level at which it counts as bad now, "safety" or "conditions", or "".
    """

    quantity: str
    value: float | None
    safety: float | None = None
    conditions: float | None = None
    beyond: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherState(State):
    """What the weather station said at `at` (UTC, seconds since 1970): old when it is silent."""

    name: str
    at: float
    values: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerState(State):
    """What the power supply said at `at` (UTC, seconds since 1970); None for what it does not measure."""

    name: str
    at: float
    mains: bool | None
    battery_percent: float | None
    least_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianState(State):
    """Does another process watch over this one, and make the rig safe after `silence_seconds` without a word?

    `did` is what it did before this one began, in plain words, "" for nothing.
    """

    watches: bool
    silence_seconds: float = 0.0
    did: str = ""
