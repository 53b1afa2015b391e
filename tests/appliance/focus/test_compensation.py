"""How far the focuser follows the temperature: from the reference, whatever the steps on the way."""

import pytest

from appliance.focus.compensation import Compensation, CompensationSettings
from appliance.focus.marks import Mark, Marks


def settings(steps: float = -12.0, least: float = 0.0) -> CompensationSettings:
    return CompensationSettings(steps_per_celsius=steps, min_celsius=least)


def follow(compensation: Compensation, on: CompensationSettings, temperatures: list[float]) -> list[int]:
    moves = []
    for celsius in temperatures:
        moves.append(steps := compensation.due(on, celsius))
        if steps:
            compensation.moved(steps, celsius)
    return moves


@pytest.mark.parametrize(("steps", "moves"), [(-12.0, 12), (12.0, -12)])
def test_the_sign_is_that_of_position_over_temperature(steps: float, moves: int) -> None:
    compensation = Compensation()
    compensation.focused(10.0)
    assert compensation.due(settings(steps), 9.0) == moves


def test_fractions_are_not_lost() -> None:
    """A tenth of a degree is a quarter of a step: each would round to nothing."""
    compensation = Compensation()
    compensation.focused(10.0)
    moves = follow(compensation, settings(-2.5), [10.0 - n / 10 for n in range(1, 41)])
    assert set(moves) == {0, 1}
    assert sum(moves) == 10
    back = follow(compensation, settings(-2.5), [6.0 + n / 10 for n in range(1, 41)])
    assert sum(back) == -10


def test_nothing_moves_for_less_than_asked_and_then_all_of_it() -> None:
    compensation = Compensation()
    compensation.focused(10.0)
    assert follow(compensation, settings(-12.0, 0.5), [9.8, 9.6, 9.5, 9.2, 9.0]) == [0, 0, 6, 0, 6]


def test_a_night_without_focus_follows_from_its_first_temperature() -> None:
    compensation = Compensation()
    assert follow(compensation, settings(), [10.0, 9.0]) == [0, 12]
    assert compensation.due(settings(), None) == 0


def test_focus_starts_anew_and_may_know_no_temperature() -> None:
    compensation = Compensation()
    compensation.focused(10.0)
    follow(compensation, settings(), [8.0])
    compensation.focused(8.0)
    assert follow(compensation, settings(), [8.0, 7.0]) == [0, 12]
    compensation.focused(None)
    assert follow(compensation, settings(), [3.0, 2.0]) == [0, 12]


def test_what_was_carried_over_counts() -> None:
    compensation = Compensation()
    compensation.carried(10.0, 60, 5.0)
    assert follow(compensation, settings(), [5.0, 4.0]) == [0, 12]


OFFSETS = {"L": 0, "R": 30, "Ha": 60}


def test_offsets_are_against_the_reference() -> None:
    marks = Marks(OFFSETS)
    assert marks.between("R", "Ha") == 30
    assert marks.between("Ha", "L") == -60
    assert marks.between("X", "X") == 0
    assert marks.between("L", "X") is None


def test_the_newest_run_that_tells_counts() -> None:
    marks = Marks(OFFSETS)
    assert marks.position("L") is None
    marks.found["L"] = Mark(1000, 10.0, 1.0)
    marks.found["X"] = Mark(5000, 10.0, 3.0)  # of which nothing follows for others
    assert marks.position("R") == (1030, marks.found["L"])
    marks.found["R"] = Mark(1050, 8.0, 2.0)
    assert marks.position("L") == (1020, marks.found["R"])
    assert marks.position("L", 7.0, settings()) == (1032, marks.found["R"])
    assert marks.position("X") == (5000, marks.found["X"])
    assert Marks({}, {"L": marks.found["L"]}).position("R") is None
