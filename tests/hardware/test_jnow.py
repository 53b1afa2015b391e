import calendar

import pytest
from astropy.coordinates import TETE, SkyCoord
from astropy.time import Time

from hardware.devices import J2000
from hardware.jnow import j2000, jnow, separation_deg

NOW = float(calendar.timegm((2026, 11, 20, 21, 0, 0)))
PLACES = [
    J2000(0.0, 0.0),
    J2000(10.68, 41.27),
    J2000(266.4, -29.0),
    J2000(359.999, 89.5),
    J2000(37.95, 89.26),
]


@pytest.mark.parametrize("place", PLACES)
def test_there_and_back_is_the_same_place(place: J2000) -> None:
    assert separation_deg(j2000(*jnow(place, NOW), NOW), place) < 1e-8


def test_theta_persei_as_in_meeus() -> None:
    """J. Meeus, Astronomical Algorithms, example 23.a: 2028 November 13.19 TD, without proper motion."""
    utc = calendar.timegm((2028, 11, 13, 4, 33, 36)) - 69.184
    ra_hours, dec_deg = jnow(J2000(41.054063, 49.227750), utc)
    assert ra_hours * 15 == pytest.approx(41.5599646, abs=2 / 3600)
    assert dec_deg == pytest.approx(49.3520685, abs=2 / 3600)


@pytest.mark.parametrize("place", PLACES)
def test_it_is_astropys_true_equator_true_equinox_place(place: J2000) -> None:
    """The nearest frame astropy has: TETE seen from the geocentre."""
    there = SkyCoord(place.ra_deg, place.dec_deg, unit="deg", frame="icrs").transform_to(
        TETE(obstime=Time(NOW, format="unix"))
    )
    ra_hours, dec_deg = jnow(place, NOW)
    ours = J2000(ra_hours * 15, dec_deg)
    assert separation_deg(ours, J2000(float(there.ra.deg), float(there.dec.deg))) < 0.05 / 3600


def test_right_ascension_stays_in_its_day() -> None:
    for place in PLACES:
        assert 0 <= jnow(place, NOW)[0] < 24
        assert 0 <= j2000(*jnow(place, NOW), NOW).ra_deg < 360


def test_separation() -> None:
    assert separation_deg(J2000(0.0, 90.0), J2000(123.0, 89.0)) == pytest.approx(1.0)
    assert separation_deg(J2000(359.5, 0.0), J2000(0.5, 0.0)) == pytest.approx(1.0)
