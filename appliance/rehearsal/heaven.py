"""What the sky does in a night: dusk and dawn, the Moon, when each target can be used."""

from appliance.plan import Plan
from appliance.rehearsal.entries import Entry
from appliance.sequence.tonight import Tonight
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import observe
from appliance.sky.moon import moon_altitude_deg, moon_lit
from appliance.sky.rise_set import transit_near
from appliance.sky.twilight import Twilight, sun_altitude_deg
from appliance.sky.windows import Window, windows
from hardware.devices import J2000, Site

# The Moon's upper limb on the horizon: refraction and half its size.
MOON_LIMIT_DEG = -0.833
LEVELS = (
    (Twilight.SUNSET, "Sunset", "Sunrise"),
    (Twilight.CIVIL, "Civil dusk", "Civil dawn"),
    (Twilight.NAUTICAL, "Nautical dusk", "Nautical dawn"),
    (Twilight.ASTRONOMICAL, "Astronomical dusk", "Astronomical dawn"),
)
AROUND_SECONDS = 3 * 3600.0  # sunset and sunrise belong to the night, though the plan does not need them


def heaven(
    plan: Plan, targets: tuple[Target, ...], site: Site, night: Tonight, begins: float, ends: float
) -> list[Entry]:
    """Everything from somewhat before the beginning to somewhat after the end."""
    found = [*_sun(site, begins, ends), *_moon(site, begins, ends)]
    for planned, target, up in zip(plan.sky, targets, night.up, strict=True):
        found += [_usable(target, window, site, planned.min_altitude_deg) for window in up]
    return found


def _sun(site: Site, begins: float, ends: float) -> list[Entry]:
    low, high = begins - AROUND_SECONDS, ends + AROUND_SECONDS
    found: list[Entry] = []
    for level, dusk, dawn in LEVELS:
        limit = level.value
        for dark in windows(lambda moments, limit=limit: limit - sun_altitude_deg(site, moments), low, high):  # type: ignore[misc]
            found += [Entry(dark.begins, "sky", dusk)] if dark.begins > low else []
            found += [Entry(dark.ends, "sky", dawn)] if dark.ends < high else []
    # Of a long span the neighbouring nights' twilights are no part of this one.
    first = max((one.at for one in found if one.what == "Sunset" and one.at <= begins + 7200), default=low)
    last = min((one.at for one in found if one.what == "Sunrise" and one.at >= ends - 7200), default=high)
    return [one for one in found if first <= one.at <= last]


def _moon(site: Site, begins: float, ends: float) -> list[Entry]:
    found: list[Entry] = []
    for up in windows(lambda moments: moon_altitude_deg(site, moments) - MOON_LIMIT_DEG, begins, ends):
        if up.begins > begins:
            found.append(Entry(up.begins, "sky", "Moonrise", f"{100 * moon_lit(up.begins):.0f} % lit"))
        if up.ends < ends:
            found.append(Entry(up.ends, "sky", "Moonset", f"{100 * moon_lit(up.ends):.0f} % lit"))
    return found


def _usable(target: Target, window: Window, site: Site, minimum_deg: float) -> Entry:
    highest = max(altitudes(target.position, site, window))
    detail = f"above {minimum_deg:g}°, at most {highest:.0f}° high"
    transit = transit_near(target.position, site, (window.begins + window.ends) / 2)
    if window.begins < transit < window.ends:
        detail += f", on the meridian at {_clock(transit)}"
    return Entry(window.begins, "target", f"{target.name} can be used", detail, window.ends)


def altitudes(position: J2000, site: Site, window: Window) -> list[float]:
    """Degrees at both ends of a window and at its culmination, if it is in it."""
    transit = transit_near(position, site, (window.begins + window.ends) / 2)
    moments = [window.begins, window.ends, *([transit] if window.begins < transit < window.ends else [])]
    return [float(altitude) for altitude in observe(position, site, moments)[0]]


def _clock(unix: float) -> str:
    minutes = round(unix / 60) % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"
