"""A roof on relays, moved by the guardian: off at the limit, off in time, off when the telescope moves."""

from dataclasses import dataclass

import pytest

from appliance.guardian.gpio_rig import GpioRoof, RoofLines, RoofTimes
from appliance.guardian.problems import Trouble
from tests.appliance.guardian.still_clock import StillClock

MOTOR, PAUSE = 30.0, 2.0


@dataclass
class Pin:
    active: bool = False

    def get(self) -> bool:
        return self.active

    def set(self, active: bool) -> None:
        self.active = active


class Roof:
    """Ten seconds from open to closed, driven by its relays; it notes what must never be."""

    def __init__(self, *, pulse: float | None = None, begins: float = 10.0) -> None:
        self.opening, self.closing, self.stop = Pin(), Pin(), Pin()
        self.open_limit, self.closed_limit = Pin(begins >= 10.0), Pin(begins <= 0.0)
        self.place, self.runs, self.began = begins, False, 0.0
        self.clock = StillClock(self.move)
        self._last = self.clock.now()
        self._pulsed = pulse is not None
        lines = RoofLines(
            self.opening,
            self.closing,
            self.stop if self._pulsed else None,
            self.open_limit,
            self.closed_limit,
        )
        self.opening.set(True)  # as the controller may have left it
        self.guardian = GpioRoof("Roof", lines, RoofTimes(MOTOR, PAUSE, pulse), self.clock)

    def quiet(self) -> bool:
        self.move(self.clock.now())
        return not any((self.opening.active, self.closing.active, self.stop.active, self.runs))

    def move(self, now: float) -> None:
        assert not (self.opening.active and self.closing.active)
        passed, self._last = now - self._last, now
        if self.closing.active and not self.runs:
            self.runs, self.began = True, self.began or now
        if self.stop.active or (not self._pulsed and not self.closing.active):
            self.runs = False
        if self.runs:
            self.place = max(0.0, self.place - passed)
        self.open_limit.active, self.closed_limit.active = self.place >= 10.0, self.place <= 0.0
        self.runs = self.runs and not (self._pulsed and self.closed_limit.active)


@pytest.mark.parametrize("pulse", [None, 0.5])
def test_it_closes_after_a_pause_and_ends_with_its_relays_off(pulse: float | None) -> None:
    roof = Roof(pulse=pulse)
    assert not roof.opening.active
    begun = roof.clock.now()
    roof.guardian.close(300.0, lambda: True)
    assert roof.guardian.closed()
    assert roof.began >= begun + PAUSE
    assert roof.quiet()


def test_a_closed_roof_is_left_alone() -> None:
    roof = Roof(begins=0.0)
    roof.guardian.close(300.0, lambda: True)
    assert not roof.began


@pytest.mark.parametrize("pulse", [None, 0.5])
def test_it_stops_when_the_telescope_moves(pulse: float | None) -> None:
    roof = Roof(pulse=pulse)
    with pytest.raises(Trouble, match="not parked any more"):
        roof.guardian.close(300.0, lambda: roof.place > 5.0)
    assert 4.0 < roof.place < 5.1
    assert roof.quiet()


def test_a_motor_that_runs_too_long_is_switched_off() -> None:
    roof = Roof(begins=1000.0)
    with pytest.raises(Trouble, match="after 30 s of its motor"):
        roof.guardian.close(300.0, lambda: True)
    assert not roof.closing.active
    assert roof.place == pytest.approx(970.0, abs=0.2)


def test_limits_that_contradict_each_other_move_nothing() -> None:
    roof = Roof(begins=0.0)
    roof.open_limit.active = True
    with pytest.raises(Trouble, match="both limit switches"):
        roof.guardian.close(300.0, lambda: True)
    assert not roof.closing.active
