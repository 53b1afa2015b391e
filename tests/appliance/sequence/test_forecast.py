"""Who is taken when tonight, as far as can be foreseen, and what comes next."""

import math
from typing import Any

import pytest

from appliance.plan import Plan
from appliance.profile import Profile
from appliance.sequence.checks import resolve
from appliance.sequence.coming import Ahead, coming, flips, next_event
from appliance.sequence.forecast import OVERHEAD_SECONDS, Stint, forecast, work_left
from appliance.sequence.messages import SequenceState
from appliance.sequence.tonight import Tonight, tonight
from appliance.sky.coordinates import hour_angle_deg
from appliance.sky.windows import Window
from tests.appliance.sequence.night_rig import EVENING, PROFILE, SITE

HOUR = 3600.0


def plan(*targets: dict[str, Any], **changes: Any) -> Plan:
    return Plan.model_validate({"name": "p", "target": targets, **changes})


def target(name: str, count: int = 10, seconds: float = 290.0, **changes: Any) -> dict[str, Any]:
    return {"name": name, "step": [{"filter": "L", "seconds": seconds, "count": count}], **changes}


def night(*up: tuple[Window, ...], begins: float = 0.0, ends: float = 10 * HOUR) -> Tonight:
    return Tonight(Window(begins, ends), up, Window(begins, ends))


def test_the_first_of_the_plan_that_is_up_is_taken() -> None:
    sky = night((Window(4 * HOUR, 8 * HOUR),), (Window(0.0, 10 * HOUR),))
    stints = forecast([HOUR, 9 * HOUR], sky, HOUR)
    assert stints == [
        Stint(1, HOUR, 4 * HOUR), Stint(0, 4 * HOUR, 5 * HOUR), Stint(1, 5 * HOUR, 10 * HOUR),
    ]  # fmt: skip


def test_gaps_are_waited_through_and_low_targets_left() -> None:
    sky = night((Window(HOUR, 2 * HOUR), Window(5 * HOUR, 6 * HOUR)), ())
    assert forecast([math.inf, HOUR], sky, -HOUR) == [
        Stint(0, HOUR, 2 * HOUR), Stint(0, 5 * HOUR, 6 * HOUR),
    ]  # fmt: skip
    assert forecast([0.0, HOUR], sky, 0.0) == []
    assert forecast([HOUR, HOUR], sky, 11 * HOUR) == []


def test_what_is_saved_is_no_work_any_more() -> None:
    each = 290.0 + OVERHEAD_SECONDS
    work = plan(target("M31"), target("M33", repeat=2))
    assert work_left(work, {}) == [10 * each, 20 * each]
    key = "M31: L 290s bin1"
    assert work_left(work, {key: {1, 2, 3}})[0] == 7 * each
    again = plan(target("M33", repeat=2), repeat=2)
    second = "M33: L 290s bin1"
    assert work_left(again, {second: {1}, f"{second} | repeat 2": {1}, f"{second} | round 2": {2}}) == [
        37 * each
    ]
    assert work_left(plan(target("M33", repeat=0)), {second: {1}}) == [math.inf]


def ahead(work: Plan, now: float = EVENING, focused: float | None = None, **sections: Any) -> Ahead:
    targets = resolve(work, SITE, now)
    sky = tonight(work, targets, SITE, now)
    stints = forecast(work_left(work, {}), sky, now)
    return Ahead(
        Profile.model_validate({**PROFILE, **sections}), work, targets, SITE, sky, stints, True, focused
    )


def state(phase: str = "running", **changes: Any) -> SequenceState:
    return SequenceState(source="sequence", phase=phase, **changes)


def test_a_flip_is_foreseen_when_the_target_crosses_the_meridian() -> None:
    one = ahead(plan(target("M45", 100)), EVENING - HOUR)
    ((moment, name),) = flips(one)
    past = hour_angle_deg(one.targets[0].position, SITE, moment) * 4
    assert name == "M 45"
    assert past == pytest.approx(one.profile.flip.after_minutes, abs=0.2)
    assert not list(flips(ahead(plan(target("M45", 100)), EVENING - HOUR, flip={"enabled": False})))
    assert not list(flips(ahead(plan(target("M45", 3)), EVENING - HOUR)))  # it is complete before


def test_the_night_to_come_in_order() -> None:
    afternoon = EVENING - 6 * HOUR
    one = ahead(plan(target("M31", 12), target("M45", 24)), afternoon)
    kinds = [(event.kind, event.target) for event in coming(one, afternoon, works=True)]
    assert kinds[:2] == [("dusk", ""), ("target", "M 31")]
    assert ("target", "M 45") in kinds
    assert kinds[-1] == ("dawn", "")
    assert [event.kind for event in coming(one, afternoon, works=False)] == ["dusk", "dawn"]
    moments = [event.at for event in coming(one, afternoon, works=True)]
    assert moments == sorted(moments, key=lambda at: at or 0.0)


def test_what_comes_next_depends_on_what_the_sequence_does() -> None:
    one = ahead(plan(target("M31", 12), focus_every_minutes=30), focused=EVENING - 60)
    assert next_event(one, state("idle"), EVENING).kind == "dawn"
    soon = next_event(one, state(), EVENING)
    assert (soon.kind, soon.at) == ("focus", EVENING - 60 + 1800)
    waits = state(waiting=True, doing="Waiting for a clear sky", until=EVENING + 300)
    wait = next_event(one, waits, EVENING)
    assert (wait.kind, wait.what, wait.at) == ("wait", "Waiting for a clear sky", EVENING + 300)
    assert next_event(one, waits, EVENING + 301).kind == "focus"
    assert next_event(one, state("ended"), one.sky.dark.ends + 1).kind == ""
