"""`nightbox actions`: the profile's lists of actions as they will be carried out; nothing is done."""

import sys
from collections.abc import Iterator
from pathlib import Path

from appliance.cli.exits import OK
from appliance.profile import LISTS, ActionSection, ListName, Profile, load_profile, longest_seconds
from appliance.profile.actions import Do

TITLES: dict[ListName, str] = {
    "unsafe": "When it becomes unsafe",
    "roof_close": "To close the roof",
    "roof_open": "To open the roof",
    "end": "At the end of the night, or of the box",
}
FAILING = {"go on": "go on", "stop": "end the list", "alarm": "call a person and go on"}
MOTIONS: dict[ListName, Do] = {"roof_close": "close roof", "roof_open": "open roof"}


def list_actions(path: Path) -> int:
    """Print every list in order; BadProfile for one that cannot be safe or carried out."""
    sys.stdout.write("\n".join(told(load_profile(path))) + "\n")
    return OK


def told(profile: Profile) -> Iterator[str]:
    """The lists in plain words, with what follows a failure, and the longest time that each may take."""
    for name in LISTS:
        steps = profile.steps(name)
        if not steps:
            continue
        whose = "the usual ones" if getattr(profile.actions, name) is None else "of the profile"
        yield f"{TITLES[name]} (actions.{name}, {whose}), at most {lasting(longest_seconds(steps))}:"
        yield from (f"  {number}. {line(name, step)}" for number, step in enumerate(steps, 1))
        if name == "unsafe":
            yield f"  Then looked at again and again; an alarm {lasting(profile.safety.roof_within_seconds)}"
            yield "  after it became unsafe, if the rig is not safe by then."
        yield ""


def line(name: ListName, step: ActionSection) -> str:
    """One action; a list around a motion of the roof ends where that fails."""
    failing = "end the list" if step.do == MOTIONS.get(name) else FAILING[step.on_failure]
    after = f"after {lasting(step.delay_seconds)}: " if step.delay_seconds else ""
    return f"{after}{step.words}, within {lasting(step.limit)}; if it fails, {failing}"


def lasting(seconds: float) -> str:
    """A time as a person says it."""
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
