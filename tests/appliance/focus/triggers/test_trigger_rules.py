"""The engine alone: every row of the table in docs/focus.md, when it fires and what starts it anew."""

from typing import Any

import pytest

from appliance.errors import BadCommand
from appliance.focus.triggers import GUARDS, RULES, FocusWish, Refocus, Situation, TriggerSettings
from appliance.focus.triggers.rules import Look
from tests.appliance.focus.triggers.trigger_table import rows

MINUTE = 60.0
OFF = {"start": False, "resume": False, "filter_change": "never", "flip": False}


def settings(**changes: Any) -> TriggerSettings:
    return TriggerSettings(**{**OFF, **changes})


def after_a_run(celsius: float = 10.0, at: float = 0.0) -> Refocus:
    refocus = Refocus()
    refocus.read(celsius, settings())
    refocus.ran(at, seconds=100.0, found=True)
    return refocus


def fired(refocus: Refocus, on: TriggerSettings, now: float, **look: Any) -> list[str]:
    return [trigger.because for _, trigger in refocus.due(on, Look(now, **look))]


def reasons(refocus: Refocus, on: TriggerSettings, now: float, **look: Any) -> list[str]:
    return [trigger.reason for _, trigger in refocus.due(on, Look(now, **look))]


def test_the_table_in_the_docs_has_every_rule_and_guard_in_order() -> None:
    assert rows("rule") == [rule.name for rule in RULES]
    assert rows("guard") == [guard.name for guard in GUARDS]


def test_nothing_fires_unless_it_is_asked_for() -> None:
    refocus = after_a_run()
    for hfr in (1.0, 1.0, 1.0, 9.0, 9.0, 9.0):
        refocus.saw("L", hfr, 1)
        refocus.took("L")
    refocus.read(-30.0, settings())
    assert reasons(refocus, settings(), 9e6, filter="L", step="L") == []


EVENTS = [rule.name for rule in RULES[:10]]


@pytest.mark.parametrize("name", EVENTS)
def test_what_was_asked_for_stays_so_until_a_run(name: str) -> None:
    refocus = after_a_run()
    refocus.ask(name, "something has happened")
    refocus.ask(name, "it has happened again")
    assert fired(refocus, settings(), 600.0) == ["something has happened"]
    assert refocus.asked is not None
    assert refocus.asked.reason == name
    refocus.ran(700.0, seconds=50.0, found=False)
    assert reasons(refocus, settings(), 701.0) == []


def test_only_a_rule_can_be_asked_for() -> None:
    with pytest.raises(AssertionError):
        after_a_run().ask("whim", "one feels like it")


def test_subs_count_lights_of_any_step() -> None:
    refocus, every = after_a_run(), settings(subs=3)
    refocus.took("L")
    refocus.took("R")
    assert reasons(refocus, every, 60.0) == []
    refocus.took("L")
    assert fired(refocus, every, 60.0) == ["3 subs were taken since the last focus run"]
    refocus.ran(70.0, seconds=10.0, found=False)
    assert reasons(refocus, every, 80.0) == []


def test_subs_of_a_step_count_that_step_alone() -> None:
    refocus = after_a_run()
    for step in ("L", "R", "L"):
        refocus.took(step)
    assert reasons(refocus, settings(), 60.0, step="L", every=3) == []
    refocus.took("L")
    assert reasons(refocus, settings(), 60.0, step="L", every=3) == ["subs of the step"]
    assert reasons(refocus, settings(), 60.0, step="R", every=3) == []
    assert reasons(refocus, settings(), 60.0, step="L", every=0) == []
    refocus.ran(70.0, seconds=10.0, found=True)
    assert reasons(refocus, settings(), 80.0, step="L", every=3) == []


def test_time_also_from_a_failed_run() -> None:
    refocus, hourly = after_a_run(), settings(minutes=60.0)
    assert reasons(refocus, hourly, 59 * MINUTE) == []
    assert fired(refocus, hourly, 61 * MINUTE) == ["61 minutes have passed since the last focus run"]
    refocus.ran(62 * MINUTE, seconds=60.0, found=False)
    assert reasons(refocus, hourly, 121 * MINUTE) == []
    assert reasons(refocus, hourly, 122 * MINUTE) == ["time"]


def test_a_night_without_a_first_run_counts_from_its_first_sub() -> None:
    refocus, both = Refocus(), settings(minutes=60.0, celsius=1.0)
    refocus.read(10.0, both)
    assert reasons(refocus, both, 1e9) == []
    refocus.read(8.9, both)
    assert reasons(refocus, both, 1e9 + 1200) == ["temperature"]
    assert reasons(refocus, both, 1e9 + 3600) == ["time", "temperature"]


def test_temperature_is_a_mean_and_armed_after_so_many_readings() -> None:
    refocus, degree = after_a_run(celsius=10.0), settings(celsius=1.0, readings=3)
    marker = [refocus.shown(degree).marker]
    for celsius in (8.0, 8.0):  # enough of a change, but too few to be believed
        refocus.read(celsius, degree)
        marker.append(refocus.shown(degree).marker)
        assert reasons(refocus, degree, 30 * MINUTE) == []
    for celsius in (11.4, 9.9):  # means of 9.13 and 9.77
        refocus.read(celsius, degree)
        marker.append(refocus.shown(degree).marker)
        assert reasons(refocus, degree, 30 * MINUTE) == []
    refocus.read(5.0, degree)
    marker.append(refocus.shown(degree).marker)
    assert fired(refocus, degree, 30 * MINUTE) == ["it is 1.2 °C colder than at the last focus"]
    assert marker == ["gathering", "gathering", "gathering", "armed", "armed", "due"]
    assert refocus.shown(settings()).marker == "off"


def test_a_failed_run_gathers_anew_and_keeps_the_reference() -> None:
    refocus, degree = after_a_run(celsius=10.0), settings(celsius=1.0, readings=2)
    refocus.read(8.0, degree)
    refocus.read(8.0, degree)
    refocus.ran(60.0, seconds=50.0, found=False)
    assert refocus.counters.thermometer.reference == 10.0
    refocus.read(8.0, degree)
    assert refocus.shown(degree).marker == "gathering"
    refocus.read(8.0, degree)
    assert reasons(refocus, degree, 120.0) == ["temperature"]
    refocus.ran(180.0, seconds=50.0, found=True)
    assert refocus.counters.thermometer.reference == 8.0


def test_a_reading_that_failed_is_none() -> None:
    refocus, degree = after_a_run(celsius=10.0), settings(celsius=1.0)
    refocus.read(None, degree)
    assert refocus.shown(degree).marker == "gathering"


def test_stars_that_grow_in_the_same_filter() -> None:
    refocus, tenth = after_a_run(), settings(hfr_percent=10.0)
    for hfr in (2.0, 2.02, 1.98, 2.3):  # one bad sub, a gust
        refocus.saw("L", hfr, 1)
    assert reasons(refocus, tenth, 30 * MINUTE, filter="L") == []
    for hfr in (2.3, 2.32):
        refocus.saw("L", hfr, 1)
    assert fired(refocus, tenth, 30 * MINUTE, filter="L") == [
        "the stars have grown by 15 %, from HFR 2.00 to 2.30"
    ]
    assert reasons(refocus, tenth, 30 * MINUTE, filter="Ha") == []
    refocus.ran(31 * MINUTE, seconds=60.0, found=True)
    refocus.saw("L", 9.0, 1)  # begun before that run
    for _ in range(3):
        refocus.saw("L", 2.4, 2)
    refocus.saw("L", None, 2)
    assert reasons(refocus, tenth, 90 * MINUTE, filter="L") == []


HELD: dict[str, dict[str, Any]] = {
    "paused": {"paused": True},
    "parked": {"parked": True},
    "not tracking": {"tracking": False},
    "not lights": {"light": False},
    "night over": {"over": True},
    "requested": {"requested": True},
    "rest": {"since": 599.0},
    "no time": {"room": False},
}


@pytest.mark.parametrize("name", [guard.name for guard in GUARDS])
def test_a_guard_holds_a_run_back_and_says_so_once(name: str) -> None:
    refocus, degree = after_a_run(celsius=10.0), settings(celsius=1.0)
    refocus.read(8.0, degree)
    due = refocus.due(degree, Look(599.0))
    held = refocus.decide(due, Situation(**HELD[name]))
    assert held.trigger is None
    assert [one.guard for one in held.news] == [name]
    assert held.news[0].sentence.startswith("It is 2.0 °C colder than at the last focus; no focus run: ")
    assert refocus.decide(due, Situation(**HELD[name])).news == ()
    assert refocus.decide(due, Situation(since=601.0)).trigger == due[0][1]


def test_what_a_guard_holds_is_said_again_after_it_let_go() -> None:
    refocus, hourly = after_a_run(), settings(minutes=60.0)
    due = refocus.due(hourly, Look(3600.0))
    assert len(refocus.decide(due, Situation(paused=True)).news) == 1
    assert refocus.decide(due, Situation()).trigger is not None
    assert len(refocus.decide(due, Situation(paused=True)).news) == 1


def test_only_rules_that_rest_rest_and_an_event_is_not_held_back_by_time() -> None:
    refocus = after_a_run()
    refocus.ask("meridian flip", "the telescope has been turned round")
    due = refocus.due(settings(), Look(60.0))
    assert refocus.decide(due, Situation(since=60.0, room=False)).trigger == due[0][1]


def test_going_on_soon_after_a_run_is_forgotten() -> None:
    refocus = after_a_run()
    refocus.ask("resume", "the night goes on")
    held = refocus.decide(refocus.due(settings(), Look(60.0)), Situation(since=60.0))
    assert [one.guard for one in held.news] == ["rest"]
    assert reasons(refocus, settings(), 3600.0) == []


def test_one_run_serves_all_that_fire_together() -> None:
    refocus, on = after_a_run(), settings(subs=1, minutes=5.0)
    refocus.took("L")
    decision = refocus.decide(refocus.due(on, Look(600.0)), Situation(since=600.0))
    assert decision.trigger is not None
    assert decision.trigger.reason == "subs"
    assert [(one.trigger.reason, one.guard) for one in decision.news] == [("time", "requested")]


def test_a_wish_is_asked_for_once_fulfilled_by_any_run_and_refused_while_paused() -> None:
    changes: list[bool] = []
    wish = FocusWish()
    wish.changed = lambda: changes.append(wish.asap)
    assert wish.soon()
    assert not wish.soon()
    wish.served()
    wish.served()
    assert changes == [True, False]
    wish.running = True
    assert not wish.soon()
    wish.running = False
    wish.soon()
    wish.pause()
    assert not wish.asap
    with pytest.raises(BadCommand):
        wish.soon()
    wish.resume()
    assert wish.soon()
