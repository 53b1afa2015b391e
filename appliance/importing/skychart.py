"""Skychart's (Cartes du Ciel's) observing lists and mosaics.

An observing list has a title, then columns of fixed width: name (32), right ascension and declination in
degrees (10 each, J2000), label (32), description; or the same parted by ";". A mosaic is a file of circles or
rectangles (.cdcc): EQUINOX=Julian date, then name, right ascension, declination and, if any, rotation.
"""

import re
from typing import Any

import erfa

from appliance.errors import BadInput
from appliance.importing.angles import declination_deg, right_ascension_deg
from appliance.importing.reading import Reading
from appliance.sky.coordinates import from_vector, unit_vector
from hardware.devices import J2000

NAME, DEGREES = 32, 10
EQUINOX = "EQUINOX="
J2000_JD = 2451545.0
FIXED = re.compile(rf"^.{{{NAME}}} *-?\d+\.?\d* +-?\d+\.?\d*")
CIRCLE = re.compile(r"^\S+ +\S*\d\S*[hH:]\S+ +[+-]?\d\S*")


def is_mosaic(text: str) -> bool:
    """Circles with their positions, or at least their equinox?"""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first.startswith(EQUINOX) or CIRCLE.match(first) is not None


def is_list(text: str) -> bool:
    """A line of columns below a title?"""
    rows = [line for line in text.splitlines()[1:] if line.strip()]
    return bool(rows) and (FIXED.match(rows[0]) is not None or _parted(rows[0]) is not None)


def read_list(text: str, reading: Reading) -> None:
    """An observing list in either shape."""
    for number, line in enumerate(text.splitlines()[1:], 2):
        if line.strip():
            _object(line, f"Line {number}", reading)


def _object(line: str, place: str, reading: Reading) -> None:
    ra_at, dec_at = NAME + DEGREES, NAME + 2 * DEGREES
    fixed = (
        line[:NAME],
        line[NAME:ra_at],
        line[ra_at:dec_at],
        line[dec_at : dec_at + NAME],
        line[dec_at + NAME :],
    )
    name, ra_text, dec_text, _, description = (one.strip() for one in _parted(line) or fixed)
    ra, dec = _degrees(ra_text, 360.0), _degrees(dec_text, 90.0)
    if ra is None or dec is None:
        ra, dec = right_ascension_deg(ra_text), declination_deg(dec_text)
    if not name or ra is None or dec is None:
        reading.left.add(place, f"{name!r} at {ra_text!r}, {dec_text!r} is no target with its position")
        return
    if description:
        reading.left.add(f"{place} ({name})", f"the description “{description}”")
    reading.target({"name": name, "ra_deg": ra % 360, "dec_deg": dec}, place, ())


def _parted(line: str) -> tuple[str, str, str, str, str] | None:
    words = [word.strip() for word in line.split(";")]
    if len(words) < 3:
        return None
    name, ra, dec, label, description, *_ = (*words, "", "")
    return name, ra, dec, label, description


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -90.0 <= value <= most else None


def read_mosaic(text: str, reading: Reading) -> None:
    """Its circles as panels of one mosaic, precessed to J2000 from the equinox that the file names."""
    equinox: float | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(EQUINOX):
            equinox = _equinox(line.removeprefix(EQUINOX), f"line {number}")
        elif line.strip():
            if equinox is None:
                equinox = J2000_JD
                reading.left.add("EQUINOX", "the file does not say it: positions were taken as J2000")
            _circle(line.split(), equinox, f"Line {number}", reading)


def _equinox(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as wrong:
        raise BadInput(place, f"EQUINOX={text} is no Julian date") from wrong


def _circle(words: list[str], equinox: float, place: str, reading: Reading) -> None:
    name, ra_text, dec_text, *more = (*words, "", "")
    ra, dec = right_ascension_deg(ra_text), declination_deg(dec_text)
    if ra is None or dec is None:
        reading.left.add(place, f"{' '.join(words)!r} is no circle with its position")
        return
    at = _precessed(J2000(ra, dec), equinox)
    values: dict[str, Any] = {
        "name": f"{reading.name} {name.removeprefix('Circle_')}", "mosaic": reading.name,
        "ra_deg": round(at.ra_deg, 6) % 360, "dec_deg": round(at.dec_deg, 6),
    }  # fmt: skip
    angle = next(filter(None, more), "")
    if angle and (turned := _degrees(angle, 360.0)) is not None:
        values["position_angle_deg"] = turned % 360
    elif angle:
        reading.left.add(place, f"rotation {angle!r} is no angle")
    reading.target(values, place, ())


def _precessed(mean: J2000, equinox: float) -> J2000:
    """From the mean equator and equinox of a Julian date to J2000 (IAU 2006 precession)."""
    if equinox == J2000_JD:
        return mean
    return from_vector(erfa.pmat06(equinox, 0.0).T @ unit_vector(mean))
