"""`gsc`: the program INDI's camera simulator asks for stars, answered from our star file.

Asked `gsc -c RA DEC -r ARCMIN -m BRIGHT FAINT -n COUNT` (J2000 degrees), it prints one line of twelve
fields for each star, brightest first. On wide fields the simulator asks for magnitude 11 and 3000 stars
only, so its faint limit and its count are taken as "at least": every catalogue star is given. Narrow
fields get invented faint stars too (class S), so that they are not empty. Standard library only, and
little of it: the simulator waits for the answer at every frame. As a script it needs no installed
package, so `python -IS` runs it.
"""

from __future__ import annotations

import sys

if not __package__:  # run as a script: the folder that holds the package `hardware`
    sys.path.insert(0, __file__.rsplit("/", 2)[0])

from math import cos, hypot, radians

from hardware.stars.faint import BRIGHTEST, faint_near
from hardware.stars.zones import Star, Zones, real_near

TYPE_CHECKING = False
if TYPE_CHECKING:  # pathlib alone takes longer to import than the answer
    from pathlib import Path

USAGE = "usage: gsc -c RA_DEGREES DEC_DEGREES -r RADIUS_ARCMIN [-m BRIGHT FAINT] [-n COUNT]"
NARROW_ARCMIN = 40.0
MOST_STARS = 5000
_TAKES = {"-c": 2, "-r": 1, "-m": 2, "-n": 1}


def main() -> None:
    """Answer the request on the command line; problems go to stderr, exit code 2 (usage) or 1 (file)."""
    try:
        options = parse(sys.argv[1:])
        ra, dec, arcmin = options["-c"][0], options["-c"][1], options["-r"][0]
    except (KeyError, ValueError) as problem:
        sys.stderr.write(f"gsc: cannot use {problem}\n{USAGE}\n")
        sys.exit(2)
    try:
        sys.stdout.write(answer(ra, dec, arcmin, options.get("-m", (0.0, 99.0))[1]))
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"gsc: {problem}\n")
        sys.exit(1)


def parse(arguments: list[str]) -> dict[str, tuple[float, ...]]:
    """Each option with its numbers. Raises KeyError for an unknown one, ValueError for a bad number."""
    options: dict[str, tuple[float, ...]] = {}
    rest = iter(arguments)
    for option in rest:
        options[option] = tuple(float(next(rest, "nothing")) for _ in range(_TAKES[option]))
    if not {"-c", "-r"} <= options.keys():
        raise ValueError("this: -c and -r must be given")
    if not (abs(options["-c"][1]) <= 90 and 0 <= options["-r"][0] <= 10800):
        raise ValueError("this: declination within 90 degrees, radius 0 to 10800 arcminutes")
    return options


def answer(ra_deg: float, dec_deg: float, radius_arcmin: float, faint_limit: float = 99.0) -> str:
    """The lines for a circle. Raises OSError or ValueError when the star file cannot be read."""
    zones, radius = Zones(), radius_arcmin / 60
    found = [("T", star) for star in real_near(zones, ra_deg, dec_deg, radius)]
    if radius_arcmin <= NARROW_ARCMIN and faint_limit > BRIGHTEST:
        found += [("S", star) for star in faint_near(zones, ra_deg, dec_deg, radius, faint_limit)]
    found.sort(key=lambda entry: entry[1][2])
    return "".join(
        _line(kind, number, star, _distance(star, ra_deg, dec_deg))
        for number, (kind, star) in enumerate(found[:MOST_STARS], 1)
    )


def _line(kind: str, number: int, star: Star, arcmin: float) -> str:
    """Id, position, its error, magnitude, its error, band, class, plate, multiple, distance, angle."""
    return (
        f"{kind}{number:09d} {star[0]:.6f} {star[1]:.6f} 0.1 {star[2]:.2f} 0.1 1 0 "
        f"{'TYC2' if kind == 'T' else 'FAKE'} {kind} {arcmin:.2f} 0\n"
    )


def _distance(star: Star, ra_deg: float, dec_deg: float) -> float:
    """Arcminutes from the centre, near enough for a field: nothing places a star with it."""
    east = (star[0] - ra_deg + 180) % 360 - 180
    return 60 * hypot(east * cos(radians(star[1])), star[1] - dec_deg)


def install_shim(folder: Path) -> Path:
    """Write an executable `gsc` into a folder to be put on indiserver's PATH; returns its path.

    It starts this file without the site packages, several times faster than the console script.
    """
    import shlex  # noqa: PLC0415 - not paid for when answering

    folder.mkdir(parents=True, exist_ok=True)
    shim = folder / "gsc"
    command = shlex.join([sys.executable, "-IS", __file__])
    shim.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    shim.chmod(0o755)
    return shim


if __name__ == "__main__":
    main()
