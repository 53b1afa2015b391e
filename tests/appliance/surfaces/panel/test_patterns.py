"""The lights can be told apart in the dark, by their rhythm alone."""

import itertools

import pytest

from appliance.bus import Alarm, NeedsPerson, State
from appliance.safety.messages import ConditionsState, SafetyState
from appliance.sequence.messages import SequenceState
from appliance.surfaces.messages import Leaving
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.facts import facts, pattern, tune
from appliance.surfaces.panel.patterns import EVERY, Pattern


def rhythm(one: Pattern) -> str:
    """On and off over twelve seconds, looked at twenty times a second as an eye does."""
    return "".join("#" if any(one.at(n / 20)) else "." for n in range(240))


def flashes(one: Pattern) -> int:
    return rhythm(one).count(".#")


def test_no_two_have_the_same_rhythm() -> None:
    for one, other in itertools.combinations(EVERY, 2):
        a, b = rhythm(one), rhythm(other)
        differ = sum(x != y for x, y in zip(a, b, strict=True)) / len(a)
        assert differ > 0.1, (one.name, other.name)
        share = abs(a.count("#") - b.count("#")) / len(a)
        assert share > 0.12 or abs(flashes(one) - flashes(other)) >= 4, (one.name, other.name)


def test_red_and_green_are_never_the_only_difference() -> None:
    """The commonest colour-blindness takes red for green: fault flickers, running shines."""
    assert flashes(patterns.FAULT) > 40
    assert flashes(patterns.RUNNING) <= 2
    assert rhythm(patterns.RUNNING).count("#") / 240 > 0.9


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_lasts_tells_when_it_changes(one: Pattern) -> None:
    at = 0.0
    for _ in range(4 * len(one.rhythm)):
        before, lasts = one.at(at), one.lasts(at)
        assert lasts > 0
        assert one.at(at + lasts - 0.005) == before
        assert one.at(at + lasts + 1e-6) != before
        at += lasts + 1e-6


RUNNING = SequenceState(source="sequence", phase="running", plan="p", doing="Exposing")
DUSK = SequenceState(source="sequence", phase="running", doing="Waiting for dusk", waiting=True)
RAIN = SafetyState(source="safety", safe=False, reasons=("rain",))
ASKS = NeedsPerson(source="startup", text="Polar aligned?", answers=("yes", "no"))
ROOM = NeedsPerson(source="disk", text="Make room")
ALARM = Alarm(source="safety", text="the roof is not closed")
LEAVING = Leaving(source="box", on=True)
CLOUDS = ConditionsState(source="conditions", good=False, reasons=("clouds",))


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], patterns.IDLE),
        ([RUNNING], patterns.RUNNING),
        ([DUSK], patterns.WAITING),
        ([RUNNING, CLOUDS], patterns.WAITING),
        ([CLOUDS], patterns.IDLE),
        ([SequenceState(source="sequence", phase="paused")], patterns.WAITING),
        ([SequenceState(source="sequence", phase="waiting")], patterns.WAITING),
        ([SequenceState(source="sequence", phase="ended")], patterns.IDLE),
        ([SequenceState(source="sequence", phase="failed")], patterns.FAULT),
        ([RUNNING, LEAVING], patterns.SHUTTING_DOWN),
        ([RUNNING, LEAVING, ASKS], patterns.NEEDS_YOU),
        ([RUNNING, LEAVING, ASKS, RAIN], patterns.NEEDS_YOU),  # Start and Stop answer it now
        ([RUNNING, RAIN, ROOM], patterns.UNSAFE),
        ([RUNNING, ROOM], patterns.NEEDS_YOU),
        ([RUNNING, LEAVING, ASKS, RAIN, ALARM], patterns.FAULT),
        ([RUNNING, Alarm(source="safety"), NeedsPerson(source="startup")], patterns.RUNNING),
        ([ASKS, NeedsPerson(source="disk")], patterns.NEEDS_YOU),
        ([RUNNING, SafetyState(source="safety", safe=None)], patterns.RUNNING),
        ([RUNNING, Leaving(source="box", on=False)], patterns.RUNNING),
    ],
)
def test_what_matters_most_is_shown(states: list[State], shown: Pattern) -> None:
    for order in (states, states[::-1]):
        assert pattern(facts(order)) is shown


def test_what_calls_for_a_person_sounds() -> None:
    assert tune(facts([RUNNING])) is None
    assert tune(facts([RAIN])) is None
    assert tune(facts([ASKS])) is patterns.CALL
    assert tune(facts([ASKS, ALARM])) is patterns.ALARM
    assert tune(facts([SequenceState(source="sequence", phase="failed")])) is patterns.ALARM


def test_the_end_of_one_alarm_is_not_the_end_of_another() -> None:
    for order in ([ALARM, Alarm(source="actions")], [Alarm(source="actions"), ALARM]):
        assert facts(order).alarm == ALARM.text
