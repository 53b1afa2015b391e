"""The stars of a field, looked up once for all frames that point close by."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, radians

import numpy as np
from numpy.typing import NDArray

from hardware.devices import J2000
from hardware.stars.catalogue import faint_within, stars_within

Floats = NDArray[np.float64]
GRID_DEG = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Brightest first: unit vectors (three rows: towards 0 h, 6 h and the pole), light in stars of mag 0."""

    vectors: Floats
    light: Floats

    def brighter(self, light: float) -> int:
        """How many stars are brighter."""
        return int(np.searchsorted(-self.light, -light))


def stars_around(centre: J2000, radius_deg: float, faint: bool) -> Field:
    """All stars of a circle, and some around it; `faint` with the invented ones (hardware.stars.faint).

    Fields are kept: one that points within a tenth of a degree costs nothing.
    """
    dec = round(centre.dec_deg / GRID_DEG)
    steps = max(1, round(360 / GRID_DEG * cos(radians(dec * GRID_DEG))))
    ra = round(centre.ra_deg / 360 * steps) % steps
    return _field(ra * 360 / steps, dec * GRID_DEG, ceil(radius_deg / GRID_DEG + 1) * GRID_DEG, faint)


@lru_cache(maxsize=48)
def _field(ra_deg: float, dec_deg: float, radius_deg: float, faint: bool) -> Field:
    centre = J2000(ra_deg, dec_deg)
    fields = [stars_within(centre, radius_deg)]
    if faint:
        fields.append(faint_within(centre, radius_deg))
    ra, dec, mag = (np.concatenate(column) for column in zip(*fields, strict=True))
    order = np.argsort(mag, kind="stable")
    ra, dec = np.radians(ra[order]), np.radians(dec[order])
    vectors = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    return Field(vectors, 10 ** (-0.4 * mag[order]))
