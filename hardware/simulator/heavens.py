"""Sun, Moon and the height of what is looked at: how bright the sky is there, how much light the air takes.

The dark sky, its growth towards the horizon and the moonlight follow Krisciunas and Schaefer 1991 (PASP 103,
1033); twilight falls 1.2 magnitudes for every degree the Sun sinks, through 11.84 at -5 degrees (the zenith
in V after Patat et al. 2006, A&A 455, 385). No refraction.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import acos, asin, cos, degrees, exp, log, log10, radians, sin, sqrt

import erfa
import numpy as np

from hardware.devices import J2000, Site

UNIX_EPOCH_JD = 2440587.5
TT_MINUS_UTC = 69.184
METRES_PER_AU = 149_597_870_700.0
EXTINCTION = 0.2  # magnitudes per air mass
TWILIGHT_MAG, TWILIGHT_SUN_DEG, TWILIGHT_SLOPE = 11.84, -5.0, 1.2
DAYLIGHT_MAG = 4.0  # clear blue sky
# nL of a sky of magnitude 0 per square arcsecond (the paper's equation 1)
NANOLAMBERT_ZERO = 34.08 * exp(20.7233)
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """One direction at one moment; angles in degrees, `sky_mag` per square arcsecond.

    `extinction_mag` is what the air takes more than at the zenith; `moon_lit` the lit share of the Moon.
    """

    sky_mag: float
    airmass: float
    extinction_mag: float
    altitude_deg: float
    sun_altitude_deg: float
    moon_altitude_deg: float
    moon_away_deg: float
    moon_lit: float


def view(site: Site, utc_unix: float, where: J2000, dark_mag: float) -> View:
    """What the air and the lights in it do to a direction; `dark_mag` is the moonless zenith."""
    return _view(_bodies(site, round(utc_unix)), _vector(where), dark_mag)


def zenith_mag(site: Site, utc_unix: float, dark_mag: float) -> float:
    """The sky overhead, magnitudes per square arcsecond; `dark_mag` without the lights in it."""
    bodies = _bodies(site, round(utc_unix))
    return _view(bodies, bodies.zenith, dark_mag).sky_mag


def sun_altitude_deg(site: Site, utc_unix: float) -> float:
    """Of its centre, without refraction."""
    bodies = _bodies(site, 60 * round(utc_unix / 60))
    return _altitude(bodies.sun, bodies.zenith)


def altitude_deg(site: Site, utc_unix: float, where: J2000) -> float:
    """How high a direction stands, to a quarter of a degree: as it is within half a minute."""
    return _altitude(_vector(where), _bodies(site, 60 * round(utc_unix / 60)).zenith)


def _view(bodies: "_Bodies", target: Vector, dark_mag: float) -> View:
    altitude, sun, moon = (_altitude(body, bodies.zenith) for body in (target, bodies.sun, bodies.moon))
    away, elongation = _apart(target, bodies.moon), _apart(bodies.sun, bodies.moon)
    mass = airmass(altitude)
    light = _dark(dark_mag, altitude) + _twilight(sun) + _moonlight(180 - elongation, moon, altitude, away)
    return View(
        sky_mag=-2.5 * log10(light),
        airmass=mass,
        extinction_mag=EXTINCTION * (mass - 1),
        altitude_deg=altitude,
        sun_altitude_deg=sun,
        moon_altitude_deg=moon,
        moon_away_deg=away,
        moon_lit=(1 - cos(radians(elongation))) / 2,
    )


def airmass(altitude_deg: float) -> float:
    """Kasten and Young 1989 (Applied Optics 28, 4735); below the horizon that of the horizon, 38."""
    height = max(altitude_deg, 0.0)
    return max(1.0, 1 / (sin(radians(height)) + 0.50572 * exp(-1.6364 * log(height + 6.07995))))


def _dark(zenith_mag: float, altitude_deg: float) -> float:
    """Equation 2 of the paper; light in units of magnitude 0 per square arcsecond, as below."""
    path = _path(altitude_deg)
    return 10 ** (-0.4 * (zenith_mag + EXTINCTION * (path - 1))) * path


def _twilight(sun_altitude_deg: float) -> float:
    mag = TWILIGHT_MAG + TWILIGHT_SLOPE * (TWILIGHT_SUN_DEG - sun_altitude_deg)
    return 10 ** (-0.4 * max(mag, DAYLIGHT_MAG))


def _moonlight(phase_deg: float, moon_altitude_deg: float, altitude_deg: float, away_deg: float) -> float:
    """Equations 15, 20 and 21; phase 0 is full. Within 10 degrees of the Moon their Mie term."""
    if moon_altitude_deg <= 0:
        return 0.0
    strength = 10 ** (-0.4 * (3.84 + 0.026 * phase_deg + 4e-9 * phase_deg**4))
    scattered = 10**5.36 * (1.06 + cos(radians(away_deg)) ** 2)
    scattered += 10 ** (6.15 - away_deg / 40) if away_deg >= 10 else 6.2e7 / max(away_deg, 0.25) ** 2
    reaching = 10 ** (-0.4 * EXTINCTION * _path(moon_altitude_deg))
    lit_air = 1 - 10 ** (-0.4 * EXTINCTION * _path(altitude_deg))
    return scattered * strength * reaching * lit_air / NANOLAMBERT_ZERO


def _path(altitude_deg: float) -> float:
    """The optical path through glowing air, equation 3."""
    return 1 / sqrt(1 - 0.96 * cos(radians(max(altitude_deg, 0.0))) ** 2)


@dataclass(frozen=True, slots=True)
class _Bodies:
    """Unit vectors (GCRS): the zenith, and the two lights as seen from the site."""

    zenith: Vector
    sun: Vector
    moon: Vector


@lru_cache(maxsize=256)
def _bodies(site: Site, utc_unix: int) -> _Bodies:
    tt = UNIX_EPOCH_JD, (utc_unix + TT_MINUS_UTC) / 86400
    to_earth = erfa.c2t00b(*tt, UNIX_EPOCH_JD, utc_unix / 86400, 0.0, 0.0)
    lon, lat = radians(site.longitude_deg), radians(site.latitude_deg)
    up = np.array([cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)])
    place = erfa.gd2gc(1, lon, lat, site.elevation_m) @ to_earth / METRES_PER_AU
    sun, moon = -erfa.epv00(*tt)[0]["p"], erfa.moon98(*tt)["p"]
    return _Bodies(_unit(up @ to_earth), _unit(sun - place), _unit(moon - place))


def _unit(vector: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Vector:
    x, y, z = (vector / np.linalg.norm(vector)).tolist()
    return x, y, z


def _vector(where: J2000) -> Vector:
    ra, dec = radians(where.ra_deg), radians(where.dec_deg)
    return cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec)


def _cosine(one: Vector, other: Vector) -> float:
    product = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return min(1.0, max(-1.0, product))


def _altitude(body: Vector, zenith: Vector) -> float:
    return degrees(asin(_cosine(body, zenith)))


def _apart(one: Vector, other: Vector) -> float:
    return degrees(acos(_cosine(one, other)))
