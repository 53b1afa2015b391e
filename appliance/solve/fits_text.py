"""The little of FITS that solvers exchange: header cards in and out, and one table of star positions."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from appliance.imaging.stars import StarField

CARD, BLOCK = 80, 2880
MAX_HEADER = 64 * BLOCK
Value = str | float | bool


def read_header(path: Path) -> dict[str, Value]:
    """The first header of a FITS file; OSError, or ValueError when it has no end."""
    with path.open("rb") as file:
        text = file.read(MAX_HEADER).decode("ascii", errors="replace")
    found: dict[str, Value] = {}
    for start in range(0, len(text), CARD):
        card = text[start : start + CARD]
        if card.rstrip() == "END":
            return found
        if card[8:10] == "= ":
            found[card[:8].strip()] = _value(card[10:])
    raise ValueError(f"{path} is not a FITS header")


def _value(text: str) -> Value:
    stripped = text.strip()
    if stripped.startswith("'"):
        return stripped[1:].partition("'")[0].rstrip()
    word = stripped.partition("/")[0].strip()
    if word in ("T", "F"):
        return word == "T"
    try:
        return float(word.replace("D", "E"))
    except ValueError:
        return word


def star_table(stars: StarField, most: int, header: Mapping[str, Value]) -> bytes:
    """A FITS file: `header` in the primary header, then X, Y (1-based) and FLUX, brightest first."""
    columns = [stars.x[:most] + 1, stars.y[:most] + 1, stars.flux[:most]]
    rows = np.stack(columns, axis=1).astype(">f4")
    primary = _header({"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True, **header})
    names = ("X", "Y", "FLUX")
    table: dict[str, Value] = {
        "XTENSION": "BINTABLE", "BITPIX": 8, "NAXIS": 2, "NAXIS1": 4 * len(names), "NAXIS2": len(rows),
        "PCOUNT": 0, "GCOUNT": 1, "TFIELDS": len(names),
        **{f"TTYPE{i}": name for i, name in enumerate(names, 1)},
        **{f"TFORM{i}": "1E" for i in range(1, len(names) + 1)},
    }  # fmt: skip
    return primary + _header(table) + _padded(rows.tobytes(), b"\0")


def _header(values: Mapping[str, Value]) -> bytes:
    cards = "".join(_card(name, value) for name, value in values.items()) + "END".ljust(CARD)
    return _padded(cards.encode("ascii"), b" ")


def _card(name: str, value: Value) -> str:
    if isinstance(value, bool):
        shown = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        shown = "'" + value.replace("'", "''").ljust(8) + "'"
    else:
        shown = f"{value:>20.14G}" if isinstance(value, float) else f"{value:>20d}"
    return f"{name:<8}= {shown}".ljust(CARD)


def _padded(data: bytes, with_: bytes) -> bytes:
    return data + with_ * (-len(data) % BLOCK)
