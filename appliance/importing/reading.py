"""What every format's reader has at hand, and the plan that it ends in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from appliance.errors import BadInput
from appliance.importing.left import Left, made
from appliance.plan import Item, Plan, Step, Target, Template

ZONE = re.compile(r"[+-]\d{2}:\d{2}")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
PLACEHOLDER = "lights"
Beside = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan, and what the file has and the plan has not: one line each, with its place."""

    plan: Plan
    left_out: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """One file being read: `beside` finds the text of a file that it names, `zone` is that of its clock.

    `queues` keeps what was read of such files: several targets may name the same.
    """

    name: str
    beside: Beside
    zone: str = ""
    left: Left = field(default_factory=Left)
    items: list[Item] = field(default_factory=list)
    last: list[Item] = field(default_factory=list)
    queues: dict[str, list[Step]] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def clock(self, text: str, place: str) -> str:
        """A moment of a plan from a local time of day; "" for what is none, and that is said."""
        found = CLOCK.search(text)
        if found is None:
            self.left.add(place, f"{text!r} is no time of day")
            return ""
        if not self.zone:
            self.left.add("Clock times", "taken as UTC, and the file has local time: say --zone=+01:00")
        hours, minutes, seconds = (int(one or 0) for one in found.groups())
        return f"{hours % 24:02}:{minutes:02}:{seconds:02}{self.zone}"

    def target(
        self, values: Mapping[str, Any], place: str, steps: Sequence[Step], template: str = ""
    ) -> None:
        """Add a target. Steps that a template has already are not repeated; without any, a placeholder's."""
        name = template or ("" if steps else PLACEHOLDER)
        if not steps:
            self._placeholder()
        elif template and template not in self.templates:
            self.templates[template] = Template(step=tuple(steps))
        own = tuple(steps) if steps and not (name and self.templates[name].step == tuple(steps)) else ()
        shaped = {"template": PLACEHOLDER if not steps else name, "step": own, **values}
        if (one := made(Target, shaped, place, self.left)) is not None:
            self.items.append(one)

    def _placeholder(self) -> None:
        self.left.add("Exposures", f"some targets have none: change the single one of template.{PLACEHOLDER}")
        self.templates[PLACEHOLDER] = Template(
            description="In place of exposures that the imported file did not have",
            step=(Step(seconds=60, count=1),),
        )

    def item(self, kind: type[Any], values: Mapping[str, Any], place: str, *, last: bool = False) -> None:
        """Add what is no target; `last`: behind all targets."""
        if (one := made(kind, values, place, self.left)) is not None:
            (self.last if last else self.items).append(one)

    def option(self, name: str, value: Any, place: str) -> None:
        """An option of the whole plan; the first place that says it wins, others are said."""
        if self.options.setdefault(name, value) != value:
            self.left.add(place, f"{name} = {value}: the plan has {self.options[name]} from another place")

    def imported(self) -> Imported:
        """The end; BadInput when nothing of the file can be in a plan."""
        self.items += self.last
        if not self.items:
            raise BadInput(
                self.name, "nothing in it can be in a plan",
                advice="; ".join(self.left.lines) or "Give a file with targets or exposures.",
            )  # fmt: skip
        used = {getattr(item, "template", "") for item in self.items}
        templates = {name: one for name, one in self.templates.items() if name in used}
        values = {"name": self.name, "target": self.items, "template": templates, **self.options}
        if (plan := made(Plan, values, self.name, self.left)) is None:
            raise BadInput(self.name, list(self.left.lines)[-1])
        return Imported(plan, tuple(self.left.lines))


def offset(anchor: str, minutes: float) -> str:
    """An anchor and minutes after it, negative before it, as "meridian-01:30"."""
    whole = round(minutes)
    if whole == 0:
        return anchor
    return f"{anchor}{'-' if whole < 0 else '+'}{abs(whole) // 60:02}:{abs(whole) % 60:02}"


def checked_zone(zone: str) -> str:
    """As it was given; BadInput for what is no zone."""
    if zone and not ZONE.fullmatch(zone):
        raise BadInput("--zone", f"{zone!r} is no zone", advice="Write it as --zone=+01:00, or leave it out.")
    return zone
