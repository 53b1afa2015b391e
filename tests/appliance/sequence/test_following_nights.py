"""The focuser follows temperature and filter: when, how far, and back after a failure."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.focus.moves import FocusMoved
from appliance.journal import FocusMove, FocusRun, Pointing, SubState
from tests.appliance.sequence.night_rig import EVENING, SUB_SECONDS, Box, Troubles, box_in, plan
from tests.appliance.sequence.test_focus_trigger_nights import COOLING, steps

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
DAY = 86_400.0
FOCUS: dict[str, Any] = {"step": 120, "overshoot": 200, "seconds": 8.0, "points": 7}


def following(when: str, steps_per_celsius: float, **more: Any) -> dict[str, Any]:
    temperature = {"compensate": when, "steps_per_celsius": steps_per_celsius, "every_seconds": 5.0, **more}
    return {**FOCUS, "temperature": temperature}


async def moves(box: Box, why: str = "temperature") -> list[FocusMove]:
    return await box.journal.read(FocusMove, why=why)


async def exposing(box: Box, move: FocusMove) -> bool:
    """Was it made while a sub was exposed?"""
    began = [sub.started or 0.0 for sub in await box.subs()]
    seconds = max(sub.seconds for sub in await box.subs())
    return any(start < move.at < start + seconds for start in began)


async def test_between_subs_it_goes_where_the_coefficient_says(tmp_path: Path) -> None:
    async with box_in(tmp_path, weather=COOLING, focus=following("between subs", -30.0)) as box:
        await box.run(plan(("L", 20), focus_at_start=True))
        run = (await box.journal.read(FocusRun))[0]
        made = await moves(box)
        assert len(made) >= 3
        assert not any([await exposing(box, move) for move in made])
        for move in made:
            assert move.celsius is not None
            assert run.celsius is not None
            assert move.position - (run.position or 0) == round(-30.0 * (move.celsius - run.celsius))
            assert abs(move.position - move.origin) >= 15  # half a degree at least
        assert [sub.focus_position for sub in await box.subs()][-1] == made[-1].position
        told = [message for message in box.said if isinstance(message, FocusMoved)]
        assert [(one.origin, one.position) for one in told] == [(one.origin, one.position) for one in made]
        said = [line.text for line in box.lines() if "the focuser follows by +" in line.text]
        assert len(said) == len(made)


@pytest.mark.parametrize(("coefficient", "in_exposures"), [(30.0, True), (-30.0, False)])
async def test_in_real_time_it_moves_during_exposures_unless_it_would_overshoot(
    tmp_path: Path, coefficient: float, *, in_exposures: bool
) -> None:
    section = following("real time", coefficient, min_celsius=0.0)
    async with box_in(tmp_path, weather=COOLING, focus=section) as box:
        await box.run(plan(target=steps({"count": 3, "seconds": 120.0})))
        made = await moves(box)
        assert made
        assert any([await exposing(box, move) for move in made]) is in_exposures


async def test_it_rests_during_focus_runs_and_while_paused(tmp_path: Path) -> None:
    section = following("between subs", -30.0, min_celsius=0.0)
    async with box_in(tmp_path, weather=COOLING, focus=section) as box:
        await box.run(plan(("L", 6), focus_every_subs=3))
        (run,) = await box.journal.read(FocusRun)
        assert not [move for move in await moves(box) if run.started <= move.at <= run.ended]
        before = await moves(box)
        box.wish.pause()
        await box.run(plan(("L", 9)))
        assert await moves(box) == before


async def test_the_mean_of_several_readings_counts(tmp_path: Path) -> None:
    section = following("between subs", -30.0, min_celsius=0.0, readings=12)
    async with box_in(tmp_path, weather=COOLING, focus=section) as box:
        await box.run(plan(("L", 4)))
        first = (await moves(box))[0]
        # Twelve readings take 55 s, and the first mean is what is compared with.
        assert first.at - ((await box.subs())[0].started or 0.0) >= 55.0 - 30.0


@pytest.mark.parametrize("moved", [0, 500])
async def test_the_next_night_goes_on_from_the_last_focus(tmp_path: Path, moved: int) -> None:
    section = following("between subs", -10.0)
    async with box_in(tmp_path, focus=section) as box:
        await box.run(plan(("L", 1), focus_at_start=True))
        last = (await box.journal.read(FocusRun))[0]
        stands = await box.rig.focuser.position()  # type: ignore[union-attr]
    assert last.position is not None
    assert last.celsius is not None
    left = {"setup": {"start": stands + moved}}
    warmer = {"driver": "simulator", "name": "Weather", "setup": {"mean_celsius": 17.0}}
    async with box_in(
        tmp_path, at=EVENING + DAY, focus=section, focuser={**FOCUSER, **left}, weather=warmer
    ) as box:
        await box.run(plan(("L", 1), name="M31"))
        sub = (await box.subs(SubState.SAVED))[-1]
        carried = await moves(box, "carried over")
        if moved:
            assert carried == []
            assert "where nobody left it" in " ".join(line.text for line in box.lines())
        else:
            celsius = await box.rig.focuser.celsius()  # type: ignore[union-attr]
            assert celsius is not None
            assert carried[0].position == pytest.approx(
                last.position - 10.0 * (celsius - last.celsius), abs=2
            )
            assert sub.focus_position == carried[0].position
            assert abs(carried[0].position - stands) > 50


FOCUSER: dict[str, Any] = {"driver": "simulator", "name": "Focuser"}
OFFSETS: dict[str, Any] = {"offsets": {"L": 0, "R": 30, "G": 15}}


def filtered(**more: Any) -> dict[str, Any]:
    return {**FOCUS, "filters": {**OFFSETS, **more}}


async def test_a_filter_change_goes_by_the_offset_and_needs_no_run(tmp_path: Path) -> None:
    async with box_in(tmp_path, focus=filtered()) as box:
        await box.run(plan(("L", 1), ("R", 1), ("G", 1), focus_at_start=True, focus_on_filter_change=True))
        (run,) = await box.journal.read(FocusRun)
        at = run.position or 0
        assert [sub.focus_position for sub in await box.subs()] == [at, at + 30, at + 15]


async def test_offsets_alone_without_any_run(tmp_path: Path) -> None:
    async with box_in(tmp_path, focus=filtered()) as box:
        await box.run(plan(("R", 1), ("L", 1)))
        # The wheel began at L, the focuser at 12,000.
        assert [sub.focus_position for sub in await box.subs()] == [12_030, 12_000]


async def test_all_runs_in_one_filter(tmp_path: Path) -> None:
    async with box_in(tmp_path, focus=filtered(focus_in="L", exposure_factors={"L": 0.5})) as box:
        await box.run(plan(("R", 1), focus_at_start=True))
        (run,) = await box.journal.read(FocusRun)
        assert run.filter == "L"
        (sub,) = await box.subs()
        assert (sub.filter, sub.focus_position) == ("R", (run.position or 0) + 30)
        assert await box.rig.filter_wheel.selected() == "R"  # type: ignore[union-attr]
        looks = [one.seconds for one in box.troubles.begun if one.seconds != SUB_SECONDS]
        assert looks.count(4.0) == run.exposures  # half of focus.seconds


async def test_after_a_failure_and_after_stop_filter_and_focuser_are_back(tmp_path: Path) -> None:
    section = {**filtered(focus_in="L"), "seconds": 0.001}  # no star is seen
    async with box_in(tmp_path, focus=section) as box:
        await box.run(plan(("R", 1), focus_at_start=True))
        (run,) = await box.journal.read(FocusRun)
        assert run.failure
        assert [sub.focus_position for sub in await box.subs()] == [12_030]
        assert await box.rig.filter_wheel.selected() == "R"  # type: ignore[union-attr]
    stopped = Troubles()
    (tmp_path / "2").mkdir()
    async with box_in(tmp_path / "2", stopped, focus=filtered(focus_in="L")) as box:
        job = await box.start(plan(("R", 1), focus_at_start=True))
        await box.until(lambda: stopped.looks >= 3)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        assert await box.rig.filter_wheel.selected() == "R"  # type: ignore[union-attr]
        assert await box.rig.focuser.position() == 12_030  # type: ignore[union-attr]


async def test_a_filter_without_offset_is_focused_in_itself(tmp_path: Path) -> None:
    section = {**FOCUS, "filters": {"offsets": {"L": 0}, "focus_in": "L"}}
    async with box_in(tmp_path, focus=section) as box:
        await box.run(plan(("R", 1), focus_at_start=True))
        assert [run.filter for run in await box.journal.read(FocusRun)] == ["R"]
        assert "has no offset for R" in " ".join(line.text for line in box.lines("warning"))


async def test_at_a_bright_star_and_back(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.run(plan(target=steps({"count": 2}, focus_star_magnitude=5.0), focus_every_subs=1))
        (run,) = await box.journal.read(FocusRun)
        assert run.position is not None
        said = [line.text for line in box.lines() if line.text.endswith(" …")]
        at = next(n for n, text in enumerate(said) if "Autofocus" in text)
        assert [text.rsplit(" ", 1)[0] for text in said[at : at + 4]] == [
            "Autofocus in L (subs)", said[at + 1].rsplit(" ", 1)[0], "Slew back to M 33", "Centre on M 33",
        ]  # fmt: skip
        assert said[at + 1].startswith("Slew to a star of magnitude 4.") or "magnitude 5." in said[at + 1]
        looks = await box.journal.read(Pointing)
        assert looks[-1].at > run.ended
        assert looks[-1].error_arcsec < 20.0


async def test_without_such_a_star_it_is_focused_in_place(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.run(plan(target=steps({"count": 2}, focus_star_magnitude=-1.5), focus_every_subs=1))
        assert len(await box.journal.read(FocusRun)) == 1
        assert "focusing where the telescope points" in " ".join(line.text for line in box.lines())
