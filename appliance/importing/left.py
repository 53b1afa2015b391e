"""What could not be carried over, each thing once with its place; and the reading that cannot forget any."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as default
from math import isfinite
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
NOTHING = frozenset({"", "0", "-", "false", "none", "--"})  # values that ask for nothing, in small letters


@dataclass(slots=True)
class Left:
    """The list for the person."""

    lines: dict[str, None] = default(default_factory=dict)

    def add(self, place: str, what: str) -> None:
        """One thing that the plan does not have, or has otherwise than the file."""
        self.lines.setdefault(f"{place}: {what}")


class Fields:
    """The settings of one place in a file. Whatever nobody takes is left out, and `rest` says so."""

    def __init__(self, values: Mapping[str, Any], place: str, left: Left) -> None:
        self._values, self._taken = dict(values), set[str]()
        self.place, self.left = place, left

    def text(self, name: str, default: str = "") -> str:
        """As written, without blanks around it."""
        self._taken.add(name)
        value = self._values.get(name)
        return default if value is None else str(value).strip()

    def number(self, name: str, default: float = 0.0) -> float:
        """The default, and a line in the list, for what is no number."""
        text = self.text(name)
        if not text:
            return default
        with suppress(ValueError):
            if isfinite(value := float(text.replace(",", "."))):
                return value
        self.left.add(self.place, f"{name} = {text!r} is no number")
        return default

    def whole(self, name: str, default: int = 0) -> int:
        """As `number`, without its fraction."""
        return int(self.number(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes in the ways that programs write it."""
        text = self.text(name).lower()
        return text in {"true", "1", "yes"} if text else default

    def node(self, name: str) -> dict[str, Any]:
        """A group within; empty where there is none."""
        self._taken.add(name)
        value = self._values.get(name)
        return value if isinstance(value, dict) else {}

    def known(self, *names: str) -> None:
        """These say nothing that a plan has: what was done already, how a window looked."""
        self._taken.update(names)

    def rest(self, usual: Mapping[str, str] | None = None) -> None:
        """List what nobody took and asks for something: it is not empty, no, 0 or as `usual`."""
        for name, value in self._values.items():
            text = str(value).strip()
            if name in self._taken or text.lower() in NOTHING or text == (usual or {}).get(name):
                continue
            self.left.add(self.place, f"{name} = {text}")


def made(model: type[M], values: Mapping[str, Any], place: str, left: Left) -> M | None:
    """A part of the plan; None, and a line in the list, for values that no plan may have."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(map(str, first["loc"]))
        why = first["msg"].removeprefix("Value error, ")
        field = f"{name} = {first['input']!r}: " if name else ""
        left.add(place, f"left out, because {field}{why}")
        return None
