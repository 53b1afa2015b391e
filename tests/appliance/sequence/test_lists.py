"""The list of a plan, worked through in virtual time: windows, repetitions, rounds, what is no target."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits

from appliance.bus import NeedsPerson
from appliance.errors import CentringFailed
from appliance.journal import Mark, Sub, SubState
from appliance.plan import Plan
from appliance.sequence.checks import resolve
from appliance.sequence.desk import EDIT_SECONDS
from appliance.sequence.messages import SequenceState
from appliance.sequence.runner import run_plan
from appliance.sky.catalogue import find
from appliance.sky.rise_set import transit_near
from appliance.solve.process import Finished
from tests.appliance.sequence.night_rig import EVENING, SITE, SUB_SECONDS, Box, box_in

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
HOUR = 3600.0
STEP = {"filter": "L", "seconds": SUB_SECONDS, "count": 2, "dither_every": 0}
HIGH = "M33"  # up all evening
QUICK = {"focus_at_start": False, "focus_on_filter_change": False, "cool": False}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def plan(*items: dict[str, Any], **changes: Any) -> Plan:
    return Plan.model_validate({"name": "plan", "target": list(items), **QUICK, **changes})


def target(name: str = HIGH, **changes: Any) -> dict[str, Any]:
    return {"name": name, "step": [STEP], **changes}


def order(subs: list[Sub]) -> list[str]:
    """The targets as they followed each other."""
    names = [sub.target for sub in sorted(subs, key=lambda sub: sub.started or 0.0)]
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


async def started(box: Box) -> list[float]:
    return sorted(sub.started or 0.0 for sub in await box.subs(SubState.SAVED))


async def test_a_target_is_taken_between_its_moments(tmp_path: Path) -> None:
    work = plan(target(begin="21:30", end="21:35", step=[{**STEP, "count": 50}]))  # it is 20:00
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "incomplete"
        moments = await started(box)
        assert moments[0] >= EVENING + 1.5 * HOUR
        assert moments[-1] + SUB_SECONDS <= EVENING + 1.5 * HOUR + 300


async def test_a_moment_may_refer_to_the_meridian(tmp_path: Path) -> None:
    work = plan(target(begin="meridian+00:40"))
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        transit = transit_near(find(HIGH).position, SITE, EVENING)
        assert (await started(box))[0] == pytest.approx(transit + 40 * 60, abs=120)


async def test_the_night_has_a_begin_and_an_end_of_its_own(tmp_path: Path) -> None:
    work = plan(target(step=[{**STEP, "count": 500}]), begin="20:30", end="20:40")
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "incomplete"
        moments = await started(box)
        assert moments[0] >= EVENING + HOUR / 2
        assert moments[-1] + SUB_SECONDS <= EVENING + 40 * 60


async def test_what_comes_after_a_target_that_waits_comes_after_it(tmp_path: Path) -> None:
    later = target("M31", begin="21:00", wait=True)
    async with box_in(made(tmp_path / "waits")) as box:
        assert await box.run(plan(later, target())) == "complete"
        assert order(await box.subs()) == ["M 31", "M 33"]
    async with box_in(made(tmp_path / "goes on")) as box:
        assert await box.run(plan({**later, "wait": False}, target())) == "complete"
        assert order(await box.subs()) == ["M 33", "M 31"]


async def test_what_waits_and_cannot_be_taken_any_more_holds_nobody_up(tmp_path: Path) -> None:
    work = plan(target("M13", min_altitude_deg=60, wait=True), target())
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "incomplete"
        assert order(await box.subs(SubState.SAVED)) == ["M 33"]


async def test_fully_dark_is_without_the_moon(tmp_path: Path) -> None:
    """The Moon of that night is up until 02:05 UTC."""
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target("M42", fully_dark=True))) == "complete"
        assert (await started(box))[0] > EVENING + 5.5 * HOUR


async def test_steps_are_repeated_at_intervals(tmp_path: Path) -> None:
    work = plan(target(repeat=3, interval_seconds=300.0))
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        moments = await started(box)
        assert len(moments) == 6
        first, second, third = moments[::2]
        assert second - first == pytest.approx(300, abs=30)
        assert third - second == pytest.approx(300, abs=30)


async def test_an_endless_target_ends_with_its_time_and_previews_fill_the_intervals(tmp_path: Path) -> None:
    eclipse = target(repeat=0, interval_seconds=120.0, preview_seconds=5.0, end="20:15")
    async with box_in(tmp_path) as box:
        assert await box.run(plan(eclipse)) == "complete"
        rounds = len(await box.saved()) / 2
        assert 5 <= rounds <= 7
        previews = [one for one in box.troubles.begun if one.seconds == 5.0]
        assert len(previews) > 2 * rounds
        assert all(sub.seconds == SUB_SECONDS for sub in await box.subs())


async def test_the_whole_list_is_repeated(tmp_path: Path) -> None:
    work = plan(target("M31"), target(), repeat=2)
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        assert order(await box.subs()) == ["M 31", "M 33", "M 31", "M 33"]
        assert len(await box.subs(SubState.SAVED)) == 8 == work.total


async def test_repeating_without_clearing_takes_nothing_twice(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target("M31"), target(), repeat=3, clear_on_repeat=False)) == "complete"
        assert len(await box.subs(SubState.SAVED)) == 4


async def test_an_endless_list_ends_with_the_night(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target(), repeat=0, end="20:20")) == "complete"
        assert len(await box.subs(SubState.SAVED)) > 10


async def test_an_endless_list_without_anything_to_do_ends(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target("M13", min_altitude_deg=60), repeat=0)) == "complete"


async def test_repetitions_go_on_after_a_restart(tmp_path: Path) -> None:
    work = plan(target(repeat=3), repeat=2)
    async with box_in(tmp_path) as box:
        task = await box.start(work)
        await box.until(lambda: box.troubles.subs == 5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        before = len(await box.subs(SubState.SAVED))
        assert 3 <= before <= 5
        assert await box.run(work) == "complete"
        assert len(await box.subs(SubState.SAVED)) == 12


async def test_without_moving_it_takes_what_is_there(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.rig.mount.unpark()
        await box.rig.mount.track(True)
        before = (await box.mount()).pointing
        assert await box.run(plan({"name": "Whatever", "move": False, "step": [STEP]})) == "complete"
        assert {sub.target for sub in await box.subs()} == {"Whatever"}
        assert box.troubles.looks == 0
        assert not any("Slew" in line.text for line in box.lines())
        assert (await box.mount()).pointing.dec_deg == pytest.approx(before.dec_deg, abs=0.01)


async def test_without_centring_the_mounts_word_counts(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target(centre=False))) == "complete"
        assert box.troubles.looks == 0
        assert any("Slew to M 33" in line.text for line in box.lines())


async def test_a_moving_body_is_followed(tmp_path: Path) -> None:
    saturn = target("Saturn", refresh_minutes=2.0, centre=False, step=[{**STEP, "count": 15}])
    async with box_in(tmp_path) as box:
        assert await box.run(plan(saturn)) == "complete"
        assert sum("Slew to Saturn …" in line.text for line in box.lines()) >= 3


async def test_a_mount_that_is_parked_stays_so_where_the_plan_says(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.rig.mount.park()
        assert await box.run(plan(target(), unpark=False)) == "incomplete"
        assert (await box.mount()).parked
        assert "mount.parked" in box.codes("error")


async def test_a_mount_that_is_not_to_be_parked_stands_still_at_the_end(tmp_path: Path) -> None:
    async with box_in(made(tmp_path / "stands")) as box:
        assert await box.run(plan(target(), park_at_end=False)) == "complete"
        assert not (await box.mount()).tracking
    async with box_in(made(tmp_path / "tracks")) as box:
        assert await box.run(plan(target(), park_at_end=False, stop_tracking_at_end=False)) == "complete"
        assert (await box.mount()).tracking


async def test_darks_among_the_steps_need_no_sky(tmp_path: Path) -> None:
    dark = {"frame": "dark", "seconds": SUB_SECONDS, "count": 2}
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target(step=[dark], min_altitude_deg=15))) == "complete"
        assert not any("Slew" in line.text for line in box.lines())
        assert "solve.failed" not in box.codes()


async def test_a_focus_run_at_the_beginning_of_a_target(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target("M31"), target(focus_first=True))) == "complete"
        runs = [line.text for line in box.lines() if line.text.startswith("Focusing now")]
        assert runs == ["Focusing now: M33 begins."]


async def test_waits_hold_up_what_follows(tmp_path: Path) -> None:
    work = plan(
        target("M31"), {"do": "wait", "seconds": 600.0}, {"do": "wait", "until": "20:30"}, target(),
    )  # fmt: skip
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        first = [sub.started or 0.0 for sub in await box.subs() if sub.target == "M 33"]
        assert min(first) >= EVENING + HOUR / 2
        assert len(await box.journal.read(Mark)) == 2


async def test_a_question_is_answered_or_given_up(tmp_path: Path) -> None:
    work = plan({"do": "wait", "ask": "Cap off?"}, target(), answer_seconds=100.0)
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        assert (await started(box))[0] >= EVENING + 100
    async with box_in(made(tmp_path / "answered")) as box:
        task = await box.start(work)
        await box.until(lambda: any(isinstance(one, NeedsPerson) and one.text for one in box.said))
        box.questions.answer("go on")
        assert await task == "complete"
        assert (await started(box))[0] < EVENING + 100


class Programs:
    """What the night ran, each ending with `code` after printing its arguments; 99: too late."""

    def __init__(self, box: Box, code: int = 0) -> None:
        self.code, self.ran = code, list[tuple[str, ...]]()
        box.run_program = self.run

    async def run(
        self, command: Sequence[str], _: Path, within: float, more: Mapping[str, str] | None = None
    ) -> Finished:
        self.ran.append(tuple(command))
        assert more is not None
        assert more["NIGHTBOX_PLAN"] == "plan"
        if self.code == 99:
            await asyncio.sleep(within)
            raise TimeoutError
        return Finished(self.code, f"it got {command[1:]}\n")


def script(**changes: Any) -> dict[str, Any]:
    return {"do": "script", "file": "/bin/script", **changes}


async def test_a_script_runs_once_in_its_place_with_its_arguments(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        programs = Programs(box)
        work = plan(target("M31"), script(arguments=["a", "b c"]), target())
        assert await box.run(work) == "complete"
        assert programs.ran == [("/bin/script", "a", "b c")]
        texts = [line.text for line in box.lines()]
        printed = texts.index("script: it got ('a', 'b c')")
        assert texts.index("Slew to M 31 …") < printed < texts.index("Slew to M 33 …")


async def test_a_script_is_not_run_again_after_a_restart(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        programs, work = Programs(box), plan(script(), target())
        task = await box.start(work)
        await box.until(lambda: box.troubles.subs == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await box.run(work) == "complete"
        assert len(programs.ran) == 1


async def test_a_script_waits_for_its_moment(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        Programs(box)
        assert await box.run(plan(script(begin="20:30"), target())) == "complete"
        assert (await started(box))[0] >= EVENING + HOUR / 2


@pytest.mark.parametrize(("code", "says"), [(3, "ended with code 3"), (99, "was not done after 120 s")])
async def test_a_failing_script_is_said_and_the_night_goes_on(tmp_path: Path, code: int, says: str) -> None:
    async with box_in(tmp_path) as box:
        Programs(box, code)
        assert await box.run(plan(script(), target())) == "complete"
        assert any(says in line.text and line.code == "script.failed" for line in box.lines("warning"))


async def test_a_failing_script_may_end_the_night(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        Programs(box, code=3)
        work = plan(script(on_failure="stop"), target())
        assert await box.run(work) == "incomplete"
        assert (await box.mount()).parked
        assert not await box.subs()


async def test_a_person_may_end_the_night_after_a_failing_script(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        Programs(box, code=3)
        task = await box.start(plan(script(on_failure="ask"), target()))
        await box.until(lambda: any(isinstance(one, NeedsPerson) and one.text for one in box.said))
        box.questions.answer("stop")
        assert await task == "incomplete"
        assert not await box.subs()


async def test_scripts_at_start_end_and_error(tmp_path: Path) -> None:
    scripts = {when: {"file": "/bin/script", "arguments": [when]} for when in ("start", "end", "error")}
    async with box_in(made(tmp_path / "well")) as box:
        programs = Programs(box)
        assert await box.run(plan(target(), script=scripts)) == "complete"
        assert [arguments for _, arguments in programs.ran] == ["start", "end"]

    def fail(_: int) -> None:
        raise RuntimeError("a bug")

    async with box_in(made(tmp_path / "badly")) as box:
        programs, box.troubles.spoil = Programs(box), fail
        with pytest.raises(RuntimeError):
            await box.run(plan(target(), script=scripts))
        assert [arguments for _, arguments in programs.ran] == ["start", "error"]
        assert (await box.mount()).parked


async def test_with_somebody_there_a_failure_is_asked_about(tmp_path: Path) -> None:
    def blind(_: int) -> None:

        raise CentringFailed("Not centred.")

    async with box_in(tmp_path) as box:
        box.troubles.look = blind
        task = await box.start(plan(target(), unattended=False))
        await box.until(lambda: any(isinstance(one, NeedsPerson) and one.text for one in box.said))
        box.questions.answer("stop")
        assert await task == "incomplete"
        assert any("ended it after a failure" in line.text for line in box.lines())


def changed(work: Plan, **step: Any) -> Plan:
    steps = tuple(one.model_copy(update=step) for one in work.sky[0].step)
    return work.model_copy(
        update={"target": (work.sky[0].model_copy(update={"step": steps}), *work.target[1:])}
    )


async def edited(box: Box, work: Plan, new: Plan) -> str:
    """Change a running plan in its second sub."""

    night = await box.night(work)
    task = asyncio.create_task(run_plan(night))
    box.jobs.append(task)
    await box.until(lambda: box.troubles.subs == 1 and night.state.exposing_since is not None)
    box.desk.open("phone")
    await box.until(lambda: night.state.doing == "The plan is being changed")
    subs = box.troubles.subs
    await asyncio.sleep(200)
    assert box.troubles.subs == subs == 2
    night.replan(new, resolve(new))
    box.desk.close("phone")
    return await task


async def test_counts_may_be_changed_in_the_running_step(tmp_path: Path) -> None:
    work = plan(target(step=[{**STEP, "count": 3}]))
    async with box_in(tmp_path) as box:
        assert await edited(box, work, changed(work, count=5)) == "complete"
        assert [number for _, number in await box.saved()] == [1, 2, 3, 4, 5]
        assert sum("Centre on" in line.text for line in box.lines()) == 2  # begun and done, once


async def test_another_exposure_makes_it_another_step(tmp_path: Path) -> None:
    work = plan(target(step=[{**STEP, "count": 3}]))
    async with box_in(tmp_path) as box:
        assert await edited(box, work, changed(work, seconds=31.0)) == "complete"
        subs = await box.subs(SubState.SAVED)
        assert [(sub.seconds, sub.number) for sub in subs] == [
            (SUB_SECONDS, 1), (SUB_SECONDS, 2), (31.0, 1), (31.0, 2), (31.0, 3),
        ]  # fmt: skip


async def test_targets_to_come_may_be_changed_freely(tmp_path: Path) -> None:
    work = plan(target(), target("M31"))
    async with box_in(tmp_path) as box:
        new = plan(target(), target("M35"), {"do": "wait", "seconds": 1.0})
        assert await edited(box, work, new) == "complete"
        assert order(await box.subs()) == ["M 33", "M 35"]


async def test_an_editor_who_goes_away_holds_the_night_up_for_minutes_only(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.desk.open("phone")
        assert await box.run(plan(target())) == "complete"
        assert EVENING + EDIT_SECONDS <= (await started(box))[0] < EVENING + EDIT_SECONDS + 300
        assert any(isinstance(one, SequenceState) and one.phase == "paused" for one in box.said)


async def test_a_stack_is_one_sub_of_several_exposures(tmp_path: Path) -> None:
    stack = {**STEP, "stack": 4, "readout_mode": "Low noise"}
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target(step=[stack]))) == "complete"
        subs = await box.subs(SubState.SAVED)
        assert [sub.seconds for sub in subs] == [4 * SUB_SECONDS] * 2
        assert box.troubles.subs == 8
        assert {one.readout_mode for one in box.troubles.begun if one.seconds == SUB_SECONDS} == {"Low noise"}
        header = fits.getheader(box.images / (subs[0].file or ""))
        assert header["EXPTIME"] == SUB_SECONDS
        assert header["NCOMBINE"] == 4


async def test_a_readout_mode_that_the_camera_lacks_is_named(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert (
            await box.run(plan(target(step=[{**STEP, "readout_mode": "Turbo"}], end="20:10"))) == "incomplete"
        )
        assert any("no readout mode 'Turbo'" in line.text for line in box.lines("warning"))
