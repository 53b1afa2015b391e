"""From the sky to the sensor: gnomonic projection about the optical axis.

The frame is not mirrored: with rotation 0 rows grow to the north and columns to the west, so that
FITS software sees det(CD) < 0. Coordinates are 0-based, (0, 0) the centre of the first pixel.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.devices import J2000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Projection:
    """One frame's geometry; `scale_deg` per binned pixel, `rotation_deg` the position angle of +y."""

    centre: J2000
    rotation_deg: float
    scale_deg: float
    centre_x: float
    centre_y: float

    def pixels(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Where directions (within 90 degrees of the centre) fall on the sensor."""
        return self._turned(*tangent_plane(ra_deg, dec_deg, self.centre))

    def pixels_of(self, vectors: Floats) -> tuple[Floats, Floats]:
        """The same for unit vectors (three rows: towards 0 h, 6 h and the pole), without a sine per star."""
        ra, dec = np.radians(self.centre.ra_deg), np.radians(self.centre.dec_deg)
        middle = np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)
        east = -np.sin(ra), np.cos(ra), 0.0
        north = -np.sin(dec) * np.cos(ra), -np.sin(dec) * np.sin(ra), np.cos(dec)
        depth, xi, eta = np.array([middle, east, north]) @ vectors
        return self._turned(np.degrees(xi / depth), np.degrees(eta / depth))

    def _turned(self, xi: Floats, eta: Floats) -> tuple[Floats, Floats]:
        turn = np.radians(self.rotation_deg)
        x = (eta * np.sin(turn) - xi * np.cos(turn)) / self.scale_deg
        y = (xi * np.sin(turn) + eta * np.cos(turn)) / self.scale_deg
        return self.centre_x + x, self.centre_y + y


def tangent_plane(ra_deg: Floats, dec_deg: Floats, centre: J2000) -> tuple[Floats, Floats]:
    """Standard coordinates, degrees east and north of the centre (Calabretta and Greisen 2002, TAN)."""
    ra, dec = np.radians(ra_deg - centre.ra_deg), np.radians(dec_deg)
    here = np.radians(centre.dec_deg)
    depth = np.sin(dec) * np.sin(here) + np.cos(dec) * np.cos(here) * np.cos(ra)
    xi = np.cos(dec) * np.sin(ra) / depth
    eta = (np.sin(dec) * np.cos(here) - np.cos(dec) * np.sin(here) * np.cos(ra)) / depth
    return np.degrees(xi), np.degrees(eta)
