"""What matters to a person at the box, out of all that is true; and which light says it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.bus import State, newest_alarm, who_is_needed
from appliance.safety.messages import ConditionsState, RoofMoving, SafetyState
from appliance.sequence.messages import SequenceState
from appliance.surfaces.messages import Leaving
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.patterns import Pattern, Tune

# A night is under way in these: it has begun and is neither ended nor failed.
UNDER_WAY = {"starting", "running", "stopping", "paused", "waiting"}


@dataclass(frozen=True, slots=True)
class Facts:
    """In words for a person; empty where there is nothing of the kind."""

    alarm: str = ""
    unsafe: tuple[str, ...] | None = None
    bad_sky: tuple[str, ...] | None = None
    question: str = ""
    answers: tuple[str, ...] = ()
    leaving: bool = False
    roof_moves: bool = False
    phase: str = "idle"
    waiting: bool = False
    plan: str = ""
    doing: str = ""
    target: str = ""
    filter: str = ""
    done: int = 0
    total: int = 0
    exposing_until: float | None = None

    @property
    def under_way(self) -> bool:
        return self.phase in UNDER_WAY


def facts(states: Iterable[State]) -> Facts:
    """From everything that is true."""
    found: dict[str, object] = {}
    states = list(states)
    if needed := who_is_needed(states):
        found |= {"question": needed.text, "answers": needed.answers}
    if alarm := newest_alarm(states):
        found["alarm"] = alarm.text
    for state in states:
        if isinstance(state, SequenceState):
            names = (
                "phase",
                "waiting",
                "plan",
                "doing",
                "target",
                "filter",
                "done",
                "total",
                "exposing_until",
            )
            found |= {name: getattr(state, name) for name in names}
        elif isinstance(state, SafetyState) and state.safe is False:
            found["unsafe"] = state.reasons
        elif isinstance(state, ConditionsState) and state.good is False:
            found["bad_sky"] = state.reasons
        elif isinstance(state, Leaving):
            found["leaving"] = state.on
        elif isinstance(state, RoofMoving):
            found["roof_moves"] = state.on
    return Facts(**found)  # type: ignore[arg-type]


def pattern(now: Facts) -> Pattern:
    """The one that matters most."""
    if now.alarm or now.phase == "failed":
        return patterns.FAULT
    if now.answers:  # Start and Stop answer it: who presses them must know
        return patterns.NEEDS_YOU
    if now.unsafe is not None:
        return patterns.UNSAFE
    if now.question:
        return patterns.NEEDS_YOU
    if now.leaving:
        return patterns.SHUTTING_DOWN
    if not now.under_way:
        return patterns.IDLE
    waits = now.waiting or now.phase in {"waiting", "paused"} or now.bad_sky is not None
    return patterns.WAITING if waits else patterns.RUNNING


def tune(now: Facts) -> Tune | None:
    """What sounds until it is over or somebody presses a button."""
    if now.alarm or now.phase == "failed":
        return patterns.ALARM
    return patterns.CALL if now.question and now.answers else None
