"""`nightbox actions`: the profile's lists of actions as they will be carried out; nothing is done."""

import sys
from collections.abc import Iterator
from pathlib import Path

from appliance.box.action_lists import lasting, listed
from appliance.cli.exits import OK
from appliance.profile import Profile, load_profile


def list_actions(path: Path) -> int:
    """Print every list in order; BadProfile for one that cannot be safe or carried out."""
    sys.stdout.write("\n".join(told(load_profile(path))) + "\n")
    return OK


def told(profile: Profile) -> Iterator[str]:
    """The lists in plain words, with what follows a failure, and the longest time that each may take."""
    for one in listed(profile):
        whose = "of the profile" if one.of_profile else "the usual ones"
        yield f"{one.title} (actions.{one.name}, {whose}), at most {lasting(one.longest_seconds)}:"
        yield from (f"  {number}. {step}" for number, step in enumerate(one.steps, 1))
        if one.name == "unsafe":
            yield f"  Then looked at again and again; an alarm {lasting(profile.safety.roof_within_seconds)}"
            yield "  after it became unsafe, if the rig is not safe by then."
        yield ""
