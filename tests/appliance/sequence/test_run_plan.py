"""A whole night on the simulated rig: what is taken, what it leaves behind, what it does again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits

from appliance.errors import DeviceLost
from appliance.journal import FocusRun, Pointing, Run, Span, SubState
from appliance.sequence.messages import SequenceState, SubSaved
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000
from tests.appliance.sequence.night_rig import SUB_SECONDS, SlowCalculator, Troubles, box_in, plan

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.looptime,
    pytest.mark.usefixtures("patient_workers"),
]
WHOLE: dict[str, Any] = {"focus_at_start": True, "focus_on_filter_change": True, "cool": True}


async def test_a_whole_small_night(tmp_path: Path) -> None:
    work = plan(("R", 2), ("G", 2), **WHOLE)
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        assert await box.saved() == [("G", 1), ("G", 2), ("R", 1), ("R", 2)]
        assert not box.codes()  # nothing went wrong
        status = await box.mount()
        assert (status.parked, status.tracking) == (True, False)
        assert box.rig.camera.cooler
        assert await box.rig.camera.cooler.power_percent() == 0.0
        run = (await box.journal.read(Run))[0]
        assert (run.outcome, run.ended is not None) == ("complete", True)
        focus = await box.journal.read(FocusRun)
        assert [(one.filter, one.reason) for one in focus] == [("R", "start"), ("G", "filter change")]
        assert all(abs((one.position or 0) - 12_160) < 60 for one in focus)
        assert len(focus[0].points) >= 7
        assert (await box.journal.read(Pointing))[-1].error_arcsec < 15.0
        spans = await box.journal.read(Span)
        assert {span.outcome for span in spans} == {"done"}
        assert [span.name for span in spans][-2:] == ["Park the mount", "Warm the camera"]
        dithers = [line for line in box.lines() if line.source == "dither"]
        assert len(dithers) == 3  # between four subs
        last = [message for message in box.said if isinstance(message, SequenceState)][-1]
        assert (last.phase, last.done, last.total) == ("ended", 4, 4)
        assert len([message for message in box.said if isinstance(message, SubSaved)]) == 4
        assert (tmp_path / "preview.jpg").stat().st_size > 1000


async def test_the_header_says_what_was_true(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.run(plan(("R", 1), cool=True))
        sub = (await box.subs())[0]
        header = fits.getheader(box.images / (sub.file or ""))
        assert (header["FILTER"], header["EXPTIME"], header["GAIN"]) == ("R", SUB_SECONDS, 120)
        assert (header["OBJECT"], header["SET-TEMP"]) == ("M 33", -10.0)
        assert header["CCD-TEMP"] == pytest.approx(-10.0, abs=0.6)
        assert header["FOCUSPOS"] == sub.focus_position == 12_000
        assert header["DATE-OBS"].startswith("2026-11-20T20:0")
        solved = J2000(header["CRVAL1"], header["CRVAL2"])
        assert separation_arcsec(solved, J2000(sub.ra_deg or 0, sub.dec_deg or 0)) < 30
        assert sub.error_arcsec is not None
        assert sub.error_arcsec < 30


@pytest.mark.parametrize("gain", [0, 200])
async def test_a_step_s_own_gain_goes_before_the_profile_s(tmp_path: Path, gain: int) -> None:
    step = {"filter": "L", "seconds": SUB_SECONDS, "count": 1, "gain": gain, "offset": 50}
    async with box_in(tmp_path) as box:
        await box.run(plan(target=[{"name": "M33", "step": [step]}]))
        asked = {(one.seconds == SUB_SECONDS, one.gain) for one in box.troubles.begun}
        assert asked == {(True, gain), (False, 120)}


async def test_without_focus_at_start_none_is_run(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.run(plan(("R", 1), ("G", 1)))
        assert await box.journal.read(FocusRun) == []


async def test_an_old_filter_gets_its_old_focus_back_from_the_right_side(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        await box.run(plan(("R", 1), ("G", 1), ("R", 1), **{**WHOLE, "cool": False}))
        focus = await box.journal.read(FocusRun)
        assert [one.filter for one in focus] == ["R", "G"]
        subs = await box.subs()
        assert subs[2].focus_position == focus[0].position != focus[1].position
        # The simulated drawtube lags by the backlash when it is moved outwards.
        drawtube = box.rig.focuser._sky.drawtube  # type: ignore[union-attr]
        assert drawtube.place() == focus[0].position


async def test_stop_loses_the_running_sub_only_and_a_new_start_goes_on(tmp_path: Path) -> None:
    work = plan(("R", 3), ("G", 1))
    async with box_in(tmp_path) as box:
        job = await box.start(work)
        await box.until(lambda: [one.seconds for one in box.troubles.begun].count(SUB_SECONDS) == 3)
        await asyncio.sleep(SUB_SECONDS / 2)  # in the middle of the third sub
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert [sub.state for sub in await box.subs()] == [SubState.SAVED, SubState.SAVED, SubState.LOST]
        assert (await box.journal.read(Run))[0].outcome == "stopped"
        assert not (await box.mount()).parked  # whoever stopped may go on
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        assert await box.saved() == [("G", 1), ("R", 1), ("R", 2), ("R", 3)]
        assert box.troubles.subs == 2
        assert len(await box.journal.read(Run)) == 1


async def test_stop_in_the_middle_of_a_save_keeps_the_frame(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.calculator = SlowCalculator(5.0)
        job = await box.start(plan(("R", 2)))
        await box.until(lambda: box.troubles.subs > 0)
        assert await box.subs(SubState.SAVED) == []
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await box.saved() == [("R", 1)]


async def test_a_complete_plan_starts_anew_beside_what_is_there(tmp_path: Path) -> None:
    work = plan(("R", 1))
    async with box_in(tmp_path) as box:
        await box.run(work)
        first = box.files()
        before = (box.images / first[0]).read_bytes()
        await box.run(work)
        assert len(await box.saved()) == 2
        assert (box.images / first[0]).read_bytes() == before


async def test_frames_that_were_moved_away_keep_their_names(tmp_path: Path) -> None:
    work = plan(("R", 1))
    async with box_in(tmp_path) as box:
        await box.run(work)
        (first,) = box.files()
        (box.images / first).rename(tmp_path / "elsewhere.fits")
        assert await box.run(work) == "complete"
        (second,) = box.files()
        assert second == first.replace(".fits", "_2.fits")


async def test_pause_waits_before_the_next_sub(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        job = await box.start(plan(("R", 3)))
        await box.until(lambda: box.troubles.subs > 0)
        await asyncio.sleep(SUB_SECONDS / 2)
        box.gate.pause()
        await asyncio.sleep(600)
        phases = [message.phase for message in box.said if isinstance(message, SequenceState)]
        assert phases[-1] == "paused"
        assert await box.saved() == [("R", 1), ("R", 2)]  # the second had begun
        await asyncio.sleep(3600)
        assert box.troubles.subs == 2
        box.gate.resume()
        assert await job == "complete"
        assert await box.saved() == [("R", 1), ("R", 2), ("R", 3)]


async def test_stop_while_paused(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.gate.pause()
        job = await box.start(plan(("R", 1)))
        await asyncio.sleep(60)
        box.gate.resume()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert box.troubles.begun == []


async def test_targets_that_have_set_are_left_and_those_to_come_are_waited_for(tmp_path: Path) -> None:
    step = {"filter": "R", "seconds": SUB_SECONDS, "count": 1}
    sets, rises = {"name": "M13", "min_altitude_deg": 60}, {"name": "M44", "min_altitude_deg": 30}
    work = plan(target=[{**one, "step": [step]} for one in (sets, rises)])
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "incomplete"
        assert [sub.target for sub in await box.subs()] == ["M 44"]
        warned = [line.text for line in box.lines("warning")]
        assert warned == ["M 13 cannot be taken any more tonight: left as it is."]
        assert asyncio.get_running_loop().time() > 3600


async def test_a_finished_target_that_has_set_is_no_matter(tmp_path: Path) -> None:
    work = plan(("R", 1))
    async with box_in(tmp_path) as box:
        night = await box.night(work)
        await box.run(work)
        high = work.target[0].model_copy(update={"min_altitude_deg": 89.0})
        again = work.model_copy(update={"target": (high,)})
        await box.journal.change(Run, night.run, outcome="stopped")
        assert await box.run(again) == "complete"
        assert box.lines("warning") == []


async def test_losing_the_camera_for_good_leaves_the_plan_incomplete_with_the_mount_parked(
    tmp_path: Path,
) -> None:
    def lose(sub: int) -> None:
        if sub == 2:
            raise DeviceLost("Camera", "the cable is out")

    async with box_in(tmp_path, Troubles(spoil=lose, reopens=False)) as box:
        assert await box.run(plan(("R", 3))) == "incomplete"
        assert await box.saved() == [("R", 1)]
        assert (await box.mount()).parked
        assert (await box.journal.read(Run))[0].outcome == "incomplete"
        assert [line.text for line in box.lines("error")] == [
            "Camera is away for 3 minutes now; the mount is parked, trying on until dawn."
        ]
