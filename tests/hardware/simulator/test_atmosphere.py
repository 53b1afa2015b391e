"""The simulated air: a pure function of the world, its faults and UTC."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hardware.simulator.atmosphere import Air, air, celsius, cloud_mag, seeing_arcsec, wander
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.forecast import WeatherPoint, told
from hardware.simulator.world import WeatherModel, World

NIGHT = 1_795_204_800.0
QUIET = Faults()
WORLD = World()


def with_points(*points: WeatherPoint) -> World:
    return replace(WORLD, forecast=points)


def test_a_timeline_is_linear_between_its_points_and_held_outside() -> None:
    points = (
        WeatherPoint(0.0, celsius=10.0),
        WeatherPoint(50.0, wind_m_s=3.0),  # says nothing of the temperature
        WeatherPoint(100.0, celsius=0.0),
    )
    assert [told(points, "celsius", at) for at in (-5.0, 0.0, 25.0, 50.0, 100.0, 900.0)] == [
        10.0, 10.0, 7.5, 5.0, 0.0, 0.0,
    ]  # fmt: skip
    assert told(points, "wind_m_s", 1e6) == 3.0
    assert told(points, "rain_mm_h", 50.0) is None


def test_the_forecast_stands_before_the_model_quantity_by_quantity() -> None:
    world = with_points(WeatherPoint(NIGHT, celsius=-3.0, humidity_percent=80.0, seeing_arcsec=4.0))
    there = air(world, QUIET, NIGHT)
    assert (there.celsius, there.humidity_percent, there.seeing_arcsec) == (-3.0, 80.0, 4.0)
    assert (there.wind_m_s, there.rain_mm_h, there.cloud_mag) == (1.5, 0.0, 0.0)


def test_the_day_is_warmest_in_the_afternoon_and_wanders_little_about_its_course() -> None:
    hours = {hour: celsius(WORLD, NIGHT + hour * 3600) for hour in range(24)}
    # 20 h UTC at 11.6° east: 15 h local is 18.2 hours later
    assert abs(max(hours, key=hours.__getitem__) - 18.2) < 2
    smooth = replace(WORLD, weather=WeatherModel(wander_celsius=0.0))
    off = [celsius(WORLD, NIGHT + 60 * i) - celsius(smooth, NIGHT + 60 * i) for i in range(600)]
    assert max(off) - min(off) > 0.1
    assert max(map(abs, off)) <= 0.4
    assert max(abs(b - a) for a, b in pairwise(off)) < 0.1


def test_wandering_is_the_seed_s_and_the_label_s_and_nobody_s_order() -> None:
    asked = [wander(7, "air", NIGHT + i) for i in range(50)]
    assert asked == [wander(7, "air", NIGHT + i) for i in reversed(range(50))][::-1]
    assert wander(7, "air", NIGHT) != wander(8, "air", NIGHT)
    assert wander(7, "air", NIGHT) != wander(7, "seeing", NIGHT)
    assert all(abs(wander(3, "x", NIGHT + 300 * i)) <= 1 for i in range(200))


def test_seeing_stays_about_its_mean() -> None:
    seeing = [seeing_arcsec(WORLD, NIGHT + 120 * i) for i in range(400)]
    assert 2.0 <= min(seeing) < 2.4
    assert 2.6 < max(seeing) <= 3.0
    assert sum(seeing) / len(seeing) == pytest.approx(2.5, abs=0.15)


def test_a_bank_of_clouds_comes_and_goes_over_three_minutes() -> None:
    bank = Faults((Fault(FaultKind.CLOUDS, NIGHT, 1200.0, amount=4.0),))
    seconds = (-1, 0, 90, 180, 600, 1020, 1155, 1200)
    at = [cloud_mag(WORLD, bank, NIGHT + after) for after in seconds]
    assert at == pytest.approx([0, 0, 2, 4, 4, 4, 1, 0])
    thin = with_points(WeatherPoint(NIGHT, cloud_mag=0.5))
    assert cloud_mag(thin, bank, NIGHT + 600) == pytest.approx(4.5)


def test_rain_and_wind_come_on_top_while_they_last() -> None:
    faults = Faults(
        (
            Fault(FaultKind.RAIN, NIGHT, 60.0, amount=3.0),
            Fault(FaultKind.WIND, NIGHT, 60.0, amount=15.0),
            Fault(FaultKind.WIND, NIGHT + 30, 60.0, amount=5.0),
        )
    )

    def weather(after: float) -> tuple[float, float]:
        now: Air = air(WORLD, faults, NIGHT + after)
        return now.rain_mm_h, now.wind_m_s

    assert [weather(after) for after in (-1, 10, 40, 70, 100)] == [
        (0.0, 1.5), (3.0, 16.5), (3.0, 21.5), (0.0, 6.5), (0.0, 1.5),
    ]  # fmt: skip
