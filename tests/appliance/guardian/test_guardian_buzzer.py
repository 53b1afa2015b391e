"""The guardian's buzzer: on the right level, and after the roof."""

from typing import Any

import pytest

from appliance.guardian import pins
from appliance.guardian.building import Builder
from appliance.guardian.gpio_rig import Buzzer
from appliance.guardian.indi import Indi
from appliance.guardian.problems import Trouble
from tests.appliance.guardian.still_clock import StillClock
from tests.appliance.guardian.test_guard import brief


class Line:
    def __init__(self) -> None:
        self.levels: list[bool] = []

    def set(self, active: bool) -> None:
        self.levels.append(active)


def test_its_line_is_taken_when_it_first_has_to_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []

    def output(chip: Any, pin: object, active: object) -> Line:
        taken.append((chip, pin, active))
        return Line()

    monkeypatch.setattr(pins, "output", output)
    monkeypatch.setattr(pins, "header_chip", lambda _: "chip")
    clock = StillClock()
    one = Builder(brief(buzzer_pin="GPIO18", buzzer_active="low"), Indi("", 9, clock), clock).buzzer()
    one.sound(False)
    assert not taken
    one.sound(True)
    one.sound(False)
    one.sound(True)
    assert taken == [("chip", "GPIO18", "low")]


def test_none_and_one_that_cannot_be_had_are_silent() -> None:
    Buzzer(None).sound(True)

    def refused() -> Line:
        raise Trouble("somebody else has it")

    Buzzer(refused).sound(True)
