"""Bad at once or after a hold-off, good after a while, silence is bad."""

import pytest

from appliance.safety.verdict import Judge, Objection, Opinion

CLEAR, STALE = 600.0, 30.0
RAIN = (Objection("rain", "rain, 0.4 mm/h"),)
GUST = (Objection("wind", "wind 14.0 m/s, 12 allowed", after=10.0),)


def judge(rain_clear: float = CLEAR) -> Judge:
    return Judge({"Rain": rain_clear, "Wind": CLEAR}, STALE, now=100.0)


def both(one: Judge, now: float, rain: tuple[Objection, ...] = ()) -> Opinion:
    one.hear("Rain", rain, now)
    one.hear("Wind", (), now)
    return one.look(now)


def test_nothing_is_known_before_every_source_was_heard() -> None:
    one = judge()
    assert one.look(100.0).good is None
    one.hear("Rain", (), 101.0)
    assert one.look(101.0).good is None
    one.hear("Wind", (), 102.0)
    assert one.look(102.0) == Opinion(True)


def test_one_bad_word_is_enough_whatever_the_others_say() -> None:
    one = judge()
    one.hear("Rain", RAIN, 101.0)
    assert one.look(101.0) == Opinion(False, ("Rain: rain, 0.4 mm/h",))


def test_silence_is_bad_and_named() -> None:
    one = judge()
    assert both(one, 105.0).good is True
    one.hear("Rain", (), 130.0)
    assert one.look(134.9).good is True
    assert one.due(134.9) == 135.0
    assert one.look(135.0) == Opinion(False, ("Wind is silent for 30 s",))


def test_a_source_that_never_answers_is_bad_too() -> None:
    one = judge()
    one.hear("Rain", (), 129.0)
    assert one.look(129.0).good is None
    assert one.look(130.0) == Opinion(False, ("Wind is silent for 30 s",))


def test_good_again_only_after_all_was_well_for_long_enough() -> None:
    one = judge()
    both(one, 100.0, RAIN)
    assert both(one, 110.0).good is False
    assert both(one, 709.0) == Opinion(False, ("all is well again, but not yet for 10 minutes",))
    assert both(one, 710.0) == Opinion(True)


def test_each_source_has_its_own_patience() -> None:
    one = judge(rain_clear=60.0)
    both(one, 100.0)
    both(one, 110.0, RAIN)
    both(one, 120.0)
    assert both(one, 179.0).good is False
    assert one.due(179.0) == 180.0
    assert both(one, 180.0).good is True  # the wind was never bad


def test_a_shower_in_between_begins_the_wait_anew() -> None:
    one = judge()
    both(one, 100.0, RAIN)
    both(one, 110.0)
    both(one, 600.0, RAIN)
    assert both(one, 605.0).good is False
    assert both(one, 1204.0).good is False
    assert both(one, 1205.0).good is True


def test_what_must_last_is_told_at_once_and_counts_later() -> None:
    one = judge()
    both(one, 100.0)
    assert both(one, 105.0, GUST) == Opinion(True, ("Rain: wind 14.0 m/s, 12 allowed",))
    assert one.due(105.0) == 115.0
    assert both(one, 110.0).good is True  # it was a gust
    assert both(one, 115.0, GUST).good is True
    assert both(one, 124.0, GUST).good is True
    assert both(one, 125.0, GUST).good is False


def test_one_limit_does_not_hold_off_the_other() -> None:
    one = judge()
    both(one, 100.0)
    assert both(one, 105.0, GUST).good is True
    assert both(one, 106.0, (*GUST, *RAIN)).good is False


@pytest.mark.parametrize("heard", [1.0, 3.0])
def test_what_was_bad_when_the_box_ended_has_to_be_well_for_long_enough(heard: float) -> None:
    one = Judge({"Rain": CLEAR}, STALE, now=0.0, good=False)
    one.hear("Rain", (), heard)
    assert one.look(heard).good is False
    one.hear("Rain", (), heard + CLEAR)
    assert one.look(heard + CLEAR).good is True
