r"""The star file: its layout, and a reader in the standard library alone.

`gsc` answers INDI's camera simulator with this module, so nothing heavy is imported here
(numpy alone would cost ten times the answer; catalogue.py is the vectorised path).

Layout, little-endian:

    8s     magic b"NBSTARS\0"
    H H    version (1), number of declination bands (180)
    I I    number of cells, number of stars
    f      magnitudes per unit of a star's magnitude byte
    I[181] first cell of each band, and the number of cells
    I[n+1] first star of each cell, and the number of stars
    5 bytes a star: H right ascension, H declination, B magnitude

Band b covers declinations b-90 to b-89 degrees; its cells divide 360 degrees of right ascension
evenly and are at most 1 degree wide on the sky. A star's two numbers are its place inside the cell
in 65536ths, so a position is good to 0.02" rms. Inside a cell the brightest star comes first.
All positions are J2000 (ICRS) degrees.
"""

from __future__ import annotations

import mmap
from math import asin, ceil, cos, degrees, floor, radians, sin
from struct import Struct, calcsize, iter_unpack, unpack_from

TYPE_CHECKING = False
if TYPE_CHECKING:  # what costs time at start is named for the type checker only
    from collections.abc import Iterator

MAGIC = b"NBSTARS\0"
VERSION = 1
BANDS = 180
MAGNITUDE_STEP = 0.0625
STEPS = 65536
HEADER = Struct("<8sHHIIf")
RECORD = "<HHB"
RECORD_SIZE = calcsize(RECORD)
TYCHO2 = __file__.rpartition("zones")[0] + "tycho2.bin"

Star = tuple[float, float, float]


def cells_in_band(band: int) -> int:
    """How many cells make a band: none wider than 1 degree at the edge nearer the equator."""
    return ceil(360 * cos(radians(min(abs(band - 90), abs(band - 89)))) - 1e-9)


class Zones:
    """An open star file. Raises ValueError for a file that is not one, OSError when unreadable."""

    def __init__(self, path: str = TYCHO2) -> None:
        with open(path, "rb") as file:  # noqa: PTH123 - importing pathlib takes longer than answering
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self.data[: len(MAGIC)] != MAGIC or len(self.data) < HEADER.size:
            raise ValueError(f"{path} is not a star file")
        _, version, bands, self.cells, self.stars, self.magnitude_step = HEADER.unpack_from(self.data)
        self._cell_table = HEADER.size + 4 * (BANDS + 1)
        self.first_record = self._cell_table + 4 * (self.cells + 1)
        if (version, bands) != (VERSION, BANDS) or len(self.data) < self._end(self.stars):
            raise ValueError(f"{path}: version {version} of a star file, or cut short")
        self.bands: tuple[int, ...] = unpack_from(f"<{BANDS + 1}I", self.data, HEADER.size)

    def _end(self, stars: int) -> int:
        end: int = self.first_record + stars * RECORD_SIZE
        return end

    def range_of(self, cell: int, cells: int = 1) -> tuple[int, int]:
        """First star of a run of cells, and the first after it."""
        start: int = unpack_from("<I", self.data, self._cell_table + 4 * cell)[0]
        stop: int = unpack_from("<I", self.data, self._cell_table + 4 * (cell + cells))[0]
        return start, stop

    def runs_near(self, ra_deg: float, dec_deg: float, radius_deg: float) -> Iterator[tuple[int, int, int]]:
        """Runs (band, first cell, number of cells) that hold every star of a circle, and some outside."""
        low, high = dec_deg - radius_deg, dec_deg + radius_deg
        half = 180.0
        if low > -90 and high < 90:
            half = degrees(asin(min(1.0, sin(radians(radius_deg)) / cos(radians(dec_deg))))) + 1e-9
        for band in range(max(0, floor(min(low, 89.5) + 90)), min(BANDS - 1, floor(high + 90)) + 1):
            base = self.bands[band]
            count = self.bands[band + 1] - base
            first = floor((ra_deg - half) / 360 * count)
            wanted = min(count, floor((ra_deg + half) / 360 * count) - first + 1)
            first %= count
            straight = min(wanted, count - first)
            yield band, base + first, straight
            if wanted > straight:
                yield band, base, wanted - straight

    def stars_of(self, band: int, cell: int, limit_mag: float) -> Iterator[Star]:
        """The stars of one cell down to a magnitude: right ascension, declination, magnitude."""
        start, stop = self.range_of(cell)
        width = 360 / (self.bands[band + 1] - self.bands[band])
        left, bottom = (cell - self.bands[band]) * width, band - 90
        packed = self.data[self._end(start) : self._end(stop)]
        for x, y, brightness in iter_unpack(RECORD, packed):
            magnitude = brightness * self.magnitude_step
            if magnitude > limit_mag:
                return  # the brightest come first
            yield left + (x + 0.5) / STEPS * width, bottom + (y + 0.5) / STEPS, magnitude


class Circle:
    """A circle on the sky, exact at any radius: compares chords, not cosines."""

    def __init__(self, ra_deg: float, dec_deg: float, radius_deg: float) -> None:
        self._x, self._y, self._z = _unit(ra_deg, dec_deg)
        self._chord2 = 4 * sin(radians(min(radius_deg, 180)) / 2) ** 2

    def holds(self, star: Star) -> bool:
        """Is the star inside, or on the edge?"""
        x, y, z = _unit(star[0], star[1])
        return (x - self._x) ** 2 + (y - self._y) ** 2 + (z - self._z) ** 2 <= self._chord2


def _unit(ra_deg: float, dec_deg: float) -> tuple[float, float, float]:
    ra, dec = radians(ra_deg), radians(dec_deg)
    return cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec)


def real_near(
    zones: Zones, ra_deg: float, dec_deg: float, radius_deg: float, limit_mag: float = 99.0
) -> list[Star]:
    """Catalogue stars of a circle, in no order."""
    circle = Circle(ra_deg, dec_deg, radius_deg)
    return [
        star
        for band, first, count in zones.runs_near(ra_deg, dec_deg, radius_deg)
        for cell in range(first, first + count)
        for star in zones.stars_of(band, cell, limit_mag)
        if circle.holds(star)
    ]
