"""The star file as arrays: what the simulated camera draws and what a solver may compare with."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hardware.devices import J2000
from hardware.stars.faint import FAINTEST, faint_near
from hardware.stars.zones import RECORD_SIZE, STEPS, TYCHO2, Zones

Floats = NDArray[np.float64]
Stars = tuple[Floats, Floats, Floats]
_RECORD = np.dtype([("x", "<u2"), ("y", "<u2"), ("brightness", "u1")])


def stars_within(centre: J2000, radius_deg: float, limit_mag: float = 99.0, catalogue: str = TYCHO2) -> Stars:
    """Real stars of a circle, brightest first: right ascension and declination (J2000 degrees), V_T.

    Raises OSError or ValueError when the star file cannot be read.
    """
    zones = _opened(catalogue)
    runs = list(zones.runs_near(centre.ra_deg, centre.dec_deg, radius_deg))
    ra, dec, mag = (
        np.concatenate(column) for column in zip(*(_run(zones, *run) for run in runs), strict=True)
    )
    keep = (mag <= limit_mag) & _inside(ra, dec, centre, radius_deg)
    ra, dec, mag = ra[keep], dec[keep], mag[keep]
    order = np.argsort(mag, kind="stable")
    return ra[order], dec[order], mag[order]


def faint_within(
    centre: J2000, radius_deg: float, limit_mag: float = FAINTEST, catalogue: str = TYCHO2
) -> Stars:
    """Invented stars of a circle (faint.py), in the same form; never for solving."""
    stars = faint_near(_opened(catalogue), centre.ra_deg, centre.dec_deg, radius_deg, limit_mag)
    columns = np.array(stars, dtype=np.float64).reshape(-1, 3).T
    return columns[0], columns[1], columns[2]


@cache
def _opened(path: str) -> Zones:
    """Mapped once per process."""
    return Zones(path)


def _run(zones: Zones, band: int, first: int, count: int) -> Stars:
    """All stars of neighbouring cells of one band, decoded."""
    base = zones.bands[band]
    starts = np.array([zones.range_of(cell)[0] for cell in range(first, first + count)])
    end = zones.range_of(first, count)[1]
    packed = np.frombuffer(
        zones.data, _RECORD, end - starts[0], zones.first_record + int(starts[0]) * RECORD_SIZE
    )
    cell = np.repeat(np.arange(first - base, first - base + count), np.diff(starts, append=end))
    width = 360 / (zones.bands[band + 1] - base)
    return (
        (cell + (packed["x"] + 0.5) / STEPS) * width,
        band - 90 + (packed["y"] + 0.5) / STEPS,
        packed["brightness"] * float(zones.magnitude_step),
    )


def _inside(ra_deg: Floats, dec_deg: Floats, centre: J2000, radius_deg: float) -> NDArray[np.bool_]:
    """Haversine: exact at arcseconds and at the poles."""
    ra, dec = np.radians(ra_deg - centre.ra_deg), np.radians(dec_deg)
    here = np.radians(centre.dec_deg)
    haversine = np.sin((dec - here) / 2) ** 2 + np.cos(dec) * np.cos(here) * np.sin(ra / 2) ** 2
    return np.asarray(haversine <= np.sin(np.radians(min(radius_deg, 180)) / 2) ** 2)
