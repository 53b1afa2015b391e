"""The on-board catalogue: NGC, IC, Messier and Caldwell objects and bright stars, by everyday names."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from appliance.errors import BadInput
from appliance.sky.coordinates import format_position, parse_position
from hardware.devices import J2000

DATA = files("appliance.sky") / "data"
# "Andromeda Galaxy", "andromeda-galaxy" and "M 31", "m31" are the same to us.
SILENT = str.maketrans("", "", " -_.,'’`()/")
LONG_PREFIX = {
    "messier": "m",
    "caldwell": "c",
    "barnard": "b",
    "melotte": "mel",
    "collinder": "cl",
    "cr": "cl",
    "sharpless": "sh",
    "alf": "alp",
    "ksi": "xi",
}
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip


Row = tuple[str, ...]
"""name, kind, ra_deg, dec_deg, magnitude, size_arcmin, second names (|), minor_arcmin, angle_deg; as text."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to point at; magnitude (V or B) and size (major axis) are None when unknown."""

    name: str
    position: J2000
    kind: str = ""
    magnitude: float | None = None
    size_arcmin: float | None = None


def find(text: str, field: str = "target") -> Target:
    """The target called `text`, or at the J2000 coordinates written in it.

    BadInput, with names that look alike, when nothing fits; `field` says there where the text stood.
    """
    position = parse_position(text, field)
    if position is not None:
        return Target(format_position(position), position, "coordinates")
    row = row_of(text)
    if row is not None:
        return target_of(row)
    raise BadInput(field, f"nothing called {text!r} is in the catalogue", advice=_advice(text))


def row_of(text: str) -> Row | None:
    """The row of what is called so, None when nothing is."""
    known = named()
    return next((known[key][1] for key in _keys(text) if key in known), None)


def target_of(row: Row) -> Target:
    """What a row says of a target."""
    name, kind, ra, dec, magnitude, size = row[:6]
    return Target(
        name,
        J2000(float(ra), float(dec)),
        kind,
        float(magnitude) if magnitude else None,
        float(size) if size else None,
    )


@cache
def rows() -> tuple[Row, ...]:
    """Every object and star once."""
    return (*_objects(), *_stars())


@cache
def named() -> dict[str, tuple[str, Row]]:
    """Every row by each of its keys, with the name as it is written; read once, 15,000 objects in 0.1 s."""
    found: dict[str, tuple[str, Row]] = {}
    for row in rows():
        for name in (row[0], *row[6].split("|")):
            found.setdefault(key_of(name), (name, row))
    for name, popular in _read("names.csv"):
        found[key_of(popular)] = popular, found[key_of(name)][1]
    found.pop("", None)
    return found


def key_of(text: str) -> str:
    """The text without what people write in different ways."""
    return text.lower().translate(SILENT)


def _objects() -> Iterator[Row]:
    """Display name first: "M 31" says more to a person than "NGC 224"."""
    for row in _read("openngc.csv"):
        first, _, rest = row[6].partition("|")
        if first.startswith("M "):
            yield (first, *row[1:6], f"{row[0]}|{rest}", *row[7:])
        else:
            yield tuple(row)


def _stars() -> Iterator[Row]:
    for name, designation, ra, dec, magnitude, aliases in _read("stars.csv"):
        yield (name or designation, "star", ra, dec, magnitude, "", f"{designation}|{aliases}", "", "")


def _read(name: str) -> list[list[str]]:
    return list(csv.reader((DATA / name).read_text(encoding="utf-8").splitlines()))[1:]


def _keys(text: str) -> Iterator[str]:
    """What the text could be listed under, likeliest first."""
    plain = " ".join(text.lower().split())
    plain = plain.removeprefix("the ")
    yield plain.translate(SILENT)
    for letter, word in GREEK.items():
        plain = plain.replace(letter, f"{word} ")
    words = re.match(r"([a-z]+)[ -]*0*(\d*.*)", plain)
    if words:
        prefix, rest = words[1], words[2]
        prefix = LONG_PREFIX.get(prefix, prefix[:3] if prefix in GREEK.values() else prefix)
        yield (prefix + rest).translate(SILENT)
        # "Alpha Lyrae": the constellation's first three letters, which fits most genitives.
        yield (prefix + rest[: re.match(r"\d* *", rest).end() + 3]).translate(SILENT)  # type: ignore[union-attr]


def _advice(text: str) -> str:
    key = key_of(text)
    prefix = re.match(r"[a-z]*", key)
    start = prefix[0] if prefix else ""
    numbered = any(letter.isdigit() for letter in key)
    known = named()
    alike = [k for k in known if (k.startswith(start) if numbered else k.isalpha())]
    close = [known[k][1][0] for k in get_close_matches(key, alike, n=4, cutoff=0.7)]
    names = dict.fromkeys(f"{name}" for name in close)
    other = "Give coordinates instead, such as 05h35m17s -05d23m28s (J2000)."
    return f"Did you mean {', '.join(names)}? {other}" if names else other


@cache
def everything() -> tuple[Target, ...]:
    """Every object and star, each once."""
    return tuple(target_of(row) for row in rows())
