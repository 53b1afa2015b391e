"""The profile's file: read with its version, checked as it would be, and replaced whole or not at all."""

import hashlib
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from appliance.box.settings.words import problem_of
from appliance.errors import BadInput, BadProfile
from appliance.imaging.atomic import new_file
from appliance.profile import Profile
from appliance.profile.loading import profile_from, read_toml
from appliance.sequence.checks import check_profile

# The first line of a file that the page wrote: comments of a person do not live through that.
MARK = "# Written by Nightbox's page."
BEFORE, BY_HAND = ".before", ".by-hand"
CHANGED = "the file was changed by somebody else meanwhile"
CORRECT = "Correct it; the file is as it was."
LOOK_AGAIN = "Load the settings again, and change them there."
OPTIONAL = "Another program wrote it in a way that Nightbox cannot change: edit the file itself."

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the file says, as tables; `version` tells whether it has been changed since."""

    values: Values
    version: str


def stored(path: Path) -> Stored:
    """Read the file; BadProfile when it cannot be read."""
    values = read_toml(path, BadProfile)
    return Stored(values, version_of(path))


def version_of(path: Path) -> str:
    """Nothing for a file that cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def changed(values: Values, changes: Values) -> Values:
    """The tables with those changes: `{"focus.step": 120}` sets, None takes a key or a whole table out.

    BadProfile for a place that is inside something that is no table.
    """
    new = deepcopy(values)
    for place, value in sorted(changes.items(), key=lambda item: item[0].count(".")):
        *above, key = place.split(".")
        table = _table(new, above, place, make=value is not None)
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return new


def _table(values: Values, above: list[str], place: str, *, make: bool) -> Values:
    table = values
    for name in above:
        table = table.setdefault(name, {}) if make else table.get(name, {})
        if not isinstance(table, dict):
            raise BadProfile(place, f"{name} is no table", advice=OPTIONAL)
    return table


def every_problem(values: Values, path: Path) -> list[BadInput]:
    """All that is wrong with those values as a profile, the first kind of check that finds anything."""
    try:
        Profile.model_validate(values)
    except ValidationError as wrong:
        return [BadProfile(_place(one), problem_of(one), advice=CORRECT) for one in wrong.errors()]
    try:
        check_profile(profile_from(values, path))
    except BadInput as wrong:
        return [wrong]
    return []


def _place(wrong: ErrorDetails) -> str:
    return ".".join(map(str, wrong["loc"]))


def save(path: Path, changes: Values, version: str) -> Stored:
    """Change the file; the one before it stays as `.before`, and the last that a person wrote as `.by-hand`.

    BadProfile when the result is no profile, or when the file is not of that version any more; then, and on
    NotWritable and DiskFull, it is as it was.
    """
    old = stored(path)
    if old.version != version:
        raise BadProfile(path.name, CHANGED, advice=LOOK_AGAIN)
    new = changed(old.values, changes)
    for wrong in every_problem(new, path):
        raise wrong
    text = path.read_bytes()
    _write(path.with_name(path.name + BEFORE), text)
    if not text.startswith(MARK.encode()):
        _write(path.with_name(path.name + BY_HAND), text)
    hint = f"{MARK} One of a person, with its comments, is kept as {path.name}{BY_HAND}.\n"
    _write(path, (hint + tomli_w.dumps(new)).encode())
    return Stored(tomllib.loads(path.read_text(encoding="utf-8")), version_of(path))


def _write(path: Path, text: bytes) -> None:
    with new_file(path, replace=True) as file:
        file.write(text)
