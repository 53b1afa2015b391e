"""The form of the profile, made from its JSON schema: tables with fields, each as a person fills it in."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from appliance.box.settings.words import help_of, help_of_table, label_of, unit_of
from appliance.profile import Profile, Section

Kind = Literal["text", "number", "integer", "choice", "switch", "lines", "table", "path"]
# Alternatives that a pattern spells out: ^(indi|alpaca)$
SPELLED = re.compile(r"^\^\(([\w|]+)\)\$$")
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `default` is what counts while the file does not say it; `required`: it must say it.

    Numbers lie within `least` and `most`, or strictly above `above`; "lines" are several texts, a "table"
    has values by name. `optional`: nothing is a value too.
    """

    key: str
    label: str
    help: str
    unit: str
    kind: Kind
    default: object = None
    required: bool = False
    optional: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file: `path` is its place, "focus.stars"; "" is the top. `many`: there may be several.

    `optional`: it may be left out, and the rig is then without it.
    """

    path: str
    label: str
    help: str
    many: bool
    optional: bool
    fields: tuple[Field, ...]


@lru_cache(maxsize=1)
def profile_form() -> tuple[Table, ...]:
    """Every table of a profile, those inside another after it."""
    schema = Profile.model_json_schema()
    return tuple(_Reader(schema["$defs"], _models(Section)).tables("", "Profile", schema))


def _models(model: type[Section]) -> dict[str, type[Section]]:
    below = [_models(kind) for kind in model.__subclasses__()]
    return {name: kind for every in ({model.__name__: model}, *below) for name, kind in every.items()}


@dataclass(frozen=True, slots=True)
class _Reader:
    definitions: dict[str, Schema]
    models: dict[str, type[Section]]

    def tables(
        self, path: str, name: str, schema: Schema, *, many: bool = False, optional: bool = False
    ) -> list[Table]:
        """The table at `path` and all those in it."""
        model, fields, inner = self.models[name], [], []
        for key, value in schema["properties"].items():
            below = f"{path}.{key}" if path else key
            plain, may_lack = _without_null(value)
            if (found := _reference(plain)) is not None:
                deeper = self.definitions[found]
                inner += self.tables(below, found, deeper, many="items" in plain, optional=may_lack)
            else:
                fields.append(_field(model, key, plain, may_lack, value, key in schema.get("required", ())))
        label = label_of(path.rpartition(".")[2]) if path else "Rig"
        own = Table(path, label, help_of_table(model), many, optional, tuple(fields))
        return [own, *inner]


def _without_null(value: Schema) -> tuple[Schema, bool]:
    """What it is when it is anything, and whether it may be nothing."""
    ways = value.get("anyOf")
    if ways is None or {"type": "null"} not in ways:
        return value, False
    return next(way for way in ways if way != {"type": "null"}), True


def _reference(value: Schema) -> str | None:
    """The table it speaks of, of one or of several; None for a plain value."""
    inner = value.get("items", value)
    target = inner.get("$ref") if isinstance(inner, dict) else None
    return None if target is None else str(target).rpartition("/")[2]


def _field(
    model: type[Section], key: str, plain: Schema, optional: bool, whole: Schema, required: bool
) -> Field:
    choices = _choices(plain)
    return Field(
        key=key, label=label_of(key), help=help_of(model, key), unit=unit_of(key),
        kind="choice" if choices else _kind(plain), default=whole.get("default"), required=required,
        optional=optional, choices=choices, least=plain.get("minimum"), most=plain.get("maximum"),
        above=plain.get("exclusiveMinimum"),
    )  # fmt: skip


def _choices(plain: Schema) -> tuple[str, ...]:
    if "enum" in plain:
        return tuple(plain["enum"])
    spelled = SPELLED.match(plain.get("pattern", ""))
    return tuple(spelled[1].split("|")) if spelled else ()


def _kind(plain: Schema) -> Kind:
    match plain.get("type"):
        case "number":
            return "number"
        case "integer":
            return "integer"
        case "boolean":
            return "switch"
        case "array":
            return "lines"
        case "object":
            return "table"
        case _:
            return "path" if plain.get("format") == "path" else "text"
