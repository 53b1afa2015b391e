"""The checklist says only what was seen, and every point says what to do."""

from dataclasses import replace
from typing import Any

import pytest

from appliance.box.checklist import CHECKS, Check, Facts, checklist
from appliance.box.startup import ClockState
from appliance.bus import State
from appliance.journal import FocusRun
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rig import Held, RigState
from appliance.safety.messages import PowerState, SafetyState
from appliance.sequence.checks import resolve
from appliance.sequence.tonight import tonight
from appliance.sequence.vitals import DiskState
from hardware.devices import CoverState
from tests.appliance.sequence.night_rig import EVENING, PROFILE, SITE, plan

SUPPLY = {"driver": "simulator", "name": "Supply"}


def facts(*states: State, work: Plan | None = None, **changes: Any) -> Facts:
    work = work or plan(("L", 3), name="M31", focus_at_start=True)
    sections: dict[str, Any] = {name: changes.pop(name) for name in ("power", "fitted") if name in changes}
    sections["cover"] = sections.pop("fitted", None)
    profile = Profile.model_validate({**PROFILE, **sections})
    targets = resolve(work, SITE, EVENING)
    sky = tonight(work, targets, SITE, EVENING)
    return Facts(profile, work, targets, sky, EVENING, True, states, **changes)


def point(name: str, known: Facts) -> Check:
    return next(check for check in checklist(known).checks if check.name == name)


def power(**values: Any) -> PowerState:
    usual = {"name": "Supply", "at": EVENING, "mains": None, "battery_percent": None, "least_percent": 20.0}
    return PowerState(source="power", **{**usual, **values})


def run(**values: Any) -> FocusRun:
    usual = {"reason": "start", "filter": "L", "started": EVENING - 99, "ended": EVENING - 60,
             "position": 12000, "hfr": 1.64, "goodness": 1.0}  # fmt: skip
    return FocusRun(run=1, **{**usual, **values})


def test_nothing_that_was_not_seen_is_done() -> None:
    told = {check.name: check.state for check in checklist(replace(facts(), clock_known=False)).checks}
    assert told == {
        "power": "not fitted", "rig": "to do", "time": "to do", "place": "not checked", "cover": "not fitted",
        "polar": "not checked", "focus": "to do", "target": "done", "safety": "not fitted", "disk": "to do",
    }  # fmt: skip


def test_every_point_has_a_sentence_in_each_state() -> None:
    assert len(CHECKS) == len({check.name for check in checklist(facts()).checks})
    assert all(check.text.endswith((".", "?")) for check in checklist(facts()).checks)


@pytest.mark.parametrize(
    ("told", "state", "words"),
    [
        (None, "to do", "has not been heard"),
        (power(at=EVENING - 600, mains=True), "to do", "has not been heard"),
        (power(mains=True, battery_percent=80.0), "done", "On the mains, battery at 80 %."),
        (power(battery_percent=55.0), "done", "Battery at 55 %."),
        (power(battery_percent=12.0), "problem", "On battery at 12 %."),
        (power(mains=False), "problem", "a battery that is not measured"),
    ],
)
def test_the_power_supply_is_known_while_it_speaks(told: PowerState | None, state: str, words: str) -> None:
    found = point("power", facts(*([told] if told else []), power=SUPPLY))
    assert (found.state, words in found.text) == (state, True)


def test_the_rig_is_ready_when_all_of_it_is_there() -> None:
    here, away = Held("camera", "Cam", True), Held("mount", "Mount", False)
    half = facts(RigState(source="rig", devices=(here, away)), was_connected=True)
    assert point("rig", half) == Check("rig", "problem", "Away: Mount.", where="/more/equipment")
    whole = facts(RigState(source="rig", devices=(here,)), was_connected=True)
    assert point("rig", whole).state == "done"
    assert point("rig", replace(half, was_connected=False)).state == "to do"


def test_the_focus_of_tonight_counts() -> None:
    assert point("focus", facts(focus=run())).text == "In focus in L, HFR 1.64."
    failed = point("focus", facts(focus=run(failure="no stars were seen.", position=None)))
    assert (failed.state, failed.text) == ("problem", "The last focus run failed: no stars were seen.")


@pytest.mark.parametrize(
    ("cover", "state"),
    [
        (None, "to do"),
        (CoverState.OPEN, "done"),
        (CoverState.CLOSED, "to do"),
        (CoverState.MOVING, "problem"),
    ],
)
def test_the_cover_is_what_it_says(cover: CoverState | None, state: str) -> None:
    fitted = facts(cover=cover, fitted={"driver": "simulator", "name": "Cover"})
    assert point("cover", fitted).state == state


def test_a_person_can_confirm_place_and_pole() -> None:
    known = facts(place_said=EVENING - 5, polar_said=EVENING - 9)
    assert [point(name, known).state for name in ("place", "polar")] == ["done", "done"]
    assert point("place", known).text == "48.100° N, 11.600° E, confirmed."


def test_somebody_else_may_vouch_for_the_clock() -> None:
    asleep = replace(facts(), clock_known=False, states=(ClockState(source="clock", known=True),))
    assert point("time", asleep).state == "done"


def test_targets_that_stay_down_are_a_problem() -> None:
    south = plan(("L", 3), name="M31")
    low = Plan.model_validate(
        {**south.model_dump(), "target": [{"name": "M83", "step": [{"seconds": 1, "count": 1}]}]}
    )
    assert point("target", facts(work=low)).state == "problem"
    assert point("target", replace(facts(), sky=None)).text == "It does not get nautical dark tonight."


def test_safety_and_disk_speak_for_themselves() -> None:
    unsafe = SafetyState(source="safety", safe=False, reasons=("Rain: says unsafe",), since=EVENING)
    assert point("safety", facts(unsafe)).text == "Not safe: Rain: says unsafe."
    full = DiskState(source="box", free_bytes=1_200_000_000)
    assert point("disk", facts(full, needed_bytes=500_000_000)).state == "done"
    assert point("disk", facts(full, needed_bytes=1_500_000_000)).state == "problem"
