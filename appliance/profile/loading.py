"""Reading a TOML file into its model; what does not fit is named, with the remedy."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from appliance.errors import BadInput, BadProfile
from appliance.profile.rig import Profile
from appliance.profile.section import Section

S = TypeVar("S", bound=Section)
# What a table in a list of several kinds may say of itself in its `do`.
KINDS = frozenset({"subs", "mosaic", "script", "sky flats", "panel flats", "darks", "wait"})


def load_profile(path: Path) -> Profile:
    """Read and check a profile; BadProfile names the field, the value and the remedy.

    Its horizon's file and its programs are meant to stand where it says, seen from its own folder.
    """
    return profile_from(read_toml(path, BadProfile), path)


def profile_from(raw: dict[str, Any], path: Path) -> Profile:
    """As `load_profile`, from what the file at `path` has or is to have."""
    profile, folder = validated(raw, path, Profile, BadProfile), path.absolute().parent
    scripts = {
        when: one.model_copy(update={"file": folder / one.file})
        for when, one in (("startup", profile.scripts.startup), ("shutdown", profile.scripts.shutdown))
        if one is not None
    }
    profile = profile.model_copy(update={"scripts": profile.scripts.model_copy(update=scripts)})
    if (file := profile.site.horizon) is None:
        return profile
    site = profile.site.model_copy(update={"horizon": folder / file})
    return profile.model_copy(update={"site": site})


def load_toml(path: Path, model: type[S], error: type[BadInput]) -> S:
    """Read one TOML file into its model; `error` for a file that cannot be read or does not fit.

    A name that ends in .json holds the same as JSON, as one part of the box writes it for another.
    """
    return validated(read_toml(path, error), path, model, error)


def read_toml(path: Path, error: type[BadInput]) -> dict[str, Any]:
    """What a TOML (or .json) file has, unchecked; `error` for one that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        raw: dict[str, Any] = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except FileNotFoundError as missing:
        raise error(str(path), "there is no such file", advice="Check the path.") from missing
    except (OSError, UnicodeDecodeError) as unreadable:
        raise error(str(path), f"it cannot be read ({unreadable})") from unreadable
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as malformed:
        raise error(str(path), f"this is not {path.suffix[1:].upper() or 'TOML'}: {malformed}") from malformed
    return raw


def validated(raw: dict[str, Any], path: Path, model: type[S], error: type[BadInput]) -> S:
    """Those values in their model; `error` names the first field that does not fit, and `path`'s name."""
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        raise _explain(path, model, error, wrong.errors()[0]) from wrong


def all_flaws(raw: dict[str, Any], path: Path, model: type[S], error: type[BadInput]) -> list[BadInput]:
    """Every field that does not fit, none when all do: for a form that shows each beside its field."""
    try:
        model.model_validate(raw)
    except ValidationError as wrong:
        every = wrong.errors()
        # A list is called too short as well when what is in it does not fit: that is no flaw of its own.
        inner = {one["loc"][:depth] for one in every for depth in range(len(one["loc"]))}
        return [_explain(path, model, error, one) for one in every if one["loc"] not in inner]
    return []


def _explain(path: Path, model: type[Section], error: type[BadInput], first: Any) -> BadInput:
    field = ".".join(str(part) for part in _written(first["loc"]))
    if first["type"] == "extra_forbidden":
        known = ", ".join(_known(model, first["loc"][:-1]))
        return error(field, f"{path.name} has an unknown key", advice=f"Known here are: {known}.")
    if first["type"] == "missing":
        return error(field, f"{path.name} does not say it", advice=f"Add {field} to {path.name}.")
    why = first["msg"].removeprefix("Value error, ")
    if not field:  # the whole file: no use in quoting it
        return error(path.name, why, advice=f"Correct it in {path.name}.")
    return error(field, f"{first['input']!r} does not fit: {why}", advice=f"Correct it in {path.name}.")


def _written(location: tuple[int | str, ...]) -> Iterator[int | str]:
    """Without the kind of table that pydantic puts behind the place in a list of several kinds."""
    for before, part in zip((None, *location), location, strict=False):
        if not (isinstance(before, int) and isinstance(part, str) and part in KINDS):
            yield part


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the table at `location`, found by walking the models."""
    models = [model]
    for part in location:
        if isinstance(part, int):
            continue
        if part in KINDS and len(models) > 1:
            models = [one for one in models if part in get_args(one.model_fields["do"].annotation)]
            continue
        inner = [
            found
            for one in models
            if part in one.model_fields
            for found in _inner_models(one.model_fields[part].annotation)
        ]
        if not inner:
            return []
        models = inner
    return list(models[0].model_fields) if models else []


def _inner_models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _inner_models(part)]
