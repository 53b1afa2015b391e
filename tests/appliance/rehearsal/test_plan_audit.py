"""The witness of the plan is awake: bugs in what is taken, and when, are caught by name."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.plan import Plan
from appliance.rehearsal.play import play
from appliance.rehearsal.richer_plans import enriched_plan
from appliance.rehearsal.storm import made
from appliance.sequence import choosing, progress
from appliance.sky.windows import Window
from tests.appliance.rehearsal.long_night import long_night, target

Patch = pytest.MonkeyPatch


def broken(folder: Path, hours: float = 0.5, **options: Any) -> set[str]:
    night = long_night(folder, target=[{**target("M31", hours), **options}])
    return {breach.name for breach in play(replace(night)).breaches}


def test_a_sub_too_many(tmp_path: Path, monkeypatch: Patch) -> None:
    assert not broken(made(tmp_path / "right"))
    numbers = progress.numbers
    monkeypatch.setattr("appliance.sequence.taking.numbers", lambda step: numbers(step) | {step.count + 1})
    assert broken(made(tmp_path / "wrong")) == {"plan"}


def test_a_target_taken_after_its_time(tmp_path: Path, monkeypatch: Patch) -> None:
    end = {"end": "dusk+00:45"}
    assert not broken(made(tmp_path / "right"), 1.5, **end)
    turn = choosing.Choice.turn

    def late(choice: choosing.Choice, left: Any, now: float) -> Any:
        found = turn(choice, left, now)
        return None if found is None else replace(found, ends=found.ends + 3600)

    monkeypatch.setattr(choosing.Choice, "turn", late)
    assert broken(made(tmp_path / "wrong"), 1.5, **end) == {"window"}


def test_rich_plans_are_plans_and_use_all_that_a_plan_can_say() -> None:
    step = {"filter": "L", "seconds": 120.0, "count": 9}
    plain = {"name": "storm", "target": [{"name": name, "step": [step]} for name in ("M31", "M33", "M42")]}
    drawn = [enriched_plan(plain, Random(seed), Window(0.0, 36_000.0)) for seed in range(120)]
    for one in drawn:
        Plan.model_validate(one)
    items = [item for one in drawn for item in one["target"]]
    assert {item.get("do", "subs") for item in items} >= {"subs", "sky flats", "darks", "wait", "script"}
    said = {key for item in items for key in item} | {key for one in drawn for key in one}
    assert said >= {
        "begin", "end", "wait", "fully_dark", "repeat", "interval_seconds", "centre", "focus_first",
        "focus_star_magnitude", "position_angle_deg", "clear_on_repeat", "unattended", "script",
    }  # fmt: skip
    steps = {key for item in items for step in item.get("step", ()) for key in step}
    assert steps >= {"stack", "focus_before", "focus_every", "frame"}
    assert any(one == plain for one in drawn)
