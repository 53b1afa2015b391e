"""What a wizard proposes: a key of the profile, its value, and why. Nobody but the user writes it there."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

ROOM = 1.5  # an overshoot is so much more than the backlash


@dataclass(frozen=True, slots=True)
class Proposal:
    """`table` and `key` of the profile."""

    table: str
    key: str
    value: int
    why: str


def as_toml(proposals: Iterable[Proposal]) -> tuple[str, ...]:
    """Lines to be copied into the profile."""
    lines: list[str] = []
    for one in sorted(proposals, key=lambda one: one.table):
        if f"[{one.table}]" not in lines:
            lines.append(f"[{one.table}]")
        lines.append(f"{one.key} = {one.value}".ljust(33) + f"# {one.why}")
    return tuple(lines)


def upwards(value: float, to: int = 10) -> int:
    """To the next round number."""
    return math.ceil(value / to) * to
