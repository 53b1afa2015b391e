"""What a filter does to light and focus, by its name or as the wheel's settings say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hardware.errors import DeviceRefused
from hardware.simulator.world import WheelModel


@dataclass(frozen=True, slots=True)
class Filter:
    """Share of L's light that it passes, and where focus moves (steps)."""

    transmission: float
    focus_offset: float


FILTERS = {
    "L": Filter(1.0, 0),
    "R": Filter(0.33, 30),
    "G": Filter(0.33, 15),
    "B": Filter(0.33, 45),
    "Ha": Filter(0.04, 60),
    "OIII": Filter(0.04, 50),
    "SII": Filter(0.04, 65),
}
OTHER = Filter(0.33, 0)
# Words by which people know them, small, without blanks and dashes; the first that begins a name wins.
WORDS: Mapping[str, str] = {
    "halpha": "Ha", "hα": "Ha", "ha": "Ha", "h": "Ha", "oiii": "OIII", "o3": "OIII", "o": "OIII",
    "sii": "SII", "s2": "SII", "s": "SII", "lum": "L", "clear": "L", "l": "L", "red": "R", "r": "R",
    "green": "G", "g": "G", "blue": "B", "b": "B",
}  # fmt: skip
WHOLE = 1  # words so short are known only alone, or before a number: "R", "L2", not "Rhodium"


def filters_of(model: WheelModel, device: str) -> tuple[Filter, ...]:
    """Slot by slot. DeviceRefused for lists that are no numbers, or not as many as there are filters."""
    names = names_of(model)
    known = [named(name) for name in names]
    passes = _numbers(model.transmissions, "transmissions", len(names), device)
    moves = _numbers(model.focus_offsets, "focus_offsets", len(names), device)
    return tuple(
        Filter(passes[n] if passes else one.transmission, moves[n] if moves else one.focus_offset)
        for n, one in enumerate(known)
    )


def names_of(model: WheelModel) -> tuple[str, ...]:
    """The wheel's filters, slot by slot."""
    return tuple(name.strip() for name in model.filters.split(","))


def named(name: str) -> Filter:
    """The filter that people call so: "Red", "Ha 7nm", "O-III 6.5"; OTHER for a name that tells nothing."""
    plain = re.sub(r"[\s_-]+", "", name.lower())
    for word, known in WORDS.items():
        rest = plain.removeprefix(word)
        if rest != plain and (len(word) > WHOLE or not rest or rest[0].isdigit()):
            return FILTERS[known]
    return OTHER


def _numbers(text: str, setting: str, count: int, device: str) -> list[float]:
    """None of them for an empty text."""
    if not text.strip():
        return []
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count or (setting == "transmissions" and min(found) <= 0):
        what = "numbers above 0" if setting == "transmissions" else "numbers"
        advice = f"Write {count} {what}, parted by commas: one for each filter."
        raise DeviceRefused(device, f"{setting} = {text!r} does not fit its filters", advice=advice)
    return found
