"""Bodies that move: against astropy's own ephemeris, and Kepler's equation solved in other ways."""

from math import asinh, cosh, sin, sinh, sqrt

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import EarthLocation, get_body
from astropy.time import Time

from appliance.sky.bodies import BODIES, body_position, is_body, orbit_position
from appliance.sky.coordinates import separation_arcsec
from appliance.sky.orbits import GAUSS, Elements, heliocentric_au
from hardware.devices import J2000, Site

SITE = Site(48.1, 11.6, 520.0)
PERIHELION = 2461000.5
ABERRATION = 21.0  # arcsec: theirs is apparent in this, ours as catalogues have it


@pytest.mark.parametrize("utc", [1_795_204_800.0, 1_780_000_000.0])
@pytest.mark.parametrize("name", BODIES)
def test_where_bodies_are(name: str, utc: float) -> None:
    place = EarthLocation.from_geodetic(SITE.longitude_deg * u.deg, SITE.latitude_deg * u.deg, 520 * u.m)
    theirs = get_body(name.lower(), Time(utc, format="unix"), place)
    ours = body_position(name, SITE, utc)
    limit = 2.0 if name == "Moon" else ABERRATION
    assert separation_arcsec(ours, J2000(theirs.ra.deg, theirs.dec.deg)) < limit


def test_the_moon_is_seen_from_the_site_and_not_from_the_middle_of_the_earth() -> None:
    other_side = Site(-48.1, -168.4)
    assert separation_arcsec(
        body_position("Moon", SITE, 1.78e9), body_position("Moon", other_side, 1.78e9)
    ) > 3600  # fmt: skip


def test_names() -> None:
    assert is_body("moon")
    assert is_body(" Jupiter ")
    assert not is_body("M31")
    with pytest.raises(KeyError):
        body_position("Pluto", SITE, 0.0)


def elements(eccentricity: float) -> Elements:
    return Elements(1.2, eccentricity, 10.0, 20.0, 30.0, PERIHELION)


def distance(eccentricity: float, days: float) -> float:
    return float(np.linalg.norm(heliocentric_au(elements(eccentricity), PERIHELION + days)))


@pytest.mark.parametrize("days", [-400.0, -10.0, 0.0, 3.0, 100.0, 3000.0])
def test_an_ellipse(days: float) -> None:
    e = 0.6
    a = 1.2 / (1 - e)
    mean = GAUSS * days / a**1.5
    low, high = mean - 1, mean + 1  # halved, because Newton's way may miss
    for _ in range(80):
        anomaly = (low + high) / 2
        low, high = (anomaly, high) if anomaly - e * sin(anomaly) < mean else (low, anomaly)
    assert distance(e, days) == pytest.approx(a * (1 - e * np.cos(anomaly)), abs=1e-9)


@pytest.mark.parametrize("days", [-200.0, 50.0, 3000.0])
def test_a_parabola_by_barkers_equation(days: float) -> None:
    w = 3 * GAUSS * days / sqrt(2 * 1.2**3)
    y = np.cbrt(w / 2 + sqrt(w * w / 4 + 1))
    assert distance(1.0, days) == pytest.approx(1.2 * (1 + (y - 1 / y) ** 2), rel=1e-9)


@pytest.mark.parametrize("days", [-200.0, 50.0, 3000.0])
def test_a_hyperbola(days: float) -> None:
    e = 1.5
    a = 1.2 / (e - 1)
    mean = GAUSS * days / a**1.5
    anomaly = asinh(mean)
    for _ in range(500):
        anomaly -= (e * sinh(anomaly) - anomaly - mean) / (e * cosh(anomaly) - 1)
    assert distance(e, days) == pytest.approx(a * (e * cosh(anomaly) - 1), rel=1e-9)


def test_almost_parabolic_orbits_are_like_the_parabola() -> None:
    for e in (1 - 1e-9, 1 + 1e-9):
        assert distance(e, 200.0) == pytest.approx(distance(1.0, 200.0), rel=1e-7)


def test_mars_by_its_elements_is_where_mars_is() -> None:
    # Osculating elements of Mars, JPL's approximate ones for J2000, moved to a perihelion near the moment.
    a, e = 1.52371034, 0.09339410
    mean_deg = (-4.55343205 + 19140.30268499 * ((2461000.5 - 2451545.0) / 36525)) - (-23.94362959)
    period = 2 * np.pi * a**1.5 / GAUSS
    perihelion = 2461000.5 - (mean_deg % 360) / 360 * period
    mars = Elements(a * (1 - e), e, 1.84969142, 49.55953891, -23.94362959 - 49.55953891 + 360, perihelion)
    utc = (2461000.5 - 2440587.5) * 86400
    away = separation_arcsec(orbit_position(mars, SITE, utc), body_position("Mars", SITE, utc))
    assert away < 600  # what those elements are good for
