"""Which plan a box takes that was not told: the last one used here, else the profile's."""

import json
from pathlib import Path

from appliance.errors import BadInput
from appliance.imaging.atomic import new_file

LAST = "last.json"


def remember(folder: Path, plan: Path) -> None:
    """This is the plan now; NotWritable or DiskFull when that cannot be kept."""
    with new_file(folder / LAST, replace=True) as file:
        file.write(json.dumps({"plan": str(plan.absolute())}).encode())


def chosen_plan(folder: Path, profile: Path, default: Path | None) -> Path:
    """The plan to take; BadInput when there is none. A relative `default` is beside the profile.

    A last plan whose file has gone is passed over.
    """
    last = remembered(folder)
    if last is not None and last.is_file():
        return last
    if default is not None:
        return profile.absolute().parent / default
    gone = f" ({last} has gone)" if last is not None else ""
    raise BadInput(
        "plan", f"none was used here before{gone}, and the profile names none",
        advice="Name a plan: nightbox run PLAN, or startup.plan in the profile. Nothing was moved.",
    )  # fmt: skip


def remembered(folder: Path) -> Path | None:
    """The plan used last; None for one that was never written, or is damaged: the default is as good as a
    guess.
    """
    try:
        told = json.loads((folder / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    path = told.get("plan") if isinstance(told, dict) else None
    return Path(path) if isinstance(path, str) else None
