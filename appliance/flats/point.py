"""When twilight is right for flats, and where to point then."""

from dataclasses import dataclass

import numpy as np

from appliance.flats.sky import Twilight
from appliance.flats.twilight import DECADES_PER_DEGREE
from appliance.sky.coordinates import from_alt_az, offset_by
from appliance.sky.twilight import night_date, sun_altitude_deg, sun_azimuth_deg
from appliance.sky.windows import DAY, Window
from hardware.devices import J2000, Site

SAMPLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class SunRange:
    """Between which altitudes of the Sun's centre (degrees) flats are tried."""

    lowest: float
    highest: float


def twilight_windows(
    site: Site, begins: float, ends: float, twilight: Twilight, sun: SunRange
) -> list[Window]:
    """When the Sun sinks (dusk) or rises (dawn) through the range, between two moments (UTC seconds)."""
    moments = np.arange(begins, ends, SAMPLE_SECONDS)
    altitude = sun_altitude_deg(site, moments)
    way = np.gradient(altitude) < 0
    inside = (altitude > sun.lowest) & (altitude < sun.highest) & (way == (twilight == "dusk"))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.view(np.int8), [0]))))
    return [
        Window(float(moments[first]), float(moments[last - 1]))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if last - first > 1
    ]


def tonights_twilight(
    site: Site, now: float, dawn: float, twilight: Twilight, sun: SunRange
) -> Window | None:
    """The one of the night that ends at `dawn` (UTC seconds), or that is now; None when it is over."""
    runs = twilight_windows(site, now - DAY / 2, dawn + DAY / 2, twilight, sun)
    if present := next((one for one in runs if one.begins <= now < one.ends), None):
        return present
    if twilight == "dusk":
        mine = [one for one in runs if now < one.begins < dawn]
        return mine[-1] if mine else None
    # In the morning after dawn it is over: nobody waits a day for what is left.
    tonight = night_date(site, now)
    ahead = (one for one in runs if one.begins > max(now, dawn - DAY / 4))
    return next((one for one in ahead if night_date(site, one.begins) == tonight), None)


def sky_rate(site: Site, utc_unix: float) -> float:
    """How fast the twilight is expected to change then: decades per minute, negative at dusk."""
    before, after = sun_altitude_deg(site, [utc_unix - 60, utc_unix + 60])
    return float(after - before) / 2 * DECADES_PER_DEGREE


def flat_point(site: Site, utc_unix: float, altitude_deg: float) -> J2000:
    """Opposite to the Sun at an altitude: there, some 15 degrees from the zenith, twilight is most even.

    (Chromey and Hasselbacher 1996, PASP 108, 944.)
    """
    return from_alt_az(altitude_deg, (sun_azimuth_deg(site, utc_unix) + 180) % 360, site, utc_unix)


def shifted(point: J2000, number: int, step_arcsec: float) -> J2000:
    """The same point a little off: along a spiral whose neighbours are `step_arcsec` apart."""
    turns = number**0.5  # the area covered grows evenly
    return offset_by(point, (137.508 * number) % 360, step_arcsec * turns / 3600)
