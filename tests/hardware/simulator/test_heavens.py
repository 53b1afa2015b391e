"""Sun, Moon and sky brightness of the simulated sky."""

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_body
from astropy.time import Time

from hardware.devices import J2000, Site
from hardware.simulator.heavens import airmass, view

SITE = Site(48.1, 11.6, 520.0)
NIGHT = 1_795_204_800.0  # 2026-11-20 20:00 UTC, the Moon 81 % lit and up
NEW_MOON = 1_796_770_800.0  # 2026-12-09 00:00 UTC
ZENITH_MAG = 21.0


def overhead(utc_unix: float, away_deg: float = 0.0) -> J2000:
    """A direction so far from the zenith, to the north."""
    frame = AltAz(obstime=Time(utc_unix, format="unix"), location=place())
    there = SkyCoord(alt=(90 - away_deg) * units.deg, az=0 * units.deg, frame=frame).icrs
    return J2000(float(there.ra.deg), float(there.dec.deg))


def place() -> EarthLocation:
    return EarthLocation(lat=SITE.latitude_deg, lon=SITE.longitude_deg, height=SITE.elevation_m)


@pytest.mark.parametrize("hours", [0, 3, 7.5, 11, 18])
def test_places_are_those_of_astropy(hours: float) -> None:
    utc, where = NIGHT + hours * 3600, J2000(83.8, 20.0)
    frame = AltAz(obstime=Time(utc, format="unix"), location=place())
    sun, moon = (get_body(name, frame.obstime, place()) for name in ("sun", "moon"))
    target = SkyCoord(ra=where.ra_deg * units.deg, dec=where.dec_deg * units.deg)
    seen = view(SITE, utc, where, ZENITH_MAG)
    assert seen.sun_altitude_deg == pytest.approx(sun.transform_to(frame).alt.deg, abs=0.02)
    assert seen.moon_altitude_deg == pytest.approx(moon.transform_to(frame).alt.deg, abs=0.02)
    assert seen.altitude_deg == pytest.approx(target.transform_to(frame).alt.deg, abs=0.02)
    away = target.transform_to(frame).separation(moon.transform_to(frame)).deg
    assert seen.moon_away_deg == pytest.approx(away, abs=0.05)


def test_without_a_moon_the_zenith_is_as_dark_as_it_is() -> None:
    seen = view(SITE, NEW_MOON, overhead(NEW_MOON), ZENITH_MAG)
    assert seen.moon_lit < 0.02
    assert seen.sky_mag == pytest.approx(ZENITH_MAG, abs=0.02)
    assert seen.airmass == pytest.approx(1.0, abs=0.001)
    assert seen.extinction_mag == pytest.approx(0.0, abs=0.001)


def test_towards_the_horizon_the_sky_brightens_and_the_stars_fade() -> None:
    low = view(SITE, NEW_MOON, overhead(NEW_MOON, 60.0), ZENITH_MAG)
    assert low.airmass == pytest.approx(2.0, abs=0.01)
    assert low.extinction_mag == pytest.approx(0.2, abs=0.005)
    assert 0.3 < ZENITH_MAG - low.sky_mag < 0.7
    assert airmass(-20.0) == airmass(0.0) == pytest.approx(38, abs=0.2)


def test_the_moon_lights_the_sky_more_the_closer_it_is() -> None:
    moon = get_body("moon", Time(NIGHT, format="unix"), place())  # GCRS, as seen from the site
    ra, dec = float(moon.ra.deg), float(moon.dec.deg)
    mags = [view(SITE, NIGHT, J2000(ra + away, dec), ZENITH_MAG).sky_mag for away in (3.0, 8.0, 20.0, 60.0)]
    assert mags == sorted(mags)
    # Krisciunas and Schaefer's full Moon takes about 3.5 magnitudes at 60 degrees from the darkest sky.
    assert 1.0 < ZENITH_MAG - mags[-1] < 3.0
    assert ZENITH_MAG - mags[0] > 4
    lit = view(SITE, NIGHT, J2000(ra, dec), ZENITH_MAG).moon_lit
    assert lit == pytest.approx(0.81, abs=0.02)


def test_twilight_goes_as_fast_as_flat_takers_know_and_daylight_has_a_limit() -> None:
    minutes = NEW_MOON - 12 * 3600 + 60 * np.arange(24 * 60)
    suns = np.array([view(SITE, utc, J2000(0, 80), ZENITH_MAG).sun_altitude_deg for utc in minutes])
    dusk = minutes[(suns < -4) & (suns > -9) & (np.gradient(suns) < 0)]
    mags = [view(SITE, utc, overhead(utc), ZENITH_MAG).sky_mag for utc in dusk]
    slope = np.polyfit((dusk - dusk[0]) / 60, [-0.4 * mag for mag in mags], 1)[0]
    assert slope == pytest.approx(-0.094, abs=0.025)  # powers of ten a minute, steeper near the equator
    noon = view(SITE, float(minutes[suns.argmax()]), J2000(0, 80), ZENITH_MAG)
    assert noon.sky_mag == pytest.approx(4.0, abs=0.01)
