"""When the guardian acts: silence, or too many deaths; never over a rig at rest."""

import pytest

from appliance.guardian.pulse import RESTLESS_DEATHS, Beat, Judge

SILENCE = 20.0


def beat(counter: int, *, life: int = 1, at_rest: bool = False) -> Beat:
    return Beat(counter, life, 100 + life, at_rest)


def test_a_beating_heart_is_left_alone() -> None:
    judge = Judge(0.0)
    for second in range(100):
        judge.hear(beat(second), float(second))
        assert judge.why(float(second), SILENCE) == ""
    assert judge.guarding


@pytest.mark.parametrize(("after", "acts"), [(19.9, False), (20.0, True)])
def test_the_same_beat_again_is_silence(after: float, acts: bool) -> None:
    judge = Judge(0.0)
    judge.hear(beat(1), 5.0)
    judge.hear(beat(1), 5.0 + after)
    assert bool(judge.why(5.0 + after, SILENCE)) is acts


def test_a_file_that_cannot_be_read_is_silence() -> None:
    judge = Judge(0.0)
    judge.hear(beat(1), 0.0)
    judge.hear(None, 20.0)
    assert "no sign of life for 20 s" in judge.why(20.0, SILENCE)


def test_a_rig_at_rest_needs_nobody() -> None:
    judge = Judge(0.0)
    judge.hear(beat(1), 0.0)
    judge.hear(beat(2, at_rest=True), 1.0)
    assert judge.why(1000.0, SILENCE) == ""


def test_without_a_controller_there_is_nothing_to_guard_unless_it_is_remembered() -> None:
    assert Judge(0.0).why(1000.0, SILENCE) == ""
    remembering = Judge(0.0, remembered=True)
    assert remembering.why(19.0, SILENCE) == ""
    assert remembering.why(20.0, SILENCE)


def test_a_controller_that_comes_back_in_time_goes_on() -> None:
    judge = Judge(0.0)
    judge.hear(beat(7), 0.0)
    judge.hear(beat(1, life=2), 15.0)
    assert judge.why(34.0, SILENCE) == ""


def test_one_that_dies_again_and_again_is_stopped() -> None:
    judge = Judge(0.0)
    for life in range(RESTLESS_DEATHS + 1):
        assert judge.why(life * 10.0, SILENCE) == ""
        judge.hear(beat(1, life=life), life * 10.0)
    assert "died 3 times" in judge.why(31.0, SILENCE)
    judge.rest(31.0)
    judge.hear(beat(2, life=RESTLESS_DEATHS), 32.0)
    assert judge.why(33.0, SILENCE) == ""


def test_deaths_long_ago_and_orderly_ends_do_not_count() -> None:
    judge = Judge(0.0)
    for life in range(10):
        judge.hear(beat(1, life=life), life * 15.0)
        judge.hear(beat(2, life=life, at_rest=True), life * 15.0 + 1)
        assert judge.why(life * 15.0, SILENCE) == ""
    seldom = Judge(0.0)
    for life in range(10):
        for counter in range(35):
            seldom.hear(beat(counter, life=life), life * 350.0 + counter * 10)
            assert seldom.why(life * 350.0 + counter * 10, SILENCE) == ""
