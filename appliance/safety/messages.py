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
