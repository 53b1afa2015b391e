"""Dusk, dawn and the windows of targets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.errors import NeverDark
from appliance.plan import Plan
from appliance.sequence.checks import resolve
from appliance.sequence.tonight import Tonight, is_over, tonight
from hardware.devices import Site
from tests.appliance.sequence.night_rig import SITE, plan

TROMSO = Site(69.65, 18.96)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def at(text: str, site: Site = SITE, **changes: Any) -> Tonight:
    work = work_of(**changes)
    return tonight(work, resolve(work), site, utc(text))


def work_of(above: float = 30.0, **changes: Any) -> Plan:
    step = {"filter": "L", "seconds": 60, "count": 1}
    both = [{"name": name, "min_altitude_deg": above, "step": [step]} for name in ("M33", "M44")]
    return plan(target=both, **changes)


def test_dusk_and_dawn_as_dark_as_asked() -> None:
    nights = [
        at("2026-11-20 12:00", night=dark).dark for dark in ("sunset", "civil", "nautical", "astronomical")
    ]
    dusks = [night.begins for night in nights]
    assert dusks == sorted(dusks)
    assert [night.ends for night in nights] == sorted((night.ends for night in nights), reverse=True)
    assert nights[2].begins == pytest.approx(utc("2026-11-20 16:43"), abs=120)
    assert nights[2].ends == pytest.approx(utc("2026-11-21 05:17"), abs=300)


def test_in_the_middle_of_the_night_it_begins_now() -> None:
    now = utc("2026-11-20 23:00")
    assert at("2026-11-20 23:00").dark.begins == now


def test_any_sky_will_do_for_a_day() -> None:
    night = at("2026-11-20 12:00", night="any").dark
    assert (night.begins, night.seconds) == (utc("2026-11-20 12:00"), 86400.0)


def test_where_it_does_not_get_dark() -> None:
    with pytest.raises(NeverDark) as never:
        at("2026-06-21 12:00", TROMSO)
    assert never.value.field == "night"
    assert at("2026-06-21 12:00", TROMSO, night="any").dark.seconds == 86400.0
    assert at("2026-12-21 12:00", TROMSO, night="sunset").dark.seconds == 86400.0  # polar night


def test_windows_of_targets_lie_within_the_night() -> None:
    sky = at("2026-11-20 12:00")
    (m33,), (m44,) = sky.up
    assert m33.begins == sky.dark.begins or m33.begins > sky.dark.begins
    assert m44.ends == sky.dark.ends  # still up at dawn
    assert sky.window(0, m33.begins) == m33
    assert sky.window(0, m33.ends) is None
    assert sky.window(1, m33.begins) is None
    assert sky.rises(1, m33.begins) == m44.begins
    assert sky.rises(1, m44.begins) == float("inf")


@pytest.mark.parametrize(
    ("now", "last", "over"),
    [
        ("2026-11-21 07:00", "2026-11-21 05:00", True),  # a crash at dawn
        ("2026-11-21 07:00", "2026-11-19 23:00", False),  # worked on in an earlier night
        ("2026-11-21 15:00", "2026-11-21 05:00", False),  # started for the next one
        ("2026-11-21 03:00", "2026-11-21 02:00", False),  # it is night
    ],
)
def test_the_morning_after(now: str, last: str, over: bool) -> None:
    assert is_over(work_of(), SITE, utc(now), [utc(last)]) is over


def test_flats_and_darks_of_the_morning_do_not_hide_the_night() -> None:
    night, darks = utc("2026-11-21 04:00"), utc("2026-11-21 06:50")
    assert is_over(work_of(), SITE, utc("2026-11-21 07:00"), [night, darks])
    assert not is_over(work_of(), SITE, utc("2026-11-21 07:00"), [darks])  # begun by day: for the evening


def test_without_dusk_and_dawn_there_is_no_morning() -> None:
    assert not is_over(work_of(night="any"), SITE, utc("2026-11-21 07:00"), [utc("2026-11-21 05:00")])
