"""What the box tells of the night to come, through a whole short night in virtual time."""

import asyncio
from pathlib import Path

import pytest

from appliance.box.checklist import Checklist
from appliance.box.refusals import Refusals
from appliance.errors import BadCommand
from appliance.plan import Plan
from appliance.safety.messages import WeatherState
from appliance.sequence.messages import NextEvent, SequenceState
from hardware.simulator.faults import Fault, FaultKind
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


def check(box: LonelyBox, name: str) -> str:
    told = next(one for one in box.box.bus.states() if isinstance(one, Checklist))
    return next(one.state for one in told.checks if one.name == name)


def refused(box: LonelyBox) -> dict[str, str]:
    told = next(one for one in box.box.bus.states() if isinstance(one, Refusals))
    return {one.command: one.why for one in told.commands}


def test_a_night_under_a_roof_is_told_as_it_goes(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await asyncio.sleep(30.0)
        assert refused(box) == {"roof_open": "it is day"}
        assert check(box, "rig") == "to do"
        weather = next(one for one in box.box.bus.states() if isinstance(one, WeatherState))
        assert box.box.observer.unix() - weather.at < 60
        wind = next(one for one in weather.values if one.quantity == "wind_m_s")
        assert (wind.safety, wind.beyond) == (12.0, "")
        await box.api.call("start", {})
        await box.until(lambda: box.heard("Polar aligned?") or "roof_open" in refused(box))
        await asyncio.sleep(5.0)
        assert refused(box)["roof_close"] == "the night is still running"

    LonelyBox(tmp_path, PLAN, begins=NIGHT - 5 * 3600.0).live(story)


def test_rain_makes_start_wait_and_is_seen_in_the_values(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.until(lambda: "start" in refused(box))
        assert refused(box)["start"].startswith("it is not safe: Weather: rain")
        assert refused(box)["roof_open"] == "it is not safe"
        weather = next(one for one in box.box.bus.states() if isinstance(one, WeatherState))
        rain = next(one for one in weather.values if one.quantity == "rain_mm_h")
        assert (rain.beyond, rain.safety) == ("safety", 0.0)
        assert check(box, "safety") == "problem"

    rain = Fault(FaultKind.RAIN, NIGHT + 60.0, 3600.0, amount=2.0)
    LonelyBox(tmp_path, PLAN, faults=(rain,), begins=NIGHT).live(story)


def test_every_night_has_its_report(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert await box.api.call("nights", {}) == {"nights": [], "before": 0}
        with pytest.raises(BadCommand, match="no night 1"):
            await box.api.call("night_report", {"run": 1})
        await box.api.call("start", {})
        assert await box.box.ended() == "complete"
        await asyncio.sleep(30.0)
        assert check(box, "focus") == "done"
        told = await box.api.call("nights", {})
        assert isinstance(told, dict)
        (night,) = told["nights"]
        assert (night["plan"], night["outcome"], night["subs"], night["targets"]) == (
            "Andromeda", "complete", 4, ["M 31"],
        )  # fmt: skip
        written.append(str(await box.api.call("night_report", {"run": night["run"]})))

    written: list[str] = []
    field(tmp_path).live(story)
    assert "Andromeda" in Path(written[0]).read_text(encoding="utf-8")
