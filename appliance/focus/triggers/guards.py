"""What holds a focus run back although a trigger has fired. docs/focus.md has the same table."""

from collections.abc import Callable
from dataclasses import dataclass

REST_SECONDS = 600.0  # after any run, also a failed one: what it did not cure must not call it again at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rig and the night are like at the moment of the decision.

    `over`: the night is, or the twilight that the plan does not focus in has come; `requested`: a run is due
    or being made already; `since`: seconds since the last run, None before the first; `room`: is there time
    for a run and a sub after it?
    """

    parked: bool = False
    tracking: bool = True
    light: bool = True
    over: bool = False
    paused: bool = False
    requested: bool = False
    room: bool = True
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """One row: `holds` of a situation; `why` for the person.

    `resting`: only for rules that rest after a run; `counted`: not for what an event has asked for.
    """

    name: str
    why: str
    holds: Callable[[Situation], bool]
    resting: bool = False
    counted: bool = False


def _rests(situation: Situation) -> bool:
    return situation.since is not None and situation.since < REST_SECONDS


GUARDS: tuple[Guard, ...] = (
    Guard("paused", "the focus triggers are paused", lambda now: now.paused),
    Guard("parked", "the mount is parked", lambda now: now.parked),
    Guard("not tracking", "the mount does not track", lambda now: not now.tracking),
    Guard("not lights", "these subs are no lights", lambda now: not now.light),
    Guard("night over", "the night is over", lambda now: now.over),
    Guard("requested", "one that is due already serves", lambda now: now.requested),
    Guard("rest", f"the last one ended less than {REST_SECONDS / 60:.0f} minutes ago", _rests, resting=True),
    Guard("no time", "there is no time for it and a sub after it", lambda now: not now.room, counted=True),
)
