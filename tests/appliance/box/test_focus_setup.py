"""How focus is set up, what runs have taught, and what was done: through the api, in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Arguments, Command
from appliance.box.focusing.trend import FocusTrend
from appliance.errors import BadCommand
from appliance.journal import FocusMove, FocusRun, Journal, Run
from tests.appliance.box.open_field import M31, field
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
FOCUS: dict[str, Any] = {"focus": {"step": 120, "overshoot": 200, "seconds": 4.0, "points": 9}}
LAST = 24
MODEL = {"kind": "hyperbola", "a": 1.6, "b": 200.0, "centre": 12_100.0, "measure": "hfr", "binning": 1}


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **{**FOCUS, **changes}).live(story)


async def taught(journal: Journal) -> None:
    """Runs of past nights: R lies 80 steps farther out than L, and a degree moves focus by −12."""
    run = await journal.add(Run(plan="Past night", plan_key="past", started=1.7e9))
    for number in range(LAST):
        filter_, celsius = "LR"[number % 2], 4.0 + number / 2
        position = 12_100 + 80 * (filter_ == "R") - round(12 * (celsius - 10)) + number % 3
        await journal.add(
            FocusRun(
                run=run, reason="time", filter=filter_, started=1.7e9 + number, ended=1.7e9 + number + 60,
                position=position, hfr=1.6, goodness=0.98, celsius=celsius, exposures=10,
                model={**MODEL, "centre": float(position)},
                points=[
                    {"position": position + 120 * step, "hfr": 2.0, "stars": 40, "used": step != 3, "why": ""}
                    for step in range(-4, 5)
                ],
            )
        )  # fmt: skip
    moved = FocusMove(run=run, at=1.7e9, why="temperature", filter="L", origin=12_000, position=12_012)
    await journal.add(moved)


async def ask(box: LonelyBox, name: str, **arguments: object) -> Any:
    return await box.api.call(name, arguments)


def test_what_runs_have_taught_is_offered_accepted_and_dismissed(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await taught(box.box.journal)
        told = await ask(box, "focus_overview")
        slope, red = told["offers"]
        assert slope["found"]["value"] == pytest.approx(-12, abs=1)
        assert (red["filter"], red["against"], red["set_to"]) == ("R", "L", pytest.approx(80, abs=3))
        assert "± " in red["sentence"]
        table = {one["name"]: one for one in told["filters"]["table"]}
        assert (table["R"]["runs"], table["R"]["offset"]) == (12, None)
        assert table["L"]["curve"]["trusted"]
        assert told["compensation"]["moves"][0]["position"] == 12_012

        assert await ask(box, "focus_offer", key=red["key"], accept=True) == {"kept": False}
        assert box.box.profile.focus.filters.offsets == {"L": 0, "R": red["set_to"]}
        assert box.box.hand.night.profile.focus.filters.offsets["R"] == red["set_to"]
        await ask(box, "focus_offer", key=slope["key"], accept=False)
        assert (await ask(box, "focus_overview"))["offers"] == []
        with pytest.raises(BadCommand, match="nothing is offered"):
            await ask(box, "focus_offer", key=red["key"], accept=True)

    at_night(tmp_path, story)


def test_history_is_read_page_by_page_and_each_run_has_its_curve(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await taught(box.box.journal)
        first = await ask(box, "focus_history", count=10)
        assert (len(first["runs"]), first["more"], first["total"]) == (10, True, LAST)
        assert (first["runs"][0]["id"], first["runs"][0]["plan"]) == (LAST, "Past night")
        rest = await ask(box, "focus_history", before=first["runs"][-1]["id"], count=100)
        assert [one["id"] for one in rest["runs"]] == list(range(LAST - 10, 0, -1))
        assert not rest["more"]
        run = await ask(box, "focus_run", id=LAST)
        assert len(run["points"]) == 9
        assert min(run["curve"], key=lambda drawn: drawn[1])[0] == pytest.approx(run["position"], abs=15)
        log = await ask(box, "focus_log")
        assert len(log.splitlines()) == 1 + LAST + 1
        with pytest.raises(BadCommand, match="no focus run 999"):
            await ask(box, "focus_run", id=999)

    at_night(tmp_path, story)


def test_a_change_is_checked_used_at_once_and_written_where_it_can_be(tmp_path: Path) -> None:
    kept: list[dict[str, Any]] = []

    class Changes(Arguments):
        values: dict[str, Any]

    async def keep(asked: Changes) -> None:
        kept.append(asked.values)

    async def story(box: LonelyBox) -> None:
        for values, why in (
            ({"focus.points": 4}, "odd"),
            ({"focus.temperature.compensate": "real time"}, "steps_per_celsius"),
            ({"focus.nonsense": 1}, "nonsense"),
            ({"mount.name": "x"}, "not about focus"),
            ({"focus.filters.offsets": {"L": 3}}, "reference"),
        ):
            with pytest.raises(BadCommand, match=why):
                await ask(box, "focus_change", values=values)
        assert box.box.profile.focus.points == 9
        box.api.register(Command("profile_change", "", Changes, keep))
        told = {"focus.temperature.compensate": "between subs", "focus.temperature.steps_per_celsius": -9.5}
        assert await ask(box, "focus_change", values=told) == {"kept": True}
        assert kept == [told]
        settings = (await ask(box, "focus_overview"))["compensation"]
        assert (settings["compensate"], settings["steps_per_celsius"]) == ("between subs", -9.5)

    at_night(tmp_path, story)


def test_compensation_begins_in_the_middle_of_a_night(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await ask(box, "start")
        await asyncio.sleep(1200.0)
        assert await box.box.journal.read(FocusMove) == []
        values = {
            "focus.temperature.compensate": "between subs", "focus.temperature.steps_per_celsius": -60.0,
            "focus.temperature.min_celsius": 0.0,
        }  # fmt: skip
        await ask(box, "focus_change", values=values)
        await box.until(lambda: box.heard("the focuser follows"), hours=2)

    at_night(tmp_path, story)


def test_a_wizards_proposal_is_taken_over(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="no wizard"):
            await ask(box, "focus_take_over")
        await ask(box, "unpark")
        await ask(box, "slew", **M31)
        answer = await ask(box, "focus_backlash")
        assert "overshoot" in "".join(answer["lines"])
        before = box.box.profile.focus.overshoot
        await ask(box, "focus_take_over")
        assert 0 < box.box.profile.focus.overshoot != before
        await asyncio.sleep(1.0)
        assert box.heard("Taken over from the backlash measurement: focus.overshoot, focuser.backlash")

    at_night(tmp_path, story)


def test_the_trend_has_looks_and_subs(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await ask(box, "unpark")
        await ask(box, "slew", **M31)
        await ask(box, "focus_look", seconds=2.0)
        await asyncio.sleep(20.0)
        await ask(box, "focus_look", do="stop")
        await ask(box, "start")
        await box.until(lambda: any(point.sub for point in trend(box)), hours=2)
        frames = trend(box)
        assert [point.sub for point in frames] == sorted(point.sub for point in frames)
        assert len({point.at for point in frames}) == len(frames) > 5
        assert all(point.position is not None and point.hfr > 0 for point in frames)

    def trend(box: LonelyBox) -> tuple[Any, ...]:
        found = [state for state in box.box.bus.states() if isinstance(state, FocusTrend)]
        return found[0].frames if found else ()

    at_night(tmp_path, story)


def test_a_rig_without_a_focuser_has_none_of_it(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="no command"):
            await ask(box, "focus_overview")
        with pytest.raises(BadCommand, match="the profile has none"):
            await ask(box, "focuser_move", steps=5)
        await ask(box, "focus_look", seconds=2.0)
        await asyncio.sleep(10.0)
        assert await ask(box, "focus_cancel") == "focus look"

    at_night(tmp_path, story, focuser=None)
