"""Which colour class and which shape a filter has in every chart of a report."""

from collections.abc import Iterable

# The usual filters look like themselves; others take what is left, in order.
KNOWN = {
    "l": "lum", "lum": "lum", "luminance": "lum", "clear": "lum", "r": "red", "red": "red",
    "g": "green", "green": "green", "b": "blue", "blue": "blue", "ha": "ha", "h-alpha": "ha",
    "h_alpha": "ha", "oiii": "oiii", "o3": "oiii", "sii": "sii", "s2": "sii",
}  # fmt: skip
OTHERS = ("a", "b", "c", "d", "e", "f")


def filter_marks(filters: Iterable[str]) -> dict[str, tuple[str, int]]:
    """For each filter its class ("f-ha") and the number of its shape, stable within a report."""
    marks: dict[str, tuple[str, int]] = {}
    strangers = 0
    for name in sorted(set(filters)):
        known = KNOWN.get(name.lower())
        marks[name] = (f"f-{known or 'x' + OTHERS[strangers % len(OTHERS)]}", len(marks))
        strangers += known is None
    return marks
