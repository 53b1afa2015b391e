"""How much longer a filter needs than the clearest one: guessed by its name, then learned."""

from collections.abc import Mapping, Sequence

CLEAR = {"", "l", "lum", "luminance", "clear", "uv/ir", "uvir"}
NARROW = {"ha", "h-alpha", "h_alpha", "halpha", "oiii", "o3", "sii", "s2", "nii", "hb"}
NARROW_FACTOR, COLOUR_FACTOR = 25.0, 3.0


def guessed(filter_: str) -> float:
    """Of a clear filter 1, of a colour 3, of a line of a few nanometres 25: good enough for a first frame."""
    name = filter_.strip().lower()
    if name in CLEAR:
        return 1.0
    return NARROW_FACTOR if name.split(" ")[0] in NARROW else COLOUR_FACTOR


def in_order(filters: Sequence[str], factors: Mapping[str, float], *, dusk: bool) -> list[str]:
    """Dark filters first while the sky fades, last while it grows bright; each name once."""
    every = list(dict.fromkeys(filters))
    return sorted(every, key=lambda name: factors.get(name, guessed(name)), reverse=dusk)
