"""The Moon: how high it stands and how much of it is lit."""

from math import cos, radians

import erfa
import numpy as np
from numpy.typing import ArrayLike

from appliance.sky.coordinates import Array, julian_tt, observe_many
from hardware.devices import Site

PARALLAX_DEG = 0.95  # the mean horizontal parallax: the Moon is that near


def moon_altitude_deg(site: Site, utc_unix: ArrayLike) -> Array:
    """Altitude of the Moon's centre without refraction, degrees, within 0.1 for rise and set."""
    moments = np.asarray(utc_unix, dtype=np.float64)
    place = erfa.moon98(*julian_tt(moments))["p"]
    ra, dec = erfa.c2s(place)
    altitude = observe_many(ra, dec, site, moments)[0]
    return np.asarray(altitude - PARALLAX_DEG * np.cos(np.radians(altitude)))


def moon_lit(utc_unix: float) -> float:
    """The lit share of the Moon's disc, 0 to 1."""
    tt = julian_tt(utc_unix)
    earth, _ = erfa.epv00(*tt)
    elongation = erfa.sepp(erfa.moon98(*tt)["p"], -earth["p"])
    return float((1 - cos(radians(np.degrees(elongation)))) / 2)
