"""Directions on the sphere: reading, writing, angles between them, and the view from a site.

Positions are J2000 (ICRS) degrees. Nothing here ever looks for a network: astropy's Earth rotation
tables are not used, UT1 is taken as UTC (they differ by less than 0.9 s, 14" of hour angle).
"""

import re
from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from appliance.errors import BadInput
from hardware.devices import J2000, Site

Array = NDArray[np.float64]
UNIX_EPOCH_JD = 2440587.5
TT_MINUS_UTC = 69.184  # seconds; 37 leap seconds since 2017 + 32.184
# Standard atmosphere of ICAO: pressure by height, for refraction when nobody measured it.
SEA_LEVEL_HPA, SCALE_HEIGHT_M = 1013.25, 8434.0


def separation_deg(first: J2000, second: J2000) -> float:
    """Angle between two directions, 0..180 degrees, exact for the smallest angles too."""
    return degrees(erfa.seps(*_radians(first), *_radians(second)))


def separation_arcsec(first: J2000, second: J2000) -> float:
    """Angle between two directions in arcseconds."""
    return separation_deg(first, second) * 3600


def position_angle_deg(origin: J2000, to: J2000) -> float:
    """Direction from `origin` to another position, degrees east of north, 0..360."""
    return degrees(erfa.pas(*_radians(origin), *_radians(to))) % 360


def offset_by(origin: J2000, position_angle: float, distance_deg: float) -> J2000:
    """The position so many degrees away along a great circle that starts east of north by the angle."""
    ra, dec = _radians(origin)
    angle, distance = radians(position_angle), radians(distance_deg)
    x = cos(distance) * cos(dec) - sin(distance) * sin(dec) * cos(angle)
    y = sin(distance) * sin(angle)
    z = cos(distance) * sin(dec) + sin(distance) * cos(dec) * cos(angle)
    return J2000(degrees(ra + atan2(y, x)) % 360, degrees(atan2(z, hypot(x, y))))


def unit_vector(position: J2000) -> Array:
    """Cartesian unit vector (x to RA 0, z to the north pole)."""
    return np.asarray(erfa.s2c(*_radians(position)), dtype=np.float64)


def from_vector(vector: ArrayLike) -> J2000:
    """The direction of a vector of any length."""
    x, y, z = (float(value) for value in np.asarray(vector))
    return J2000(degrees(atan2(y, x)) % 360, degrees(atan2(z, hypot(x, y))))


def _radians(position: J2000) -> tuple[float, float]:
    return radians(position.ra_deg), radians(position.dec_deg)


def julian_utc(utc_unix: ArrayLike) -> tuple[float, Array]:
    """A two-part UTC Julian date (erfa's quasi-JD) of seconds since 1970."""
    return UNIX_EPOCH_JD, np.asarray(utc_unix, dtype=np.float64) / 86400


def julian_tt(utc_unix: ArrayLike) -> tuple[float, Array]:
    """A two-part TT Julian date of seconds since 1970."""
    return UNIX_EPOCH_JD, (np.asarray(utc_unix, dtype=np.float64) + TT_MINUS_UTC) / 86400


def observe(
    position: J2000, site: Site, utc_unix: ArrayLike, *, refraction: bool = False
) -> tuple[Array, Array, Array]:
    """Altitude, azimuth (north over east) and apparent hour angle (-180..180), degrees, at UTC moments.

    `refraction` is for visible light in a standard atmosphere at the site's height, 10 °C.
    """
    return observe_many(*_radians(position), site, utc_unix, refraction=refraction)


def observe_many(
    ra: ArrayLike, dec: ArrayLike, site: Site, utc_unix: ArrayLike, *, refraction: bool = False
) -> tuple[Array, Array, Array]:
    """As `observe`, for arrays of ICRS right ascension and declination in radians.

    The transformation ICRS to observed of SOFA's atco13, with the 1 mas nutation of IAU 2000B and
    without its table of leap seconds, which warns of every year it does not know yet.
    """
    star = _star_independent(site, utc_unix, refraction)
    apparent_ra, apparent_dec = erfa.atciq(ra, dec, 0.0, 0.0, 0.0, 0.0, star)
    azimuth, zenith, hour_angle, _, _ = erfa.atioq(apparent_ra, apparent_dec, star)
    return 90 - np.degrees(zenith), np.degrees(azimuth), np.degrees(hour_angle)


def _star_independent(site: Site, utc_unix: ArrayLike, refraction: bool) -> Array:
    hpa = SEA_LEVEL_HPA * np.exp(-site.elevation_m / SCALE_HEIGHT_M) if refraction else 0.0
    day, fraction = julian_tt(utc_unix)
    # Aberration and precession move by less than 1" within three days: once is enough, and 20 times faster.
    tt = (day, fraction.mean() if np.ptp(fraction) <= 3 else fraction)
    at_once = np.ndim(tt[1]) == 0
    heliocentric, barycentric, pole_x, pole_y, origin = (
        _earth_and_pole_at(round(float(tt[1]) * 24)) if at_once else _earth_and_pole(*tt)
    )
    rotation = erfa.era00(*julian_utc(utc_unix))
    refraction_a, refraction_b = erfa.refco(hpa, 10.0, 0.5, 0.55)
    context: Array = erfa.apco(
        *tt, barycentric, heliocentric["p"], pole_x, pole_y, origin, rotation,
        radians(site.longitude_deg), radians(site.latitude_deg), site.elevation_m, 0.0, 0.0, 0.0,
        refraction_a, refraction_b,
    )  # fmt: skip
    return context


@lru_cache(maxsize=512)
def _earth_and_pole_at(hour: int) -> tuple[Any, ...]:
    """For whole hours since 1970: who asks at one moment asks again at the next."""
    return _earth_and_pole(UNIX_EPOCH_JD, hour / 24)


def _earth_and_pole(day: float, fraction: ArrayLike) -> tuple[Any, ...]:
    """Where the Earth is and how its axis points at a two-part TT Julian date."""
    return (*erfa.epv00(day, fraction), *erfa.xys00b(day, fraction))


def earth_at_hour(hour: int) -> Array:
    """The Earth seen from the Sun at a whole hour since 1970 (TT), (3,), ICRS, au."""
    position: Array = _earth_and_pole_at(hour)[0]["p"]
    return position


def alt_az(position: J2000, site: Site, utc_unix: float, *, refraction: bool = False) -> tuple[float, float]:
    """Altitude and azimuth at one moment; see `observe`."""
    altitude, azimuth, _ = observe(position, site, utc_unix, refraction=refraction)
    return float(altitude), float(azimuth)


def from_alt_az(
    altitude: float, azimuth: float, site: Site, utc_unix: float, *, refraction: bool = False
) -> J2000:
    """The direction that stands at this altitude and azimuth (north over east) now; inverse of `alt_az`."""
    star = _star_independent(site, utc_unix, refraction)
    ra, dec = erfa.atoiq("A", radians(azimuth), radians(90 - altitude), star)
    ra, dec = erfa.aticq(ra, dec, star)
    return J2000(degrees(erfa.anp(ra)) % 360, degrees(dec))


def sidereal_hours(site: Site, utc_unix: float) -> float:
    """Local apparent sidereal time, 0 ≤ hours < 24. IAU 2000B."""
    return float(degrees(erfa.gst00b(*julian_utc(utc_unix))) + site.longitude_deg) / 15 % 24


def hour_angle_deg(position: J2000, site: Site, utc_unix: float) -> float:
    """Apparent hour angle at one moment, -180..180 degrees, positive west of the meridian."""
    return float(observe(position, site, utc_unix)[2])


def airmass(altitude: float) -> float | None:
    """Relative airmass at a true altitude in degrees, None below 0.

    The rational formula of Young (1994, Applied Optics 33, 1108): finite at the horizon.
    """
    if altitude < 0:
        return None
    c = sin(radians(altitude))
    return (1.002432 * c**2 + 0.148386 * c + 0.0096467) / (
        c**3 + 0.149864 * c**2 + 0.0102963 * c + 0.000303978
    )


def format_ra(ra_deg: float, separator: str = "hms", decimals: int = 1) -> str:
    """Right ascension as "05h35m17.3s" or, with separator ":", "05:35:17.3"; never 60 s or 24 h."""
    ticks = round(ra_deg % 360 * 240 * 10**decimals) % (86400 * 10**decimals)
    return _sexagesimal(ticks, decimals, separator)


def format_dec(dec_deg: float, separator: str = "dms", decimals: int = 0) -> str:
    """Declination as "-05d23m28s" or, with separator ":", "-05:23:28"."""
    ticks = round(abs(dec_deg) * 3600 * 10**decimals)
    return ("-" if dec_deg < 0 and ticks else "+") + _sexagesimal(ticks, decimals, separator)


def format_position(position: J2000) -> str:
    """Both, as in "05h35m17.3s -05d23m28s"."""
    return f"{format_ra(position.ra_deg)} {format_dec(position.dec_deg)}"


def _sexagesimal(ticks: int, decimals: int, separator: str) -> str:
    minutes, seconds = divmod(ticks, 60 * 10**decimals)
    whole, minutes = divmod(minutes, 60)
    width = 3 + decimals if decimals else 2
    last = f"{seconds / 10**decimals:0{width}.{decimals}f}"
    if separator == ":":
        return f"{whole:02d}:{minutes:02d}:{last}"
    return f"{whole:02d}{separator[0]}{minutes:02d}{separator[1]}{last}{separator[2]}"


_NUMBER = r"\d+(?:\.\d*)?"


def parse_position(text: str, field: str = "coordinates") -> J2000 | None:
    """Read "10h08m22s +11d58m02s", "10:08:22 +11:58:02", "10 08 22, 11 58 02" or degrees "152.09 11.97".

    A right ascension with h, colons or several numbers is in hours, a single plain number in degrees.
    None when the text does not look like coordinates; BadInput (about `field`) when it does but is
    off the sphere.
    """
    plain = text.strip().lower().replace("−", "-")
    parts = _split(plain)
    if parts is None:
        return None
    ra_text, sign, dec_text = parts
    ra, dec = _value(ra_text), _value(dec_text)
    if ra is None or dec is None:
        return None
    in_hours = any(mark in ra_text for mark in "h: ") and "°" not in ra_text and "d" not in ra_text
    ra_deg, dec_deg = ra * 15 if in_hours else ra, -dec if sign == "-" else dec
    if ra_deg >= 360 or not -90 <= dec_deg <= 90:
        raise BadInput(field, f"{text!r} is not on the sky: RA is 0 to 24 h, declination -90 to 90")
    return J2000(ra_deg, dec_deg)


def _split(plain: str) -> tuple[str, str, str] | None:
    if not re.fullmatch(r"[\d\s.:,+\-hdms°'\"′″]+", plain):
        return None
    for pattern in (r"(.+?)[\s,]*([+-])(.+)", r"(.+?)\s*()[,](.+)", r"(.+[s\"″])()(.+)", r"(\S+)\s+()(\S+)"):
        match = re.fullmatch(pattern, plain)
        if match:
            return match[1].strip(), match[2], match[3].strip()
    return None


def _value(text: str) -> float | None:
    """Whole, minutes and seconds as one number; None for anything else."""
    match = re.fullmatch(
        rf"({_NUMBER})\s*[hd°:]?\s*(?:({_NUMBER})\s*[m:'′]?\s*(?:({_NUMBER})\s*[s\"″]?)?)?", text
    )
    if not match:
        return None
    whole, minutes, seconds = (float(group or 0) for group in match.groups())
    return whole + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None
