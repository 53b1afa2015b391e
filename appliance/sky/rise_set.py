"""When a target rises, culminates and sets against a horizon, and when it can be used tonight."""

from dataclasses import dataclass

from appliance.sky.coordinates import Array, observe
from appliance.sky.horizon import Horizon
from appliance.sky.twilight import Twilight, darkness
from appliance.sky.windows import DAY, Always, Never, Window, present_or_next, windows
from hardware.devices import J2000, Site

SIDEREAL_DEGREES_PER_SECOND = 360.98564736629 / 86400


@dataclass(frozen=True, slots=True)
class Appearance:
    """One passage of a target over the site.

    `up` is the Window above the horizon (present or next), Always for a circumpolar target, Never for
    one that does not rise; `transit` is the next upper culmination in it (UTC seconds since 1970; for a
    Window already past its culmination, that one), `highest_deg` the altitude then.
    """

    up: Window | Always | Never
    transit: float
    highest_deg: float


def appearance(position: J2000, site: Site, utc_unix: float, horizon: Horizon) -> Appearance:
    """The present or next passage of a target."""
    up = present_or_next(lambda moments: _above(position, site, horizon, moments), utc_unix)
    around = (up.begins + up.ends) / 2 if isinstance(up, Window) else utc_unix + 43082
    transit = transit_near(position, site, around)
    return Appearance(up, transit, float(observe(position, site, transit)[0]))


def observable(position: J2000, site: Site, horizon: Horizon, within: Window) -> list[Window]:
    """When the target is above the horizon in a window such as the night; empty when it never is."""
    return windows(lambda moments: _above(position, site, horizon, moments), within.begins, within.ends)


def next_rise(position: J2000, site: Site, utc_unix: float, horizon: Horizon) -> float | None:
    """When the target is above the horizon next (now, if it is); None when that is not within a day."""
    up = appearance(position, site, utc_unix, horizon).up
    if isinstance(up, Window):
        return max(utc_unix, up.begins)
    return utc_unix if isinstance(up, Always) else None


def highest_tonight(
    position: J2000, site: Site, utc_unix: float, sun_below: Twilight | float = Twilight.NAUTICAL
) -> float:
    """The highest altitude (degrees) from now to the end of this night or, by day, in the next one.

    Where it does not get dark, or stays so, it is that of the next 24 hours.
    """
    night = darkness(site, utc_unix, sun_below)
    begins, ends = utc_unix, utc_unix + DAY
    if isinstance(night, Window):
        begins, ends = max(utc_unix, night.begins), night.ends
    transit = transit_near(position, site, (begins + ends) / 2)
    moments = [begins, ends, *([transit] if begins < transit < ends else [])]
    return float(observe(position, site, moments)[0].max())


def transit_near(position: J2000, site: Site, utc_unix: float) -> float:
    """The upper culmination (apparent hour angle 0) nearest to a moment, UTC seconds since 1970."""
    for _ in range(2):  # the second turn takes away what the hour angle's rate neglects
        hour_angle = float(observe(position, site, utc_unix)[2])
        utc_unix -= hour_angle / SIDEREAL_DEGREES_PER_SECOND
    return utc_unix


def _above(position: J2000, site: Site, horizon: Horizon, moments: Array) -> Array:
    altitude, azimuth, _ = observe(position, site, moments)
    return altitude - horizon.altitude_deg(azimuth)
