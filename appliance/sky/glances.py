"""Many directions at once, as a person asks of them: how high now, when best tonight, how near the Moon."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians

import numpy as np

from appliance.sky.bodies import body_position
from appliance.sky.coordinates import Array, observe_many, separation_deg
from appliance.sky.moon import moon_altitude_deg, moon_lit
from appliance.sky.rise_set import SIDEREAL_DEGREES_PER_SECOND
from appliance.sky.twilight import Twilight, darkness
from appliance.sky.windows import DAY, Always, Window
from hardware.devices import J2000, Site

SIDEREAL_DAY = 360 / SIDEREAL_DEGREES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Glance:
    """One direction from a site. Degrees; moments are UTC in seconds since 1970.

    `transit` is its next upper culmination and `transit_deg` the altitude then. `best_at` is when it stands
    highest in what is left of this night, or in the next one, and `best_deg` how high.
    """

    altitude_deg: float
    azimuth_deg: float
    transit: float
    transit_deg: float
    best_at: float
    best_deg: float
    moon_deg: float
    sun_deg: float


@dataclass(frozen=True, slots=True)
class Night:
    """What is left of this night, or the next one; not `dark` where it does not get so within a day.

    `moon_lit` is the lit share of the Moon's disc in its middle, 0 to 1.
    """

    begins: float
    ends: float
    dark: bool
    moon_lit: float


def night_at(site: Site, utc_unix: float) -> Night:
    """Nautical darkness; where there is none, or no end of it, the next 24 hours."""
    found = darkness(site, utc_unix, Twilight.NAUTICAL)
    begins, ends = utc_unix, utc_unix + DAY
    if isinstance(found, Window):
        begins, ends = max(utc_unix, found.begins), found.ends
    return Night(begins, ends, isinstance(found, Window | Always), moon_lit((begins + ends) / 2))


def glances(positions: Sequence[J2000], site: Site, utc_unix: float, night: Night) -> list[Glance]:
    """In the order of the positions; good to a tenth of a degree tonight."""
    if not positions:
        return []
    ra = np.radians([one.ra_deg for one in positions])
    dec = np.radians([one.dec_deg for one in positions])
    altitude, azimuth, hour_angle = observe_many(ra, dec, site, utc_unix)
    of_date = _declination(altitude, azimuth, site)
    transit = utc_unix + (-hour_angle % 360) / SIDEREAL_DEGREES_PER_SECOND
    best_at = _best(hour_angle, of_date, site, utc_unix, night)
    best = _altitude(hour_angle + (best_at - utc_unix) * SIDEREAL_DEGREES_PER_SECOND, of_date, site)
    highest = _altitude(np.zeros_like(of_date), of_date, site)
    moon, sun = (body_position(name, site, utc_unix) for name in ("moon", "sun"))
    return [
        Glance(
            float(altitude[n]), float(azimuth[n]), float(transit[n]), float(highest[n]), float(best_at[n]),
            float(best[n]), separation_deg(place, moon), separation_deg(place, sun),
        )
        for n, place in enumerate(positions)
    ]  # fmt: skip


def moon_up(site: Site, moments: Array) -> Array:
    """How much the Moon disturbs at these moments: 0 below the horizon, 1 from 15 degrees up."""
    return np.clip(moon_altitude_deg(site, moments) / 15, 0, 1)


def _declination(altitude: Array, azimuth: Array, site: Site) -> Array:
    """Of date, radians, from where it stands now."""
    lat, alt, az = radians(site.latitude_deg), np.radians(altitude), np.radians(azimuth)
    sine = np.sin(lat) * np.sin(alt) + np.cos(lat) * np.cos(alt) * np.cos(az)
    return np.asarray(np.arcsin(np.clip(sine, -1, 1)))


def _altitude(hour_angle: Array, dec: Array, site: Site) -> Array:
    lat = radians(site.latitude_deg)
    sine = np.sin(lat) * np.sin(dec) + np.cos(lat) * np.cos(dec) * np.cos(np.radians(hour_angle))
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1, 1))))


def _best(hour_angle: Array, dec: Array, site: Site, now: float, night: Night) -> Array:
    """The culmination if it comes in the night, else whichever end of the night has it higher."""
    culmination = now - hour_angle / SIDEREAL_DEGREES_PER_SECOND
    turns = np.ceil((night.begins - culmination) / SIDEREAL_DAY)
    culmination = culmination + turns * SIDEREAL_DAY
    ends = [
        _altitude(hour_angle + (at - now) * SIDEREAL_DEGREES_PER_SECOND, dec, site)
        for at in (night.begins, night.ends)
    ]
    end = np.where(ends[0] >= ends[1], night.begins, night.ends)
    return np.where(culmination <= night.ends, culmination, end)
