"""The profile's lists of actions as they will be carried out, in plain words; nothing is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.profile import LISTS, ActionSection, ListName, Profile, longest_seconds
from appliance.profile.actions import Do

TITLES: dict[ListName, str] = {
    "unsafe": "When it becomes unsafe",
    "roof_close": "To close the roof",
    "roof_open": "To open the roof",
    "end": "At the end of the night, or of the box",
}
FAILING = {"go on": "go on", "stop": "end the list", "alarm": "call a person and go on"}
MOTIONS: dict[ListName, Do] = {"roof_close": "close roof", "roof_open": "open roof"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: `of_profile`, or the usual one; `steps` with delays, limits, and what a failure means."""

    name: ListName
    title: str
    of_profile: bool
    longest_seconds: float
    steps: tuple[str, ...]


def listed(profile: Profile) -> Iterator[Listed]:
    """Those that have something to do."""
    for name in LISTS:
        if steps := profile.steps(name):
            own = getattr(profile.actions, name) is not None
            lines = tuple(line(name, step) for step in steps)
            yield Listed(name, TITLES[name], own, longest_seconds(steps), lines)


def line(name: ListName, step: ActionSection) -> str:
    """One action; a list around a motion of the roof ends where that fails."""
    failing = "end the list" if step.do == MOTIONS.get(name) else FAILING[step.on_failure]
    after = f"after {lasting(step.delay_seconds)}: " if step.delay_seconds else ""
    return f"{after}{step.words}, within {lasting(step.limit)}; if it fails, {failing}"


def lasting(seconds: float) -> str:
    """A time as a person says it."""
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
