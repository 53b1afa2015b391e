"""From a WCS to a Solution, and between pixels and sky with it (gnomonic projection, FITS paper II)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import erfa
import numpy as np
from numpy.typing import ArrayLike

from appliance.sky.coordinates import Array, position_angle_deg
from appliance.solve.solution import Solution
from hardware.devices import J2000

Cd = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Tan:
    """A linear TAN projection: 1-based `crpix`, `crval` there, `cd` in degrees per pixel."""

    crpix: tuple[float, float]
    crval: J2000
    cd: Cd

    def sky(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """J2000 degrees of 1-based pixels."""
        u, v = np.asarray(x) - self.crpix[0], np.asarray(y) - self.crpix[1]
        (a, b), (c, d) = self.cd
        ra, dec = erfa.tpsts(np.radians(a * u + b * v), np.radians(c * u + d * v), *_pole(self.crval))
        return np.degrees(ra) % 360, np.degrees(dec)

    def pixels(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> tuple[Array, Array]:
        """1-based pixels of J2000 degrees; NaN for the half of the sky behind the projection."""
        xi, eta = project(ra_deg, dec_deg, self.crval)
        x, y = np.linalg.solve(np.array(self.cd), np.stack([xi.ravel(), eta.ravel()]))
        return x.reshape(xi.shape) + self.crpix[0], y.reshape(xi.shape) + self.crpix[1]


def project(ra_deg: ArrayLike, dec_deg: ArrayLike, centre: J2000) -> tuple[Array, Array]:
    """Standard coordinates in degrees around a centre; NaN behind it."""
    xi, eta, status = erfa.ufunc.tpxes(np.radians(ra_deg), np.radians(dec_deg), *_pole(centre))
    behind = status != 0
    return np.where(behind, np.nan, np.degrees(xi)), np.where(behind, np.nan, np.degrees(eta))


def _pole(position: J2000) -> tuple[float, float]:
    return float(np.radians(position.ra_deg)), float(np.radians(position.dec_deg))


def solution_of(tan: Tan, width: int, height: int, *, matched: int, solver: str, seconds: float) -> Solution:
    """The Solution a projection means for a frame of this size."""
    (a, b), (c, d) = tan.cd
    determinant = a * d - b * c
    middle = (width + 1) / 2, (height + 1) / 2
    centre = _position(tan, *middle)
    return Solution(
        centre=centre,
        crpix=tan.crpix,
        crval=tan.crval,
        cd=tan.cd,
        scale_arcsec=sqrt(abs(determinant)) * 3600,
        rotation_deg=position_angle_deg(centre, _position(tan, middle[0], middle[1] + 1)),
        mirrored=determinant > 0,
        width=width,
        height=height,
        matched=matched,
        solver=solver,
        seconds=seconds,
    )


def _position(tan: Tan, x: float, y: float) -> J2000:
    ra, dec = tan.sky(x, y)
    return J2000(float(ra), float(dec))


def tan_of(header: Mapping[str, Any]) -> Tan:
    """The linear part of a WCS header; KeyError when it has none."""

    def number(name: str) -> float:
        return float(header[name])

    return Tan(
        (number("CRPIX1"), number("CRPIX2")),
        J2000(number("CRVAL1") % 360, number("CRVAL2")),
        ((number("CD1_1"), number("CD1_2")), (number("CD2_1"), number("CD2_2"))),
    )
