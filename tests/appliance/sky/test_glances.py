"""How objects stand tonight, against the slow and exact way, and in what order they are offered."""

import numpy as np
import pytest

from appliance.sky.best import LOWEST_DEG, best_tonight, common_name
from appliance.sky.catalogue import find
from appliance.sky.chart import chart
from appliance.sky.coordinates import alt_az, observe, separation_deg
from appliance.sky.glances import Night, glances, night_at
from appliance.sky.horizon import Horizon
from appliance.sky.rise_set import highest_tonight, observable, transit_near
from appliance.sky.twilight import Twilight
from appliance.sky.windows import Window
from hardware.devices import J2000, Site
from hardware.stars.catalogue import stars_within

SITE = Site(48.1, 11.6, 520.0)
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC
DAY = EVENING - 8 * 3600
NAMES = ("M 31", "M 42", "M 13", "M 81", "Vega", "Sirius", "Canopus", "M 45", "Polaris")


@pytest.mark.parametrize("now", [EVENING, DAY])
@pytest.mark.parametrize("site", [SITE, Site(-33.9, 18.4), Site(0.0, -78.5)])
def test_a_glance_agrees_with_the_slow_way(now: float, site: Site) -> None:
    places = [find(name).position for name in NAMES]
    night = night_at(site, now)
    assert night.dark
    for place, seen in zip(places, glances(places, site, now, night), strict=True):
        altitude, azimuth = alt_az(place, site, now)
        assert (seen.altitude_deg, seen.azimuth_deg) == pytest.approx((altitude, azimuth), abs=1e-6)
        assert now <= seen.transit < now + 86400
        assert seen.transit == pytest.approx(transit_near(place, site, seen.transit), abs=60)
        assert seen.best_deg == pytest.approx(highest_tonight(place, site, now, Twilight.NAUTICAL), abs=0.1)
        assert night.begins <= seen.best_at <= night.ends
        assert float(observe(place, site, seen.best_at)[0]) == pytest.approx(seen.best_deg, abs=0.1)


def test_where_it_does_not_get_dark_the_next_day_is_looked_at() -> None:
    night = night_at(Site(70.0, 20.0), 1_782_000_000.0)  # June
    assert not night.dark
    assert night.ends - night.begins == 86400


def test_the_best_are_high_and_without_the_moon_in_order_of_their_altitude() -> None:
    moonless = Night(*(night_at(SITE, EVENING).begins, night_at(SITE, EVENING).ends), dark=True, moon_lit=0.0)
    picks = best_tonight(SITE, EVENING, moonless, Horizon(), "galaxies", 12)
    heights = [pick.glance.best_deg for pick in picks]
    assert len(picks) == 12
    assert heights == sorted(heights, reverse=True)
    assert {pick.group for pick in picks} == {"galaxies"}
    assert min(heights) >= LOWEST_DEG


def test_the_moon_sends_its_neighbours_back_and_galaxies_more_than_clusters() -> None:
    night = night_at(SITE, EVENING)

    def places(lit: float, group: str) -> dict[str, int]:
        under = Night(night.begins, night.ends, dark=True, moon_lit=lit)
        picks = best_tonight(SITE, EVENING, under, Horizon(), group, 400)  # type: ignore[arg-type]
        return {pick.target.name: n for n, pick in enumerate(picks)}

    dark, bright = places(0.0, "galaxies"), places(1.0, "galaxies")
    moon_side = [
        pick.target.name
        for pick in best_tonight(SITE, EVENING, night, Horizon(), "galaxies", 400)
        if pick.glance.moon_deg < 40
    ]
    assert moon_side
    assert np.mean([bright[name] - dark[name] for name in moon_side]) > 0
    assert set(places(1.0, "planets")) == set(places(0.0, "planets"))


def test_a_high_horizon_leaves_little() -> None:
    night = night_at(SITE, EVENING)
    assert all(
        one.glance.best_deg >= 70 for one in best_tonight(SITE, EVENING, night, Horizon(70.0), limit=100)
    )


def test_common_names() -> None:
    assert common_name("M 31") == "Andromeda Galaxy"
    assert common_name("Vega") == ""
    assert common_name("NGC 22") == ""


def test_a_chart_has_the_brightest_stars_and_ellipses_as_they_lie() -> None:
    centre = find("M 31").position
    seen = chart(centre, 2.0, stars_within, stars=100)
    magnitudes = [star[2] for star in seen.stars]
    assert len(magnitudes) == 100
    assert magnitudes == sorted(magnitudes)
    assert seen.faintest == magnitudes[-1]
    assert all(separation_deg(J2000(*star[:2]), centre) <= 2.001 for star in seen.stars)
    galaxy = seen.shapes[0]
    assert (galaxy.name, galaxy.called) == ("M 31", "Andromeda Galaxy")
    assert (galaxy.major_arcmin, galaxy.minor_arcmin, galaxy.angle_deg) == (177.83, 69.66, 35.0)
    assert {"M 32", "M 110"} <= {shape.name for shape in seen.shapes}


@pytest.mark.parametrize("centre", [J2000(0.0, 90.0), J2000(359.99, -89.9), J2000(0.01, 0.0)])
def test_a_chart_of_any_place(centre: J2000) -> None:
    seen = chart(centre, 20.0, stars_within, stars=300, shapes=10)
    assert len(seen.stars) == 300
    assert len(seen.shapes) <= 10


def test_what_stays_behind_the_line_of_trees_is_not_the_best() -> None:
    night = night_at(SITE, EVENING)
    south = Horizon(0.0, ((0.0, 20.0), (89.0, 20.0), (91.0, 85.0), (269.0, 85.0), (271.0, 20.0)))
    free, behind = (
        [pick.target.name for pick in best_tonight(SITE, EVENING, night, line, limit=30)]
        for line in (Horizon(), south)
    )
    assert len(free) == len(behind) == 30
    hidden = set(free) - set(behind)
    assert hidden
    for name in hidden:
        windows = observable(find(name).position, SITE, south, Window(night.begins, night.ends))
        assert all(window.seconds < 45 * 60 for window in windows), name
