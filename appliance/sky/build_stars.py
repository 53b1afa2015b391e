"""Makes data/stars.csv from the star list inside Debian's package kstars-data (5:3.6.2-2 was used).

    apt-get download kstars-data && dpkg -x kstars-data_*.deb kstars-data
    python -m appliance.sky.build_stars kstars-data/usr/share/kstars/stars.dat appliance/sky/data/stars.csv

stars.dat holds the Hipparcos stars as text in fixed columns; only those that have a name or a designation
are kept. Its positions are ICRS at epoch J2000.0 already, so no proper motion is applied: the main stars of
Tycho-2 (epoch 2000) lie 0.1" away at the median of the fast ones, and Arcturus and Altair, which Tycho-2's
supplement lists at epoch 1991.25, lie exactly 8.75 years of their motion behind. The package's binary files
(namedstars.dat) are not used: they mix both epochs and their magnitudes are not Johnson V.

Where the data comes from, and under which licence, is written in data/NOTICE.md.
"""

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

COLUMNS = ("name", "designation", "ra_deg", "dec_deg", "magnitude", "aliases")
# A Greek letter or a Flamsteed number. Latin letters stay out: "a Car" and "A Car" are two stars, and
# people on a phone do not mind their capitals.
DESIGNATION = re.compile(r"([a-z]{2,3} ?\d?|\d+) *([A-Z][A-Za-z]{2})")
# The list's spelling, and the one that is common today; the list's remains a second name.
SPELLING = {
    "Al Giedi": "Algedi",
    "Al Na'ir": "Alnair",
    "Alnath": "Elnath",
    "Alphirk": "Alfirk",
    "Baham": "Biham",
    "Baten": "Baten Kaitos",
    "Deneb Algiedi": "Deneb Algedi",
    "Er Rai": "Errai",
    "Gienah": "Gienah Cygni",
    "Homan": "Homam",
    "Kelb al Rai": "Cebalrai",
    "Kocab": "Kochab",
    "Maaz": "Almaaz",
    "Marsik": "Marsic",
    "Menkab": "Menkar",
    "Merkab": "Markeb",
    "Pherkab": "Pherkad",
    "Phakt": "Phact",
    "Praecipula": "Praecipua",
    "Primus Hyadum": "Prima Hyadum",
    "Rigel Kentaurus": "Rigil Kentaurus",
    "Sadalsud": "Sadalsuud",
    "Sulaphat": "Sulafat",
    "Svalocin": "Sualocin",
    "Zawijah": "Zavijava",
    "Zozma": "Zosma",
    "Zuben el Chamali": "Zubeneschamali",
}
# Names that other lists give to another star, or that a brighter star bears too: none is better than wrong.
DISPUTED = {"alp Ind": "Al Nair", "xi Her": "Marfik", "zet Per": "Atik"}


def build(stars: Path, output: Path) -> int:
    """Write the named stars and then the others, each brightest first; return how many."""
    rows = rows_of(stars.read_text(encoding="latin-1").splitlines())
    with output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)


def rows_of(lines: Iterable[str]) -> list[tuple[str, ...]]:
    """The rows of stars.csv for the lines of stars.dat; ValueError when a line has another form."""
    listed = (line.split(",", 2) for line in lines if "," in line and not line.startswith("#"))
    rows = [_row(numbers, *names) for numbers, *names in listed]
    return sorted(
        (row for row in rows if row[0] or row[1]), key=lambda row: (not row[0], float(row[4]), row[1])
    )


def _row(numbers: str, designation: str, name: str = "") -> tuple[str, ...]:
    of = _spaced(designation)
    listed = "" if DISPUTED.get(of) == name.strip() else name.strip()
    common = SPELLING.get(listed, listed)
    return (
        common,
        of,
        f"{15 * _sexagesimal(numbers[:9]):.5f}",
        f"{_sexagesimal(numbers[11:19], numbers[10]):.5f}",
        f"{float(numbers[46:51]):.2f}",
        listed if listed != common else "",
    )


def _sexagesimal(digits: str, sign: str = "+") -> float:
    """Hours of HHMMSS.ss, or degrees of DDMMSS.s with its sign apart."""
    return float(f"{sign}1") * (int(digits[:2]) + int(digits[2:4]) / 60 + float(digits[4:]) / 3600)


def _spaced(designation: str) -> str:
    """Spell "mu 1Boo" and "xi  Sco" as "mu1 Boo" and "xi Sco"; empty when it is none of ours."""
    match = DESIGNATION.fullmatch(designation.strip())
    return f"{match[1].replace(' ', '')} {match[2]}" if match else ""


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
