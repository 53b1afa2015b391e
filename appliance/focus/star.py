"""A star to focus on: bright enough, near by, on the same side of the meridian."""

import numpy as np

from appliance.sky.catalogue import Target
from appliance.sky.coordinates import alt_az, hour_angle_deg, separation_deg
from hardware.devices import J2000, Site
from hardware.stars.catalogue import stars_within

RADIUS_DEG = 12.0
NEAR_MAGNITUDE = 0.5  # stars this near to the wanted brightness are as good
MERIDIAN_MARGIN_DEG = 8.0  # half an hour: no flip on the way, nor while focusing
MIN_ALTITUDE_DEG = 20.0


def focus_star(near: J2000, magnitude: float, site: Site, utc_unix: float) -> Target | None:
    """The nearest star of about this magnitude (V_T) that is high enough, None without one within 12°."""
    ra, dec, found = stars_within(near, RADIUS_DEG, magnitude + NEAR_MAGNITUDE)
    fitting = np.flatnonzero(found >= magnitude - NEAR_MAGNITUDE)
    side = _hour_angle(near, site, utc_unix)
    candidates = [
        (separation_deg(near, place), place, float(found[index]))
        for index in fitting
        if _usable(place := J2000(float(ra[index]), float(dec[index])), side, site, utc_unix)
    ]
    if not candidates:
        return None
    _, place, brightness = min(candidates, key=lambda one: one[0])
    return Target(f"a star of magnitude {brightness:.1f}", place, "star", brightness)


def _usable(place: J2000, side: float, site: Site, utc_unix: float) -> bool:
    angle = _hour_angle(place, site, utc_unix)
    same_side = (angle >= 0) == (side >= 0)
    return (
        same_side and (angle >= 0 or angle < -MERIDIAN_MARGIN_DEG)
        and alt_az(place, site, utc_unix)[0] >= MIN_ALTITUDE_DEG
    )  # fmt: skip


def _hour_angle(place: J2000, site: Site, utc_unix: float) -> float:
    return (hour_angle_deg(place, site, utc_unix) + 180) % 360 - 180
