"""Angles on the turning sky, in degrees."""

from math import cos, radians, sin

from hardware.devices import J2000

# How fast the sky turns, of UTC (Meeus, Astronomical Algorithms, 12.4).
SIDEREAL_DEG_S = 360.98564736629 / 86400


def on_sphere(ra_deg: float, dec_deg: float) -> J2000:
    """Fold angles that ran over a pole or past 360 degrees back."""
    if abs(dec_deg) > 90:
        ra_deg, dec_deg = ra_deg + 180, (180 if dec_deg > 0 else -180) - dec_deg
    return J2000(ra_deg % 360, dec_deg)


def sin_altitude(hour_angle_deg: float, dec_deg: float, latitude_deg: float) -> float:
    """Sine of the altitude (spherical triangle pole, zenith, star)."""
    dec, lat = radians(dec_deg), radians(latitude_deg)
    return sin(lat) * sin(dec) + cos(lat) * cos(dec) * cos(radians(hour_angle_deg))


def sidereal_deg(utc_unix: float, longitude_deg: float) -> float:
    """Local mean sidereal time in degrees (Meeus, Astronomical Algorithms, 12.4 without its small terms)."""
    days = utc_unix / 86400 - 10957.5  # since J2000.0
    return (280.46061837 + 360.98564736629 * days + longitude_deg) % 360


def wrapped(degrees: float) -> float:
    """An angle from -180 to below 180."""
    return (degrees + 180) % 360 - 180
