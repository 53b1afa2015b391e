"""Where a body on a Kepler orbit is: ellipse, parabola and hyperbola alike, by universal variables."""

from dataclasses import dataclass
from math import cos, cosh, radians, sin, sinh, sqrt

import numpy as np

from appliance.sky.coordinates import Array

GAUSS = 0.01720209895  # Gauss's constant: radians per day of a planet at 1 au
OBLIQUITY_DEG = 84381.406 / 3600  # of the ecliptic at J2000, IAU 2006
ENOUGH = 1e-11
SMALL = 1e-6  # below it the series of Stumpff's functions are as exact


@dataclass(frozen=True, slots=True)
class Elements:
    """Osculating elements, J2000 ecliptic: au, degrees, and the moment of perihelion as a TT Julian date."""

    perihelion_au: float
    eccentricity: float
    inclination_deg: float
    node_deg: float
    argument_deg: float
    perihelion_jd: float


def heliocentric_au(elements: Elements, tt_jd: float) -> Array:
    """Position from the Sun on the axes of J2000's equator, au.

    Universal variables from perihelion on, as in Danby, Fundamentals of Celestial Mechanics (1992), 6.9.
    """
    x, y = _in_plane(elements, GAUSS * (tt_jd - elements.perihelion_jd))
    return np.asarray(_to_equator(elements) @ np.array([x, y, 0.0]), dtype=np.float64)


def _in_plane(elements: Elements, time: float) -> tuple[float, float]:
    """Along perihelion and a quarter turn ahead of it; `time` since perihelion in units of 1/GAUSS days."""
    q, e = elements.perihelion_au, elements.eccentricity
    alpha = (1 - e) / q
    s = _universal(q, alpha, time)
    _, _, c2, c3 = _stumpff(alpha * s * s)
    speed = sqrt((1 + e) / q)  # at perihelion
    return q - s * s * c2, (time - s**3 * c3) * speed  # Gauss's f and g


def _universal(q: float, alpha: float, time: float) -> float:
    """Kepler's equation q s c1 + s³ c3 = time, by halving into a bracket and then Newton's steps."""

    def late(s: float) -> float:
        _, c1, _, c3 = _stumpff(alpha * s * s)
        return q * s * c1 + s**3 * c3 - abs(time)

    low, high = 0.0, 1.0
    while late(high) < 0:
        low, high = high, 2 * high
    s = (low + high) / 2
    for _ in range(200):
        value = late(s)
        if abs(value) < ENOUGH * max(1.0, abs(time)):
            break
        low, high = (s, high) if value < 0 else (low, s)
        c0, _, c2, _ = _stumpff(alpha * s * s)
        step = value / (q * c0 + s * s * c2)
        s = s - step if low < s - step < high else (low + high) / 2
    return s if time >= 0 else -s


def _stumpff(x: float) -> tuple[float, float, float, float]:
    """Stumpff's functions c0 to c3."""
    if abs(x) < SMALL:
        return 1 - x / 2, 1 - x / 6, 0.5 - x / 24, 1 / 6 - x / 120
    root = sqrt(abs(x))
    c0, c1 = (cos(root), sin(root) / root) if x > 0 else (cosh(root), sinh(root) / root)
    return c0, c1, (1 - c0) / x, (1 - c1) / x


def _to_equator(elements: Elements) -> Array:
    """From the orbit's plane over the ecliptic to the equator of J2000."""
    node, tilt = _about_z(elements.node_deg), _about_x(elements.inclination_deg)
    return np.asarray(_about_x(OBLIQUITY_DEG) @ node @ tilt @ _about_z(elements.argument_deg))


def _about_z(degrees: float) -> Array:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _about_x(degrees: float) -> Array:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
