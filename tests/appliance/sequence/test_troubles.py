"""What goes wrong in a night costs no more than it must, is said once, and leaves the rig safe."""

import asyncio
import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits

from appliance.bus import Said
from appliance.errors import DeviceError, DeviceLost, DiskFull
from appliance.imaging.calculator import Held
from appliance.imaging.calculator_link import CalculationFailed
from appliance.imaging.stars import StarField
from appliance.journal import FocusRun, Run, Sub, SubState
from appliance.sequence.finish import finish
from appliance.sequence.messages import SequenceState
from appliance.sequence.runner import run_plan
from appliance.sequence.waiting import MAKE_ROOM
from appliance.solve.solution import Hint, Solution
from tests.appliance.sequence.night_rig import (
    EVENING,
    SUB_SECONDS,
    Blind,
    Box,
    StuckMount,
    Troubles,
    box_in,
    plan,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
STEP = {"filter": "R", "seconds": SUB_SECONDS, "count": 1}
SETTING = {"name": "M33", "min_altitude_deg": 65.0, "step": [STEP]}  # up for an hour and a half


def lose(*subs: int) -> Any:
    def spoil(sub: int) -> None:
        if sub in subs:
            raise DeviceLost("Camera", "the cable is out")

    return spoil


async def test_a_loss_in_the_middle_of_a_sub_costs_that_sub_and_is_said_once(tmp_path: Path) -> None:
    async with box_in(tmp_path, Troubles(spoil=lose(2))) as box:
        assert await box.run(plan(("R", 3))) == "complete"
        assert await box.saved() == [("R", 1), ("R", 2), ("R", 3)]
        assert len(await box.subs(SubState.LOST)) == 1
        assert box.troubles.opened == 2
        assert [line.text for line in box.lines("warning")] == [
            "Camera: the cable is out; waiting for it to come back."
        ]
        assert [line.text for line in box.lines()].count("All devices are back.") == 1


async def test_a_focus_run_that_a_loss_interrupted_is_run_again(tmp_path: Path) -> None:
    def look(number: int) -> None:
        if number == 3:
            raise DeviceLost("Camera", "the cable is out")

    async with box_in(tmp_path, Troubles(look=look)) as box:
        assert await box.run(plan(("R", 1), focus_at_start=True)) == "complete"
        (focus,) = await box.journal.read(FocusRun)
        assert focus.position == (await box.subs())[0].focus_position


async def test_a_spoilt_exposure_is_taken_again(tmp_path: Path) -> None:
    def spoil(sub: int) -> None:
        if sub == 1:
            raise DeviceError("Camera", "the readout failed")

    async with box_in(tmp_path, Troubles(spoil=spoil)) as box:
        assert await box.run(plan(("R", 2))) == "complete"
        assert box.troubles.subs == 3
        assert [line.text for line in box.lines("warning")] == ["Camera: the readout failed; trying again."]


@pytest.mark.parametrize("kind", [DeviceError, DeviceLost])
async def test_a_camera_that_spoils_every_sub_is_tried_ever_less(
    tmp_path: Path, kind: type[DeviceError]
) -> None:
    def spoil(_: int) -> None:
        raise kind("Camera", "the readout failed")

    async with box_in(tmp_path, Troubles(spoil=spoil)) as box:
        assert await box.run(plan(target=[SETTING])) == "incomplete"
        assert box.troubles.subs == 24  # three at a time, in two hours
        assert await box.saved() == []
        assert [line.text for line in box.lines("error")] == ["Camera: the readout failed"]
        again = "waiting for it to come back" if kind is DeviceLost else "trying again"
        assert [line.text for line in box.lines("warning")] == [
            f"Camera: the readout failed; {again}.", "M 33 is left for 5 minutes, then tried again.",
        ]  # fmt: skip
        assert (await box.mount()).parked


async def test_a_mount_that_somebody_parked_stays_parked(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        job = await box.start(plan(("R", 3)))
        await box.until(lambda: box.troubles.subs > 0)
        box.rig.mount.axes._parked_from = 0.0  # type: ignore[attr-defined]  # by the hand controller, at once
        assert await job == "incomplete"
        assert (await box.mount()).parked
        assert any("parked by somebody else" in line.text for line in box.lines("error"))


async def test_a_focus_that_is_not_found_is_said_and_lived_with(tmp_path: Path) -> None:
    # A lens cap for the focus run: far too few stars.
    async with box_in(tmp_path, focus={"min_stars": 5000}) as box:
        assert await box.run(plan(("R", 1), focus_at_start=True)) == "complete"
        (focus,) = await box.journal.read(FocusRun)
        assert (focus.position, bool(focus.failure)) == (None, True)
        assert "focus.too_few_points" in box.codes("warning")
        assert (await box.subs())[0].focus_position == 12_000  # back where it was


async def test_the_points_of_a_failed_focus_run_are_kept(tmp_path: Path) -> None:
    # Steps so small that the valley drowns in the scatter.
    async with box_in(tmp_path, focus={"step": 1}) as box:
        assert await box.run(plan(("R", 1), focus_at_start=True)) == "complete"
        (focus,) = await box.journal.read(FocusRun)
        assert focus.failure
        assert len(focus.points) >= 5


async def test_a_target_that_cannot_be_centred_is_left_for_the_next(tmp_path: Path) -> None:
    setting = {**SETTING, "min_altitude_deg": 72.0}
    async with box_in(tmp_path) as box:
        box.solvers = (NotHere("M 33", box),)
        assert await box.run(plan(target=[setting, {"name": "M45", "step": [STEP]}])) == "incomplete"
        assert [sub.target for sub in await box.subs(SubState.SAVED)] == ["M 45"]
        assert box.codes("warning") == ["solve.failed"]  # said once, though it was tried again and again
        assert len([one for one in box.troubles.begun if one.seconds == 10.0]) > 3
        (kept,) = (tmp_path / "unsolved").glob("*.fits")
        assert str(kept) in " ".join(message.text for message in box.said if isinstance(message, Said))
        assert fits.getheader(kept)["OBJECT"] == "M 33"
        assert (await box.mount()).parked


class NotHere(Blind):
    """A solver that knows every field but those of one target."""

    def __init__(self, target: str, box: Box) -> None:
        super().__init__(0)
        self._target, self._box = target, box

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        states = [message for message in self._box.said if isinstance(message, SequenceState)]
        self.solves = 0 if states[-1].target == self._target else 1
        return await super().solve(stars, hint, image)


async def test_centring_that_never_gets_there(tmp_path: Path) -> None:
    async with box_in(tmp_path, centring={"tolerance_arcsec": 0.001, "attempts": 2}) as box:
        assert await box.run(plan(target=[SETTING])) == "incomplete"
        assert box.codes("error") == ["pointing.not_centred"]
        assert await box.subs() == []


async def test_a_sub_that_no_solver_knows_is_kept_without_a_wcs(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.solvers = (Blind(2),)  # enough for centring
        assert await box.run(plan(("R", 1))) == "complete"
        (sub,) = await box.subs()
        assert (sub.state, sub.ra_deg, sub.error_arcsec) == (SubState.SAVED, None, None)
        assert sub.hfr
        assert "CRVAL1" not in fits.getheader(box.images / (sub.file or ""))
        assert box.codes("warning") == ["solve.failed"]


async def test_a_sub_that_cannot_be_measured_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured, stars = [], Held.stars

    async def fail(held: Held, settings: Any) -> Any:
        measured.append(settings)
        if len(measured) > 2:  # the centring frames
            raise CalculationFailed("The calculator ended twice.")
        return await stars(held, settings)

    monkeypatch.setattr(Held, "stars", fail)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 1))) == "complete"
        (sub,) = await box.subs()
        assert (sub.state, sub.hfr, sub.stars) == (SubState.SAVED, None, None)
        assert (box.images / (sub.file or "")).exists()


async def test_a_save_that_the_calculator_spoils_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves, save = [], Held.save

    async def fail(held: Held, path: Path, facts: Any) -> None:
        saves.append(path)
        if len(saves) == 1:
            raise CalculationFailed("The calculator ended twice.")
        await save(held, path, facts)

    monkeypatch.setattr(Held, "save", fail)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 2))) == "complete"
        assert await box.saved() == [("R", 1), ("R", 2)]
        assert [sub.state for sub in await box.subs()].count(SubState.LOST) == 1


async def test_without_a_preview_the_night_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise CalculationFailed("The calculator ended twice.")

    monkeypatch.setattr(Held, "preview", fail)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 1))) == "complete"


Usage = namedtuple("Usage", "free")


async def test_a_disk_that_fills_up_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with box_in(tmp_path) as box:

        def usage(_: str) -> Usage:
            full = box.troubles.subs >= 1 and box.observer.unix() < EVENING + 3600
            return Usage(10**6 if full else 10**12)

        monkeypatch.setattr("appliance.imaging.disk.psutil.disk_usage", usage)
        job = await box.start(plan(("R", 3), cool=True))
        await asyncio.sleep(1800)
        assert not (await box.mount()).tracking
        assert await box.saved() == [("R", 1)]
        assert await job == "complete"
        await all_safe(box)
        (full,) = box.lines("error")
        assert (full.code, full.advice) == ("storage.full", MAKE_ROOM)
        assert [line.text for line in box.lines()].count("There is room on the disk again.") == 1


async def test_a_disk_that_stays_full_leaves_the_plan_incomplete_at_dawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with box_in(tmp_path) as box:
        monkeypatch.setattr("appliance.imaging.disk.psutil.disk_usage", lambda _: Usage(10**6))
        assert await box.run(plan(("R", 3), cool=True)) == "incomplete"
        await all_safe(box)
        assert box.codes("error") == ["storage.full"]
        assert box.observer.unix() > EVENING + 6 * 3600


async def test_a_disk_that_is_full_while_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves, save = [], Held.save

    async def fail(held: Held, path: Path, facts: Any) -> None:
        saves.append(path)
        if len(saves) == 2:
            raise DiskFull("The disk is full.")
        await save(held, path, facts)

    monkeypatch.setattr(Held, "save", fail)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 5), cool=True)) == "complete"
        await all_safe(box)
        # The third was in memory when the second failed: it got its chance.
        assert [sub.number for sub in await box.subs(SubState.SAVED)] == [1, 3, 2, 4, 5]
        assert len(await box.subs(SubState.LOST)) == 1
        assert box.codes("error") == ["storage.full"]


async def all_safe(box: Box) -> None:
    assert (await box.mount()).parked
    assert box.rig.camera.cooler
    assert await box.rig.camera.cooler.power_percent() == 0.0
    assert (await box.journal.read(Run))[0].outcome in {"complete", "incomplete"}


async def test_warming_is_tried_though_the_mount_does_not_park(tmp_path: Path) -> None:
    async with box_in(tmp_path, mount=StuckMount) as box:
        with pytest.raises(DeviceError, match="the motor stalled"):
            await box.run(plan(("R", 1), cool=True))
        assert await box.saved() == [("R", 1)]
        assert box.rig.camera.cooler
        assert await box.rig.camera.cooler.power_percent() == 0.0
        assert any(line.text.startswith("Warmed") for line in box.lines())


async def test_warming_is_tried_though_the_mount_never_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with box_in(tmp_path) as box:
        night = await box.night(plan(("R", 1), cool=True))
        assert box.rig.camera.cooler
        await box.rig.camera.cooler.aim(-10.0)
        await asyncio.sleep(120)

        async def gone(*_: Any, **__: Any) -> None:
            raise DeviceLost("Mount", "it does not answer")

        monkeypatch.setattr("appliance.sequence.finish.park", gone)
        monkeypatch.setattr(box.rig, "reopen", gone)
        with pytest.raises(DeviceLost):
            await finish(night)
        assert await box.rig.camera.cooler.power_percent() == 0.0


async def test_a_bug_leaves_the_rig_safe_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def bug(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("appliance.sequence.taking.dither", bug)
    async with box_in(tmp_path) as box:
        with pytest.raises(ZeroDivisionError):
            await box.run(plan(("R", 3)))
        assert (await box.mount()).parked
        assert await box.saved() == [("R", 1)]


async def test_a_sensor_that_does_not_get_cold_enough_is_used_as_it_is(tmp_path: Path) -> None:
    async with box_in(tmp_path, camera={"celsius": -50.0}) as box:
        assert await box.run(plan(("R", 1), cool=True)) == "complete"
        assert box.codes("warning") == ["camera.not_cooled"]


async def interrupted(box: Box, state: SubState, file: str | None) -> tuple[Any, Sub]:
    """A sub as a power cut leaves it."""
    night = await box.night(plan(("R", 1)))
    key = "M33: R 20s bin1"
    made = Sub(
        run=night.run, step_key=key, number=1, target="M 33", filter="R", seconds=20.0, state=state, file=file
    )
    number = await box.journal.add(made)
    return night, (await box.journal.read(Sub, id=number))[0]


@pytest.mark.parametrize(
    ("state", "file", "content", "becomes"),
    [
        (SubState.PLANNED, None, None, SubState.LOST),
        (SubState.EXPOSING, None, None, SubState.LOST),
        (SubState.EXPOSING, "a.fits", None, SubState.LOST),  # named, but the power went before it was there
        (SubState.EXPOSING, "a.fits", b"SIMPLE", SubState.SAVED),  # between the renaming and the marking
        (SubState.EXPOSING, "a.fits", b"", SubState.LOST),  # only the claim on the name
    ],
)
async def test_what_a_power_cut_left_is_settled_by_the_file(
    tmp_path: Path, state: SubState, file: str | None, content: bytes | None, becomes: SubState
) -> None:
    async with box_in(tmp_path) as box:
        _, sub = await interrupted(box, state, file)
        if content is not None and file:
            box.images.mkdir()
            (box.images / file).write_bytes(content)
        assert await box.run(plan(("R", 1))) == "complete"
        assert (await box.journal.read(Sub, id=sub.id))[0].state is becomes
        assert box.troubles.subs == (0 if becomes is SubState.SAVED else 1)
        assert len(await box.subs(SubState.SAVED)) == 1


async def test_a_power_cut_between_the_file_and_the_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    async def cut(*_: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("appliance.sequence.subs._mark_saved", cut)
        patch.setattr("appliance.sequence.subs.settle", cut)
        async with box_in(tmp_path) as box:
            night = await box.night(plan(("R", 1)))
            with pytest.raises(PowerCut):
                await run_plan(night)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 1))) == "complete"
        assert box.troubles.subs == 0
        assert await box.saved() == [("R", 1)]


async def test_the_journal_refuses_the_same_sub_twice(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        night, sub = await interrupted(box, SubState.SAVED, "a.fits")
        second = Sub(
            run=night.run, step_key=sub.step_key, number=1, target="M 33", filter="R", seconds=20.0,
            state=SubState.SAVED, file="b.fits",
        )  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            await box.journal.add(second)
