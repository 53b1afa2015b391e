"""The night on a few short lines."""

from dataclasses import replace

import pytest

from appliance.surfaces.panel.facts import Facts
from appliance.surfaces.panel.words import lines, plain

EVENING = 1_795_204_800.0  # 20:00 UTC
RUNNING = Facts(
    phase="running", plan="Autumn", target="M 33", filter="Ha", doing="Exposing", done=7, total=24,
    exposing_until=EVENING + 83,
)  # fmt: skip


def test_a_running_night() -> None:
    assert lines(RUNNING, EVENING, 4, 16) == ["RUNNING    20:00", "M 33 Ha", "sub 7/24 1:20", "Exposing"]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (Facts(plan="Autumn", total=24), ["READY      20:00", "Autumn", "sub 0/24"]),
        (replace(RUNNING, phase="ended"), ["FINISHED   20:00", "Autumn", "sub 7/24"]),
        (replace(RUNNING, phase="paused"), ["PAUSED     20:00", "M 33 Ha", "sub 7/24 1:20", "Exposing"]),
        (
            replace(RUNNING, unsafe=("Weather: it rains 2.0 mm/h",)),
            ["UNSAFE     20:00", "Weather: it", "rains 2.0 mm/h", "sub 7/24"],
        ),
        (
            replace(RUNNING, question="Polar aligned?", answers=("yes", "no")),
            ["NEEDS YOU  20:00", "Polar aligned?", "Start=yes Stop=n"],
        ),
        (replace(RUNNING, alarm="the roof is not closed"), ["FAULT      20:00", "the roof is not", "closed"]),
        (replace(RUNNING, leaving=True), ["SHUTTING DOWN", "Unplug when the", "light is out."]),
        (
            replace(RUNNING, bad_sky=("clouds: 80 %",), exposing_until=None),
            ["WAITING    20:00", "M 33 Ha", "sub 7/24", "clouds: 80 %"],
        ),
    ],
)
def test_what_matters_comes_first(facts: Facts, shown: list[str]) -> None:
    assert lines(facts, EVENING, 4, 16) == shown


def test_in_a_fault_the_question_that_the_keys_answer_takes_turns_with_the_alarm() -> None:
    both = replace(RUNNING, alarm="roof is open", question="Cover it?", answers=("confirm", "refuse"))
    turns = {tuple(lines(both, EVENING + seconds, 4, 20)[1:]) for seconds in range(30)}
    assert turns == {("roof is open",), ("Cover it?", "Start=confirm Stop=r")}


def test_a_question_in_the_rain_is_shown_with_its_keys() -> None:
    rain = replace(RUNNING, unsafe=("rain",), question="Cover it?", answers=("yes", "no"))
    assert lines(rain, EVENING, 4, 20)[1:] == ["Cover it?", "Start=yes Stop=no"]


@pytest.mark.parametrize(("rows", "columns"), [(2, 16), (4, 20), (8, 21)])
def test_nothing_is_longer_than_the_display(rows: int, columns: int) -> None:
    long = replace(
        RUNNING, doing="word " * 60, target="A very long name of a nebula", alarm="", plan="x" * 50
    )
    for facts in (
        long,
        replace(long, alarm="why " * 50),
        replace(long, question="so? " * 50, answers=("yes",)),
    ):
        shown = lines(facts, EVENING, rows, columns)
        assert len(shown) <= rows
        assert max(map(len, shown)) <= columns


def test_only_plain_signs() -> None:
    assert plain("“Orión” −10 °C … 2″") == '"Orion" -10  degC ... 2"'


def test_the_pages_code_stands_where_nothing_waits_for_a_person() -> None:
    idle = Facts(plan="Autumn", total=24)
    assert lines(idle, EVENING, 4, 16, "012345") == [
        "READY      20:00",
        "Page code 012345",
        "Autumn",
        "sub 0/24",
    ]
    assert lines(RUNNING, EVENING, 4, 20, "012345")[1:] == ["Page code 012345", "M 33 Ha", "sub 7/24 1:20"]
    assert lines(idle, EVENING, 2, 8, "012345")[1] == "e 012345"
    for urgent in (
        replace(RUNNING, alarm="roof"),
        replace(RUNNING, unsafe=("rain",)),
        replace(RUNNING, question="?"),
        replace(RUNNING, leaving=True),
    ):
        assert "012345" not in "".join(lines(urgent, EVENING, 4, 20, "012345"))
