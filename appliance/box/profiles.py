"""The profiles on the box: those beside the one it was given, and which of them the next start takes."""

import json
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BadCommand, BadInput
from appliance.imaging.atomic import new_file
from appliance.profile import load_profile
from appliance.profile.loading import read_toml

CHOICE = "chosen-profile.json"
MOST = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """One profile: `file` is its name on the box, `name` what it calls itself, `wrong` why it cannot be used.

    `used` now, and `next` at the box's next start.
    """

    file: str
    name: str
    wrong: str = ""
    used: bool = False
    next: bool = False


def chosen_profile(given: Path) -> Path:
    """What a person has chosen on the page in place of this one; itself when nothing was, or it has gone."""
    try:
        told = json.loads((given.parent / CHOICE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return given
    name = told.get("profile") if isinstance(told, dict) and told.get("instead_of") == given.name else None
    known = (one for one in _files(given.parent) if one.name == name)
    return next(known, given)


def given_profile(used: Path) -> Path:
    """The other way round: which one the box was told to use, when it uses this one."""
    try:
        told = json.loads((used.parent / CHOICE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return used
    name = told.get("instead_of") if isinstance(told, dict) else None
    known = (one for one in _files(used.parent) if one.name == name)
    given = next(known, used)
    return given if chosen_profile(given) == used else used


def kept_profiles(used: Path, given: Path) -> tuple[Kept, ...]:
    """Every profile of the folder, whether it could be used or not; plans and other files are none."""
    coming = chosen_profile(given)
    found = []
    for file in _files(used.parent):
        name, wrong = _looked_at(file)
        if name is not None:
            found.append(Kept(file.name, name, wrong, used=file == used, next=file == coming))
    return tuple(found)


def choose(given: Path, file: str) -> str:
    """From the next start on this one is used; its own name. BadCommand for one that cannot be.

    NotWritable or DiskFull when the choice cannot be kept.
    """
    known = {one.name: one for one in _files(given.parent)}
    if file not in known:
        names = ", ".join(one.file for one in kept_profiles(given, given))
        raise BadCommand("file", f"there is no profile {file!r}", advice=f"There are: {names}.")
    try:
        name = load_profile(known[file]).name
    except BadInput as wrong:
        raise BadCommand("file", f"{file} cannot be used: {wrong.sentence}", advice=wrong.advice) from wrong
    with new_file(given.parent / CHOICE, replace=True) as out:
        out.write(json.dumps({"instead_of": given.name, "profile": file}).encode())
    return name


def _files(folder: Path) -> list[Path]:
    """Not a link to elsewhere: what is chosen here is a file of this folder."""
    every = sorted(folder.glob("*.toml"))[:MOST]
    return [one for one in every if one.is_file() and not one.is_symlink()]


def _looked_at(file: Path) -> tuple[str | None, str]:
    """Its name, None for what is no profile; and what is wrong with it."""
    try:
        raw = read_toml(file, BadInput)
    except BadInput:
        return None, ""
    if not {"camera", "mount", "telescope"} <= raw.keys():
        return None, ""
    try:
        return load_profile(file).name, ""
    except BadInput as wrong:
        return str(raw.get("name", file.stem)), wrong.sentence
