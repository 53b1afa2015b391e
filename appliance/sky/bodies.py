"""Bodies that move: Sun, Moon, planets, and comets and asteroids by their elements, as seen from a site."""

from collections.abc import Callable
from math import radians

import erfa
import numpy as np

from appliance.sky.coordinates import Array, from_vector, julian_tt, julian_utc
from appliance.sky.orbits import Elements, heliocentric_au
from hardware.devices import J2000, Site

METRES_PER_AU = 1.495978707e11
LIGHT_DAYS_PER_AU = 499.004784 / 86400
# plan94's numbers; its Earth is the barycentre of Earth and Moon, and is not asked for.
PLANETS = {
    "mercury": 1, "venus": 2, "mars": 4, "jupiter": 5, "saturn": 6, "uranus": 7, "neptune": 8,
}  # fmt: skip
BODIES = ("Sun", "Moon", *(name.capitalize() for name in PLANETS))
Heliocentric = Callable[[float], Array]  # au, on J2000's axes, at a TT Julian date


def is_body(name: str) -> bool:
    """Is it the name of something that moves among the stars?"""
    return name.strip().capitalize() in BODIES


def body_position(name: str, site: Site, utc_unix: float) -> J2000:
    """Astrometric J2000 direction of the Sun, the Moon or a planet, as seen from the site.

    By SOFA's plan94 and moon98: within some arcseconds, Jupiter to Uranus within 90". KeyError for others.
    """
    known = name.strip().lower()
    if known == "moon":
        return _seen(np.asarray(erfa.moon98(*julian_tt(utc_unix))["p"]), site, utc_unix)
    if known == "sun":
        return _seen(-_earth(utc_unix), site, utc_unix)
    number = PLANETS[known]
    return _through_space(lambda tt: np.asarray(erfa.plan94(tt, 0.0, number)["p"]), site, utc_unix)


def orbit_position(elements: Elements, site: Site, utc_unix: float) -> J2000:
    """Astrometric J2000 direction of a body on a Kepler orbit, as seen from the site."""
    return _through_space(lambda tt: heliocentric_au(elements, tt), site, utc_unix)


def _through_space(where: Heliocentric, site: Site, utc_unix: float) -> J2000:
    """Where it was when the light left it."""
    day, fraction = julian_tt(utc_unix)
    tt, earth = day + float(fraction), _earth(utc_unix)
    way = where(tt) - earth
    for _ in range(3):
        way = where(tt - LIGHT_DAYS_PER_AU * float(np.linalg.norm(way))) - earth
    return _seen(way, site, utc_unix)


def _earth(utc_unix: float) -> Array:
    heliocentric, _ = erfa.epv00(*julian_tt(utc_unix))
    return np.asarray(heliocentric["p"], dtype=np.float64)


def _seen(geocentric_au: Array, site: Site, utc_unix: float) -> J2000:
    """From the site instead of the Earth's centre: a degree for the Moon."""
    return from_vector(geocentric_au - _site_au(site, utc_unix))


def _site_au(site: Site, utc_unix: float) -> Array:
    to_earth = erfa.c2t00b(*julian_tt(utc_unix), *julian_utc(utc_unix), 0.0, 0.0)
    place = erfa.gd2gc(1, radians(site.longitude_deg), radians(site.latitude_deg), site.elevation_m)
    return np.asarray(place @ to_earth / METRES_PER_AU)
