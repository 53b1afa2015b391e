"""Makes data/openngc.csv from the database inside the PyOngc package (run when OpenNGC has a new edition).

    pip download --no-deps pyongc && unzip pyongc-*.whl 'pyongc/ongc.db'
    python -m appliance.sky.build_catalogue pyongc/ongc.db appliance/sky/data/openngc.csv

What it changes is written in data/NOTICE.md, because OpenNGC's licence asks for it.
"""

import csv
import math
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

KINDS = {
    "*": "star",
    "**": "double star",
    "*Ass": "association of stars",
    "OCl": "open cluster",
    "GCl": "globular cluster",
    "Cl+N": "cluster with nebula",
    "G": "galaxy",
    "GPair": "galaxy pair",
    "GTrpl": "galaxy triplet",
    "GGroup": "galaxy group",
    "PN": "planetary nebula",
    "HII": "HII region",
    "DrkN": "dark nebula",
    "EmN": "emission nebula",
    "Neb": "nebula",
    "RfN": "reflection nebula",
    "SNR": "supernova remnant",
    "Nova": "nova",
    "Other": "other",
}
# Of the cross-identifications only those that people type; PGC, 2MASX and SDSS numbers stay out.
TYPED = re.compile(r"(C|LBN|Mel|Cl|SH ?2-|UGC|HCG|B)[ -]?\d+")
COLUMNS = (
    "name",
    "kind",
    "ra_deg",
    "dec_deg",
    "magnitude",
    "size_arcmin",
    "aliases",
    "minor_arcmin",
    "angle_deg",
)


def build(database: Path, output: Path) -> int:
    """Write the catalogue and return how many objects it holds."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM objects").fetchall()
    second_names = _second_names(rows)
    kept = [row for row in rows if row["type"] in KINDS and row["ra"] is not None]
    with output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_line(row, second_names[row["name"]]) for row in kept)
    return len(kept)


def _second_names(rows: Iterable[sqlite3.Row]) -> defaultdict[str, list[str]]:
    """The names of OpenNGC's duplicate entries, by the object they mean."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    messier = {row["messier"]: row["name"] for row in rows if row["messier"] and row["type"] != "Dup"}
    for row in rows:
        if row["type"] != "Dup":
            continue
        of = [f"NGC{row['ngc']}"] if row["ngc"] else [f"IC{row['ic']}"] if row["ic"] else []
        of += [messier[row["messier"]]] if row["messier"] in messier else []
        for name in of:
            names[name].append(_spaced(row["name"]))
    return names


def _line(row: sqlite3.Row, second_names: list[str]) -> tuple[str, ...]:
    magnitude = row["vmag"] if row["vmag"] is not None else row["bmag"]
    name = _spaced(row["name"])
    aliases = dict.fromkeys([*_messier(row), *_listed(row), *second_names])
    aliases.pop(name, None)
    return (
        name,
        KINDS[row["type"]],
        f"{math.degrees(row['ra']):.5f}",
        f"{math.degrees(row['dec']):.5f}",
        "" if magnitude is None else f"{magnitude:g}",
        "" if row["majax"] is None else f"{row['majax']:g}",
        "|".join(aliases),
        *("" if row[column] is None else f"{row[column]:g}" for column in ("minax", "pa")),
    )


def _messier(row: sqlite3.Row) -> Iterator[str]:
    if row["messier"]:
        yield f"M {int(row['messier'])}"


def _listed(row: sqlite3.Row) -> Iterator[str]:
    yield from filter(None, (name.strip() for name in row["commonnames"].split(",")))
    for name in (name.strip() for name in row["identifiers"].split(",")):
        if TYPED.fullmatch(name):
            yield _spaced(name)


def _spaced(name: str) -> str:
    """Spell "NGC0224" as people do: "NGC 224"; a suffix ("NED01", "A") keeps to its number."""
    match = re.fullmatch(r"([A-Za-z]+)[ -]?0*(\d.*)", name)
    return f"{match[1]} {match[2]}" if match and not name.upper().startswith("SH") else name


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
