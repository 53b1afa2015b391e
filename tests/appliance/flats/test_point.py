"""When the Sun is where flats want it, and what lies opposite to it."""

import numpy as np
import pytest

from appliance.flats.point import (
    SunRange,
    flat_point,
    shifted,
    sky_rate,
    tonights_twilight,
    twilight_windows,
)
from appliance.sky.coordinates import alt_az, separation_arcsec
from appliance.sky.twilight import sun_altitude_deg, sun_azimuth_deg
from hardware.devices import J2000, Site

SITE = Site(48.1, 11.6, 520.0)
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC
HOUR, DAY = 3600.0, 86400.0
SUN = SunRange(-11.0, 0.0)
DAWN = EVENING + 9.3 * HOUR
DUSK_AT = EVENING - 4 * HOUR


def test_the_windows_of_a_day() -> None:
    for kind in ("dusk", "dawn"):
        (only,) = twilight_windows(SITE, EVENING - DAY / 2, EVENING + DAY / 2, kind, SUN)
        edges = sun_altitude_deg(SITE, [only.begins, only.ends])
        expected = (0.0, -11.0) if kind == "dusk" else (-11.0, 0.0)
        assert edges == pytest.approx(expected, abs=0.1)
        assert 60 < only.seconds / 60 < 75


def test_dusk_is_this_night_s_or_over() -> None:
    dusk = tonights_twilight(SITE, EVENING - 10 * HOUR, DAWN, "dusk", SUN)
    assert dusk is not None
    assert dusk.begins == pytest.approx(DUSK_AT, abs=HOUR)
    assert tonights_twilight(SITE, EVENING, DAWN, "dusk", SUN) is None
    now = tonights_twilight(SITE, dusk.begins + 600, DAWN, "dusk", SUN)
    assert now is not None
    assert now.ends == pytest.approx(dusk.ends, abs=60)


def test_dawn_follows_the_night_or_is_now() -> None:
    dawn = tonights_twilight(SITE, EVENING, DAWN, "dawn", SUN)
    assert dawn is not None
    assert 0 < dawn.begins - EVENING < 11 * HOUR
    inside = dawn.begins + 900
    again = tonights_twilight(SITE, inside, DAWN + DAY, "dawn", SUN)  # a box that starts again in the morning
    assert again is not None
    assert again.begins == pytest.approx(dawn.begins, abs=60)


def test_in_the_morning_after_it_dawn_is_over() -> None:
    dawn = tonights_twilight(SITE, EVENING, DAWN, "dawn", SUN)
    assert dawn is not None
    assert tonights_twilight(SITE, dawn.ends + 600, DAWN + DAY, "dawn", SUN) is None
    noon = dawn.ends + 6 * HOUR
    assert tonights_twilight(SITE, noon, DAWN + DAY, "dawn", SUN) is not None


def test_where_the_sun_does_not_sink_there_is_none() -> None:
    north = Site(78.0, 15.0)
    summer = EVENING + 212 * DAY
    assert tonights_twilight(north, summer, summer + DAY, "dusk", SUN) is None


def test_the_sky_changes_as_fast_as_the_sun_moves() -> None:
    assert sky_rate(SITE, DUSK_AT) == pytest.approx(-0.072, abs=0.01)
    assert sky_rate(Site(0.0, 11.6), EVENING - 3.2 * HOUR) == pytest.approx(-0.105, abs=0.01)
    assert sky_rate(SITE, EVENING + 10.2 * HOUR) > 0.06


def test_the_flat_point_is_high_and_away_from_the_sun() -> None:
    altitude, azimuth = alt_az(flat_point(SITE, DUSK_AT, 75.0), SITE, DUSK_AT)
    assert altitude == pytest.approx(75.0, abs=0.01)
    apart = (azimuth - sun_azimuth_deg(SITE, DUSK_AT)) % 360
    assert apart == pytest.approx(180, abs=0.05)


def test_shifts_are_apart_and_stay_near() -> None:
    places = [shifted(J2000(10.0, 50.0), number, 60.0) for number in range(25)]
    apart = [separation_arcsec(a, b) for i, a in enumerate(places) for b in places[:i]]
    assert min(apart) > 55
    assert max(separation_arcsec(places[0], one) for one in places) == pytest.approx(
        60 * np.sqrt(24), rel=0.01
    )
    assert shifted(J2000(10.0, 50.0), 7, 0.0) == J2000(10.0, 50.0)
