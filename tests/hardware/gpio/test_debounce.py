"""A bouncing contact gives one answer: the bad one at once, the good one when it rests."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.gpio.debounce import FLUTTER_EDGES, Debounce

BOUNCE = 0.05


def test_the_first_edge_to_the_quick_side_counts_at_once() -> None:
    contact = Debounce(False, quick=True, seconds=BOUNCE)
    assert contact.edge(True, 1.0)
    assert contact.level


def test_the_way_back_takes_a_rest() -> None:
    contact = Debounce(True, quick=True, seconds=BOUNCE)
    assert not contact.edge(False, 1.0)
    assert not contact.edge(True, 1.01)
    assert not contact.edge(False, 1.02)
    assert not contact.look(1.06)
    assert contact.level
    assert contact.look(1.07)
    assert contact.rests_at is None
    assert (contact.level, contact.look(9.0)) == (False, False)


def test_without_debouncing_every_edge_counts() -> None:
    contact = Debounce(True, quick=True, seconds=0.0)
    assert [contact.edge(level, 1.0) for level in (False, True, True, False)] == [True, True, False, True]


@given(st.lists(st.floats(0.0005, 0.2), min_size=1, max_size=60), st.booleans())
def test_it_never_rests_on_a_level_that_the_contact_has_left(gaps: list[float], quick: bool) -> None:
    contact, raw, now = Debounce(False, quick, BOUNCE), False, 0.0
    for gap in gaps:
        now, raw = now + gap, not raw
        contact.edge(raw, now)
        assert contact.level is quick or raw is not quick
    contact.look(now + BOUNCE)
    assert contact.level is raw
    assert not contact.flutters(now + BOUNCE)


def test_an_open_wire_in_a_humming_field_flutters_and_a_bounce_does_not() -> None:
    contact, level = Debounce(False, quick=True, seconds=BOUNCE), False
    for edge in range(40):  # a relay's bounces: many, and over soon
        level = not level
        contact.edge(level, 1 + edge * 0.0005)
    assert not contact.flutters(1.05)
    assert not contact.flutters(1.2)
    for half_wave in range(150):  # 50 Hz
        level = not level
        contact.edge(level, 2 + half_wave * 0.01)
    assert contact.flutters(3.5)
    assert not contact.flutters(3.6)


def test_a_slow_contact_with_a_long_rest_does_not_flutter() -> None:
    contact, level = Debounce(False, quick=True, seconds=10.0), False
    for minute in range(FLUTTER_EDGES - 1):
        level = not level
        contact.edge(level, minute * 5.0)
    assert not contact.flutters(minute * 5.0)
