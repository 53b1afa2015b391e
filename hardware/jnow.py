"""J2000 <-> JNow: ICRS and the apparent place referred to the true equinox of date.

INDI's EQUATORIAL_EOD_COORD is the geocentric apparent place (precession, nutation, aberration), without
refraction and diurnal effects. ERFA alone, with no tables and no network: polar motion and UT1-UTC do not
enter a geocentric place at all, and leap seconds after 2017 are left out, which is harmless: a second of TT
moves the equinox by 2 millionths of an arcsecond.
"""

import erfa
import numpy as np

from hardware.devices import J2000

UNIX_EPOCH_JD = 2440587.5
TT_MINUS_UTC = 37.0 + 32.184  # s: leap seconds since 2017, and TAI to TT


def jnow(target: J2000, utc_unix: float) -> tuple[float, float]:
    """Apparent right ascension (hours, 0 ≤ ra < 24) and declination (degrees) of date. IAU 2006/2000A."""
    ra, dec, origins = erfa.atci13(
        np.radians(target.ra_deg), np.radians(target.dec_deg), 0.0, 0.0, 0.0, 0.0, *_tt(utc_unix)
    )
    # CIRS counts right ascension from the CIO; the equation of the origins leads to the equinox.
    return float(np.degrees(erfa.anp(ra - origins)) / 15.0) % 24.0, float(np.degrees(dec))


def j2000(ra_hours: float, dec_deg: float, utc_unix: float) -> J2000:
    """The ICRS direction of an apparent place of date; the inverse of `jnow` to 1e-9 degrees."""
    tt = _tt(utc_unix)
    origins = erfa.eo06a(*tt)
    ra, dec, _ = erfa.atic13(np.radians(ra_hours * 15.0) + origins, np.radians(dec_deg), *tt)
    return J2000(float(np.degrees(erfa.anp(ra))) % 360.0, float(np.degrees(dec)))


def separation_deg(one: J2000, other: J2000) -> float:
    """Angle between two directions, degrees."""
    return float(
        np.degrees(
            erfa.seps(
                *(np.radians(angle) for angle in (one.ra_deg, one.dec_deg, other.ra_deg, other.dec_deg))
            )
        )
    )


def _tt(utc_unix: float) -> tuple[float, float]:
    return UNIX_EPOCH_JD, (utc_unix + TT_MINUS_UTC) / 86400.0
