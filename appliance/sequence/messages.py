"""What the sequence tells the bus."""

from dataclasses import dataclass

from appliance.bus import Event, State


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceState(State):
    """Where the night is. `phase`: idle, starting, running, waiting, paused, stopping, ended or failed.

    `doing` is a few words for a person; moments are UTC in seconds since 1970; `exposing_until` is None
    between exposures. `waiting`: for dusk, for a target, for the sky, for gear; `until` is when that wait
    ends, None when nobody knows. `done` and `total` count the subs of the whole plan. `frame`: what kind is
    being taken, light, dark, flat or bias.
    """

    phase: str
    plan: str = ""
    doing: str = ""
    target: str = ""
    filter: str = ""
    frame: str = "light"
    done: int = 0
    total: int = 0
    exposing_since: float | None = None
    exposing_until: float | None = None
    waiting: bool = False
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEvent(State):
    """What comes next tonight, in a few words, and when (UTC, seconds since 1970). Empty: nothing is known.

    `kind`: wait (what is waited for is over), dusk, target (`target` begins), flip, focus, done (the plan is
    complete) or dawn.
    """

    kind: str = ""
    what: str = ""
    target: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubSaved(Event):
    """One sub is complete on disk; measured values are None when they could not be measured."""

    number: int
    target: str
    filter: str
    file: str
    seconds: float
    hfr: float | None
    stars: int | None
    error_arcsec: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSub(State):
    """The newest saved sub, for whoever joins late; the preview is at the api."""

    number: int
    target: str
    filter: str
    file: str
    hfr: float | None
    stars: int | None
    error_arcsec: float | None
