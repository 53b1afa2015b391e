import calendar
import time
from itertools import pairwise

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers

from appliance.errors import BadInput
from appliance.sky.catalogue import find
from appliance.sky.coordinates import alt_az
from appliance.sky.horizon import Horizon, read_horizon
from appliance.sky.rise_set import appearance, highest_tonight, next_rise, observable, transit_near
from appliance.sky.twilight import Twilight, darkness, night_date, sun_altitude_deg
from appliance.sky.windows import Always, Never, Window, windows
from hardware.devices import J2000, Site

MUNICH = Site(48.1, 11.6, 520.0)
GREENWICH = Site(51.4779, 0.0)
NORTH_CAPE = Site(71.17, 25.78)
FLAT = Horizon()


def utc(text: str) -> float:
    return float(calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M")))


@pytest.mark.parametrize("moment", ["2026-11-20 21:43", "2026-06-21 03:00", "2025-02-01 12:00"])
def test_the_sun_is_where_astropy_has_it(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iers.conf, "auto_download", False)
    monkeypatch.setattr(iers.conf, "auto_max_age", None)
    monkeypatch.setattr(iers.conf, "iers_degraded_accuracy", "ignore")
    when = Time(utc(moment), format="unix")
    place = EarthLocation.from_geodetic(MUNICH.longitude_deg, MUNICH.latitude_deg, MUNICH.elevation_m)
    sun = get_body("sun", when, place).transform_to(AltAz(obstime=when, location=place))
    assert sun_altitude_deg(MUNICH, utc(moment)) == pytest.approx(sun.alt.to_value(u.deg), abs=0.01)


def test_dusk_and_dawn_as_almanacs_give_them() -> None:
    """Greenwich, 2024-03-20 (HM Nautical Almanac Office: sunset 18:13, sunrise 06:02 on the 21st)."""
    night = darkness(GREENWICH, utc("2024-03-20 12:00"), Twilight.SUNSET)
    assert isinstance(night, Window)
    assert night.begins == pytest.approx(utc("2024-03-20 18:13"), abs=90)
    assert night.ends == pytest.approx(utc("2024-03-21 06:01"), abs=90)


def test_twilights_lie_inside_each_other() -> None:
    nights = [darkness(MUNICH, utc("2026-11-20 12:00"), kind) for kind in Twilight]
    for outer, inner in pairwise(nights):
        assert isinstance(outer, Window)
        assert isinstance(inner, Window)
        assert outer.begins < inner.begins < inner.ends < outer.ends
    for kind, night in zip(Twilight, nights, strict=True):
        assert isinstance(night, Window)
        assert sun_altitude_deg(MUNICH, night.begins) == pytest.approx(kind.value, abs=0.01)


def test_in_the_night_the_night_is_the_present_one_whole() -> None:
    before = darkness(MUNICH, utc("2026-11-20 12:00"))
    during = darkness(MUNICH, utc("2026-11-21 02:00"))
    assert isinstance(before, Window)
    assert isinstance(during, Window)
    assert during.begins == pytest.approx(before.begins, abs=1)
    after = darkness(MUNICH, utc("2026-11-21 09:00"))
    assert isinstance(after, Window)
    assert after.begins > before.ends


def test_polar_day_and_night() -> None:
    assert darkness(NORTH_CAPE, utc("2026-06-21 12:00"), Twilight.SUNSET) == Never()
    assert darkness(NORTH_CAPE, utc("2026-12-21 12:00"), Twilight.SUNSET) == Always()
    assert isinstance(darkness(NORTH_CAPE, utc("2026-12-21 12:00")), Window)
    assert darkness(Site(54.0, 10.0), utc("2026-06-21 12:00")) == Never()
    assert isinstance(darkness(Site(54.0, 10.0), utc("2026-06-21 12:00"), Twilight.CIVIL), Window)
    assert darkness(Site(-90.0, 0.0), utc("2026-06-21 12:00")) == Always()


def test_the_night_is_named_after_its_evening() -> None:
    assert night_date(MUNICH, utc("2026-11-20 12:00")) == "2026-11-20"
    assert night_date(MUNICH, utc("2026-11-21 10:00")) == "2026-11-20"
    assert night_date(MUNICH, utc("2026-11-21 11:30")) == "2026-11-21"
    assert night_date(Site(20.0, -155.5), utc("2026-11-21 08:00")) == "2026-11-20"
    assert night_date(Site(-36.8, 174.8), utc("2026-11-20 08:00")) == "2026-11-20"


def test_a_target_rises_culminates_and_sets() -> None:
    orion = find("M42").position
    passage = appearance(orion, MUNICH, utc("2026-11-20 12:00"), Horizon(20.0))
    assert isinstance(passage.up, Window)
    for moment in (passage.up.begins, passage.up.ends):
        assert alt_az(orion, MUNICH, moment)[0] == pytest.approx(20.0, abs=0.01)
    assert passage.up.begins < passage.transit < passage.up.ends
    assert alt_az(orion, MUNICH, passage.transit)[1] == pytest.approx(180, abs=0.01)
    assert passage.highest_deg == pytest.approx(90 - 48.1 - 5.4, abs=0.1)
    # While it is up, the same passage is the answer.
    again = appearance(orion, MUNICH, passage.up.ends - 600, Horizon(20.0))
    assert isinstance(again.up, Window)
    assert (again.up.begins, again.up.ends) == pytest.approx((passage.up.begins, passage.up.ends), abs=1)
    assert again.transit == pytest.approx(passage.transit, abs=1)


def test_never_and_always() -> None:
    south = appearance(J2000(83.8, -85.0), MUNICH, utc("2026-11-20 12:00"), FLAT)
    north = appearance(J2000(83.8, 85.0), MUNICH, utc("2026-11-20 12:00"), FLAT)
    assert south.up == Never()
    assert south.highest_deg < 0
    assert north.up == Always()
    assert next_rise(J2000(83.8, -85.0), MUNICH, 0.0, FLAT) is None
    assert next_rise(J2000(83.8, 85.0), MUNICH, 1e9, FLAT) == 1e9


def test_a_house_in_the_south_splits_the_passage() -> None:
    night = Window(utc("2026-11-20 18:00"), utc("2026-11-21 05:00"))
    house = Horizon(10.0, ((150.0, 0.0), (151.0, 60.0), (209.0, 60.0), (210.0, 0.0)))
    orion = find("M42").position
    free = observable(orion, MUNICH, Horizon(10.0), night)
    split = observable(orion, MUNICH, house, night)
    assert (len(free), len(split)) == (1, 2)
    assert alt_az(orion, MUNICH, split[0].ends)[1] == pytest.approx(150.5, abs=1)
    assert observable(J2000(83.8, -85.0), MUNICH, FLAT, night) == []


def test_the_highest_tonight_is_in_the_dark() -> None:
    noon = utc("2026-11-20 12:00")
    orion, sun_side = find("M42").position, find("M8").position
    assert highest_tonight(orion, MUNICH, noon) == pytest.approx(36.5, abs=0.2)
    # The Lagoon culminates by day in November: at nightfall it stands low or below.
    assert highest_tonight(sun_side, MUNICH, noon) < 5
    assert alt_az(sun_side, MUNICH, transit_near(sun_side, MUNICH, noon))[0] > 15
    # At the end of the night what was high is no longer counted.
    assert highest_tonight(orion, MUNICH, utc("2026-11-21 04:30")) < 20
    assert highest_tonight(orion, NORTH_CAPE, utc("2026-06-21 12:00")) == pytest.approx(13.4, abs=0.2)


def test_the_horizon_goes_round() -> None:
    line = Horizon(5.0, ((10.0, 20.0), (350.0, 40.0)))
    assert line.altitude_deg([0.0, 10.0, 350.0, 180.0]) == pytest.approx([30.0, 20.0, 40.0, 30.0])
    assert Horizon(5.0).altitude_deg([0.0, 200.0]).tolist() == [5.0, 5.0]
    assert Horizon(25.0, ((0.0, 20.0), (180.0, 40.0))).altitude_deg([0.0])[0] == 25.0


def test_a_horizon_file() -> None:
    assert read_horizon("# trees\n0 20\n90, 35.5  # oak\n\n360 20", 3.0) == Horizon(
        3.0, ((0.0, 20.0), (0.0, 20.0), (90.0, 35.5))
    )
    for text in ("0 20 30", "north 20", "400 20", "10 95", "10"):
        with pytest.raises(BadInput, match="horizon line 2"):
            read_horizon(f"0 20\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        "# Skychart: azimuth as a whole number\n\n0 12\n90 20.5\n270 5\n",
        "\ufeff# NINA\n0\t12\n90;20.5\n270, 5\n",
        "[[12, 0], [20.5, 90], [5, 270]]",
    ],
)
def test_horizons_of_other_programs(text: str) -> None:
    assert read_horizon(text).points == ((0.0, 12.0), (90.0, 20.5), (270.0, 5.0))


@pytest.mark.parametrize(
    ("text", "why"),
    [("[[12, 0], [1]]", "point 2"), ("[[12, 0", "none"), ('[["a", 0]]', "point 1"), ("[[95, 0]]", "range")],
)
def test_a_horizon_in_json_that_is_none(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_horizon(text)


def test_windows_are_clipped_and_ordered() -> None:
    found = windows(lambda t: np.sin(2 * np.pi * t / 10000), 1000.0, 24000.0)
    assert [(round(w.begins), round(w.ends)) for w in found] == [(1000, 5000), (10000, 15000), (20000, 24000)]
    assert windows(lambda t: t * 0 - 1, 0.0, 1e5) == []
    assert windows(lambda t: t * 0 + 1, 0.0, 1e5) == [Window(0.0, 1e5)]
