"""What the box tells of the night to come, through a whole short night in virtual time."""

import asyncio
from pathlib import Path

import pytest

from appliance.plan import Plan
from appliance.sequence.messages import NextEvent, SequenceState
from tests.appliance.box.open_field import NIGHT, PLAN, field
from tests.appliance.surfaces.lonely_box import LonelyBox


def told(box: LonelyBox) -> NextEvent:
    return next(one for one in box.box.bus.states() if isinstance(one, NextEvent))


def test_dawn_comes_next_when_nothing_runs_and_the_end_of_the_plan_when_it_does(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert told(box).kind == "dawn"
        await box.api.call("start", {})
        await box.until(lambda: told(box).kind == "done", hours=1)
        said = told(box).at
        assert said is not None
        assert await box.box.ended() == "complete"
        assert abs(box.box.observer.unix() - said) < 900  # what was foreseen is about right

    field(tmp_path).live(story)


def test_while_it_waits_for_dusk_that_is_what_comes(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert told(box).kind == "dusk"
        await box.api.call("start", {})
        await box.until(lambda: told(box).kind == "wait")
        dusk = told(box).at
        assert told(box).what == "Waiting for dusk"
        assert dusk is not None
        await box.until(lambda: told(box).kind not in {"wait", "dusk"})
        states = [one for one in box.box.bus.states() if isinstance(one, SequenceState)]
        assert states[0].until is None or states[0].until > box.box.observer.unix() - 60
        assert box.box.observer.unix() == pytest.approx(dusk, abs=120)

    box = field(tmp_path)
    box.begins = NIGHT - 6 * 3600.0
    box.live(story)


def test_where_it_never_gets_dark_nothing_comes(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        box.box.plan = Plan.model_validate({**PLAN.model_dump(), "begin": "23:00", "end": "22:00"})
        await asyncio.sleep(60.0)
        assert told(box).kind == ""

    field(tmp_path).live(story)
