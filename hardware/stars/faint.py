"""Invented stars beyond Tycho-2, so that narrow simulated fields are not empty.

They exist on no real sky and have no part in solving: only simulated cameras draw them. The same
cell of the star file always gets the same ones, whoever asks. Their number follows the catalogue's
own density there and grows 2.5 times a magnitude, as star counts do near magnitude 13
(about 400 a square degree to 14.5 on average).
"""

from __future__ import annotations

from math import asin, degrees, log, radians, sin

from hardware.stars.zones import Circle, Star, Zones

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BRIGHTEST, FAINTEST = 12.0, 14.5
GROWTH = 2.5
_MASK = 2**64 - 1


def faint_near(
    zones: Zones, ra_deg: float, dec_deg: float, radius_deg: float, limit_mag: float = FAINTEST
) -> list[Star]:
    """Invented stars of a circle (J2000 degrees), magnitude 12 down to the limit, in no order."""
    circle = Circle(ra_deg, dec_deg, radius_deg)
    return [
        star
        for band, first, count in zones.runs_near(ra_deg, dec_deg, radius_deg)
        for cell in range(first, first + count)
        for star in _cell(zones, band, cell)
        if star[2] <= limit_mag and circle.holds(star)
    ]


def _cell(zones: Zones, band: int, cell: int) -> Iterator[Star]:
    start, stop = zones.range_of(cell)
    width = 360 / (zones.bands[band + 1] - zones.bands[band])
    left = (cell - zones.bands[band]) * width
    south, north = sin(radians(band - 90)), sin(radians(band - 89))
    fewest, most = GROWTH**BRIGHTEST, GROWTH**FAINTEST
    for number in range(round((stop - start) * (GROWTH ** (FAINTEST - BRIGHTEST) - 1))):
        place, brightness = _hash(cell, 2 * number), _hash(cell, 2 * number + 1)
        yield (
            left + (place >> 32) / 2**32 * width,
            degrees(asin(south + (place & 0xFFFFFFFF) / 2**32 * (north - south))),
            log(fewest + brightness / 2**64 * (most - fewest)) / log(GROWTH),
        )


def _hash(cell: int, number: int) -> int:
    """64 well-mixed bits (the splitmix64 finaliser of Steele, Lea and Flood 2014)."""
    z = ((cell << 32) + number) * 0x9E3779B97F4A7C15 & _MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
    return z ^ z >> 31
