"""Telescopius' CSV files: an observing list, or the panes of a mosaic. Positions are J2000."""

import csv
from collections.abc import Iterator
from typing import Any

from appliance.importing.angles import declination_deg, right_ascension_deg
from appliance.importing.left import Fields
from appliance.importing.reading import Reading

RA = ("right ascension (j2000)", "right ascension", "ra")
DEC = ("declination (j2000)", "declination", "dec")
ANGLE = "position angle (east)"
# About the object or the mosaic, which needs them no more once its panes are laid out.
ABOUT = (
    "row", "column", "overlap", "pane width (arcmins)", "pane height (arcmins)", "alternative entries",
    "type", "constellation", "magnitude", "size", "surface brightness",
    "rise", "transit", "set", "transit time",
    "moon separation", "azimuth", "altitude", "catalogue entry", "familiar name", "size (arcmins)",
)  # fmt: skip


def is_telescopius(text: str) -> bool:
    """Has its first line the columns of one of them?"""
    columns = set(_header(text))
    return {"pane", "ra"} <= columns or "familiar name" in columns


def read_csv(text: str, reading: Reading) -> None:
    """Every row becomes a target; a pane's angle and the name of its mosaic stay with it."""
    for number, row in enumerate(_rows(text), 2):
        fields = Fields(row, f"Line {number}", reading.left)
        _target(fields, row, reading)


def _header(text: str) -> list[str]:
    first = next(iter(csv.reader(text.splitlines()[:1], skipinitialspace=True)), [])
    return [column.strip().lower() for column in first]


def _rows(text: str) -> Iterator[dict[str, str]]:
    header = _header(text)
    # A blank stands before a quoted field, and seconds end in a quote that opens nothing.
    for row in csv.reader(text.splitlines()[1:], skipinitialspace=True):
        if any(cell.strip() for cell in row):
            yield dict(zip(header, (cell.strip() for cell in row), strict=False))


def _target(fields: Fields, row: dict[str, str], reading: Reading) -> None:
    pane = fields.text("pane")
    name = pane or fields.text("familiar name") or fields.text("catalogue entry")
    ra_text, dec_text = (next((row[one] for one in names if row.get(one)), "") for names in (RA, DEC))
    ra, dec = right_ascension_deg(ra_text), declination_deg(dec_text)
    fields.known(*RA, *DEC, *ABOUT)
    if not name or ra is None or dec is None:
        reading.left.add(
            fields.place, f"{name!r} at {ra_text!r}, {dec_text!r} is no target with its position"
        )
        return
    values: dict[str, Any] = {
        "name": f"{reading.name} {pane}" if pane else name,
        "ra_deg": ra,
        "dec_deg": dec,
    }
    if fields.text(ANGLE):
        values["position_angle_deg"] = fields.number(ANGLE) % 360
    if pane:
        values["mosaic"] = reading.name
    fields.rest()
    reading.target(values, fields.place, ())
