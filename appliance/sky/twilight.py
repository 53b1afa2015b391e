"""When it is dark: the Sun's altitude, dusk and dawn, also where the Sun does not set or rise."""

import time
from enum import Enum

import erfa
import numpy as np
from numpy.typing import ArrayLike

from appliance.sky.coordinates import Array, earth_at_hour, julian_tt, observe_many
from appliance.sky.windows import DAY, Always, Never, Window, present_or_next
from hardware.devices import Site


class Twilight(Enum):
    """How far the Sun's centre must be below the horizon, as its altitude in degrees."""

    SUNSET = -0.833  # upper limb, 34' of refraction
    CIVIL = -6.0
    NAUTICAL = -12.0
    ASTRONOMICAL = -18.0


def sun_altitude_deg(site: Site, utc_unix: ArrayLike) -> Array:
    """Altitude of the Sun's centre without refraction, degrees."""
    return _sun(site, utc_unix)[0]


def sun_azimuth_deg(site: Site, utc_unix: float) -> float:
    """Azimuth of the Sun's centre, degrees from north through east."""
    return float(_sun(site, utc_unix)[1])


def _sun(site: Site, utc_unix: ArrayLike) -> tuple[Array, Array]:
    moments = np.asarray(utc_unix, dtype=np.float64)
    ra, dec = erfa.c2s(-_earth(moments))
    return observe_many(ra, dec, site, moments)[:2]


def _earth(moments: Array) -> Array:
    """The Earth seen from the Sun, (..., 3), au: between whole hours on a straight line, right to 0.001"."""
    hours = julian_tt(moments)[1] * 24
    first = int(np.floor(hours.min()))
    known = np.array([earth_at_hour(hour) for hour in range(first, int(np.ceil(hours.max())) + 2)])
    whole = np.floor(hours).astype(int)
    share = (hours - whole)[..., np.newaxis]
    position: Array = known[whole - first] * (1 - share) + known[whole - first + 1] * share
    return position


def darkness(
    site: Site, utc_unix: float, sun_below: Twilight | float = Twilight.ASTRONOMICAL
) -> Window | Always | Never:
    """The night that is now, whole, or the next one: dusk to dawn.

    Never in polar day (or the white nights of high latitudes), Always in polar night.
    """
    limit = sun_below.value if isinstance(sun_below, Twilight) else sun_below
    return present_or_next(lambda moments: limit - sun_altitude_deg(site, moments), utc_unix)


def night_date(site: Site, utc_unix: float) -> str:
    """The date that names the night, "2026-11-20": it changes at the site's mean solar noon."""
    local = utc_unix + site.longitude_deg / 360 * DAY
    return time.strftime("%Y-%m-%d", time.gmtime(local - DAY / 2))
