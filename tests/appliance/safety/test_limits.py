"""Weather, battery and computer against the limits of the profile; each comes back with care."""

import pytest

from appliance.profile import ConditionsSection, SafetySection
from appliance.safety.limits import Limits
from appliance.safety.surroundings import Computer, Disk, Supply
from appliance.safety.verdict import Level
from hardware.devices import BoardHealth, Conditions, Power


def said(limits: Limits, now: Conditions) -> tuple[str, ...]:
    return tuple(one.text for one in limits.objections(now))


@pytest.mark.parametrize(
    ("now", "objections"),
    [
        (Conditions(), ()),
        (Conditions(celsius=5, humidity_percent=100, wind_m_s=12, rain_mm_h=0), ()),
        (Conditions(rain_mm_h=0.1), ("rain, 0.1 mm/h",)),
        (Conditions(wind_m_s=14.2), ("wind 14.2 m/s, 12 allowed",)),
        (Conditions(gust_m_s=40, cloud_percent=100, sky_quality=3), ()),
    ],
)
def test_the_weather_is_held_against_the_limits(now: Conditions, objections: tuple[str, ...]) -> None:
    assert said(Limits(SafetySection(), 0.0), now) == objections


def test_everything_that_is_limited_counts() -> None:
    table = ConditionsSection(
        max_gust_m_s=15, max_cloud_percent=60, min_sky_quality=20, max_humidity_percent=90
    )
    now = Conditions(humidity_percent=95, gust_m_s=18, cloud_percent=80, sky_quality=18.2)
    assert said(Limits(table, 0.0), now) == (
        "gusts 18.0 m/s, 15 allowed",
        "clouds 80 %, 60 allowed",
        "humidity 95 %, 90 allowed",
        "sky 18.2 mag/arcsec², 20 needed",
    )


def test_what_was_beyond_its_limit_must_be_well_within_it() -> None:
    limits = Limits(SafetySection(max_wind_m_s=12, hysteresis_percent=15), 0.0)
    assert not said(limits, Conditions(wind_m_s=11.9))
    assert said(limits, Conditions(wind_m_s=12.1))
    assert said(limits, Conditions(wind_m_s=11.9)) == ("wind 11.9 m/s, not yet below 10.2",)
    assert not said(limits, Conditions(wind_m_s=10.2))
    assert not said(limits, Conditions(wind_m_s=11.9))


@pytest.mark.parametrize(
    ("quantity", "bad", "not_yet", "good"),
    [("humidity_percent", 91.0, 88.0, 87.0), ("sky_quality", 19.9, 20.1, 20.2)],
)
def test_humidity_and_magnitudes_have_a_care_of_their_own(
    quantity: str, bad: float, not_yet: float, good: float
) -> None:
    limits = Limits(ConditionsSection(max_humidity_percent=90, min_sky_quality=20), 0.0)
    beyond = [bool(said(limits, Conditions(**{quantity: value}))) for value in (bad, not_yet, good)]
    assert beyond == [True, True, False]


def test_rain_has_a_hold_off_of_its_own() -> None:
    limits = Limits(SafetySection(rain_after_seconds=1.0), 30.0)
    wet = limits.objections(Conditions(rain_mm_h=1.0, wind_m_s=20.0))
    assert [(one.limit, one.after) for one in wet] == [("rain_mm_h", 1.0), ("wind_m_s", 30.0)]


@pytest.mark.parametrize(
    ("now", "unsafe"),
    [
        (Power(mains=True, battery_percent=5), False),
        (Power(mains=False, battery_percent=30), False),
        (Power(mains=False, battery_percent=29), True),
        (Power(mains=None, battery_percent=29), True),
        (Power(mains=None), False),
    ],
)
def test_a_low_battery_counts_unless_the_mains_feed_it(now: Power, unsafe: bool) -> None:
    assert bool(Supply(SafetySection(), 0.0).objections(now)) is unsafe


def test_a_battery_that_was_low_must_be_well_charged_or_on_the_mains() -> None:
    supply = Supply(SafetySection(min_battery_percent=30, hysteresis_percent=10), 0.0)
    low = [
        bool(supply.objections(Power(mains, percent)))
        for mains, percent in [(False, 29), (False, 32), (False, 33), (False, 29), (True, 29), (False, 31)]
    ]
    assert low == [True, True, False, True, False, False]


def test_lost_mains_over_a_battery_that_nobody_measures_count_after_a_while() -> None:
    (lost,) = Supply(SafetySection(), 0.0).objections(Power(mains=False))
    assert lost.after == 300.0


def test_the_computer_speaks_at_the_level_that_the_profile_gives_it() -> None:
    board = Computer(SafetySection(on_undervoltage="unsafe", on_throttling="pause"))
    found = board.objections(BoardHealth(undervoltage=True, throttled=True))
    assert [one.text for one in found[Level.SAFETY]] == ["its supply voltage is too low"]
    assert [one.text for one in found[Level.CONDITIONS]] == ["it is slowed down"]
    assert not any(Computer(SafetySection()).objections(BoardHealth(throttled=True)).values())


def test_a_hot_chip_must_cool_down() -> None:
    board = Computer(SafetySection(max_board_celsius=80, hysteresis_percent=10))
    hot = [bool(board.objections(BoardHealth(celsius=one))[Level.SAFETY]) for one in (79, 81, 75, 72, 75)]
    assert hot == [False, True, True, False, False]


def test_a_full_disk_must_have_more_than_just_enough_again() -> None:
    disk = Disk(1.0, 20.0)
    full = [bool(disk.objections(int(gigabytes * 1e9))) for gigabytes in (1.1, 0.9, 1.1, 1.2)]
    assert full == [False, True, True, False]
