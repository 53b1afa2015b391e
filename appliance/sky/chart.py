"""What a star chart shows around a place: the brightest stars, and what is no star, as it lies there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from appliance.sky.best import common_name
from appliance.sky.catalogue import Row, rows
from appliance.sky.coordinates import Array
from hardware.devices import J2000

StarsWithin = Callable[[J2000, float], tuple[Array, Array, Array]]
"""Right ascension, declination (degrees, J2000) and magnitude of a circle's stars, brightest first."""
POINTS = frozenset({"star", "double star", "other", "nova", ""})
TINY = 0.004  # of the chart's radius: a smaller galaxy is a dot among dots


@dataclass(frozen=True, slots=True)
class Shape:
    """A deep-sky object: its axes in arcminutes (None: not known), the major one's angle east of north.

    `called` is a name without a number, "" for none.
    """

    name: str
    called: str
    kind: str
    ra_deg: float
    dec_deg: float
    magnitude: float | None
    major_arcmin: float | None
    minor_arcmin: float | None
    angle_deg: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """`stars` are (right ascension, declination, magnitude), brightest first, down to `faintest`."""

    stars: tuple[tuple[float, float, float], ...]
    shapes: tuple[Shape, ...]
    faintest: float


def chart(
    centre: J2000, radius_deg: float, stars_within: StarsWithin, stars: int = 500, shapes: int = 60
) -> Chart:
    """At most so many stars and shapes within the radius (degrees)."""
    ra, dec, magnitude = (column[:stars] for column in stars_within(centre, radius_deg))
    points = tuple(
        (round(float(a), 4), round(float(d), 4), round(float(m), 1))
        for a, d, m in zip(ra, dec, magnitude, strict=True)
    )
    return Chart(points, _shapes(centre, radius_deg, shapes), points[-1][2] if points else 0.0)


def _shapes(centre: J2000, radius_deg: float, most: int) -> tuple[Shape, ...]:
    """The biggest and brightest."""
    every = _deep_sky()
    apart = _apart_deg(every.ra, every.dec, centre)
    size = np.where(np.isnan(every.size), 1.0, every.size) / 60
    inside = np.flatnonzero((apart < radius_deg + size / 2) & (size > TINY * radius_deg))
    # Two magnitudes count as much as twice the size.
    rank = np.log2(size[inside]) - np.where(np.isnan(every.magnitude), 14.0, every.magnitude)[inside] / 2
    chosen = inside[np.argsort(-rank, kind="stable")[:most]]
    return tuple(_shape(every.rows[one]) for one in chosen)


@dataclass(frozen=True, slots=True, eq=False)
class _DeepSky:
    rows: tuple[Row, ...]
    ra: Array
    dec: Array
    size: Array
    magnitude: Array


@cache
def _deep_sky() -> _DeepSky:
    chosen = tuple(row for row in rows() if row[1] not in POINTS)
    ra, dec, magnitude, size = (
        np.array([float(row[column]) if row[column] else np.nan for row in chosen]) for column in (2, 3, 4, 5)
    )
    return _DeepSky(chosen, ra, dec, size, magnitude)


def _apart_deg(ra_deg: Array, dec_deg: Array, centre: J2000) -> Array:
    ra, dec, here = np.radians(ra_deg - centre.ra_deg), np.radians(dec_deg), np.radians(centre.dec_deg)
    haversine = np.sin((dec - here) / 2) ** 2 + np.cos(dec) * np.cos(here) * np.sin(ra / 2) ** 2
    return np.asarray(np.degrees(2 * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))))


def _shape(row: Row) -> Shape:
    magnitude, major, minor, angle = (float(row[n]) if row[n] else None for n in (4, 5, 7, 8))
    return Shape(
        row[0], common_name(row[0]), row[1], float(row[2]), float(row[3]), magnitude, major, minor, angle
    )
