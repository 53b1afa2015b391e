"""Troubles that last: the night waits them out, goes on, and ends safe at dawn with what there is."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from appliance.errors import CentringFailed, DeviceError, DeviceLost, DeviceMissing, ProcedureFailed
from appliance.imaging.calculator import Held
from appliance.journal import Run, SubState
from appliance.rig import Opener, Rig
from appliance.sequence.choosing import Choice
from appliance.sequence.establish import establish
from appliance.sequence.finish import finish
from appliance.sequence.progress import Work
from appliance.sequence.runner import run_plan
from appliance.sequence.tonight import Tonight
from appliance.sky.windows import Window
from hardware.devices import DeviceSpec, Mount, MountStatus
from hardware.simulator.opener import SimulatorOpener
from tests.appliance.sequence.night_rig import (
    EVENING,
    SUB_SECONDS,
    Blind,
    Box,
    Troubles,
    box_in,
    plan,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
STEP = {"filter": "R", "seconds": SUB_SECONDS, "count": 2}


def away_between(box: Box, kind: str, begins: float, ends: float) -> None:
    """Between these moments (seconds of the night) nothing of this kind can be opened."""
    place = next(place for place in box.rig._wanted if place.kind == kind)
    real = place._open

    async def open_(spec: DeviceSpec) -> Any:
        if begins <= box.observer.unix() - EVENING < ends:
            raise DeviceMissing(spec.name, "nothing answers where it was")
        return await real(spec)

    place._open = open_


def lose_once(sub: int) -> None:
    if sub == 2:
        raise DeviceLost("Camera", "the cable is out")


async def test_a_camera_that_is_away_for_an_hour_is_waited_for_with_the_mount_parked(tmp_path: Path) -> None:
    async with box_in(tmp_path, Troubles(spoil=lose_once)) as box:
        away_between(box, "camera", 0, 3600)
        job = await box.start(plan(("R", 3)))
        await box.until(lambda: box.observer.unix() > EVENING + 600)
        assert (await box.mount()).parked
        assert await job == "complete"
        assert await box.saved() == [("R", 1), ("R", 2), ("R", 3)]
        (error,) = box.lines("error")
        assert error.text == "Camera is away for 3 minutes now; the mount is parked, trying on until dawn."
        assert (await box.journal.read(Run))[0].outcome == "complete"


async def test_a_run_that_is_taken_up_while_the_focuser_is_away_waits_for_it(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        night = await box.night(plan(("R", 1)))
        fresh = Rig(box.profile, cast(Opener, SimulatorOpener.demo(box.observer.unix)), box.said.append)
        night.rig = box.rig = fresh
        away_between(box, "focuser", 0, 1000)
        with pytest.raises(DeviceMissing):
            await box.rig.open()
        assert await run_plan(night) == "complete"
        assert box.observer.unix() > EVENING + 1000


async def test_a_rotator_that_is_away_costs_no_sub(tmp_path: Path) -> None:
    rotator = {"driver": "simulator", "name": "Rotator"}
    async with box_in(tmp_path, rotator=rotator) as box:
        away_between(box, "rotator", 0, 60)
        place = next(place for place in box.rig._wanted if place.kind == "rotator")
        place._device = None
        assert await box.run(plan(("R", 5))) == "complete"
        assert box.troubles.subs == 5
        said = [line.text for line in box.lines() if "otator" in line.text]
        assert said == [
            "Rotator: nothing answers where it was; the night goes on without it.", "Rotator is back."
        ]  # fmt: skip


class Spoilt:
    """Spoils every sub that begins before a moment (seconds of the night)."""

    def __init__(self, until: float) -> None:
        self.until, self.box = until, cast(Box, None)

    def __call__(self, _: int) -> None:
        if self.box.observer.unix() - EVENING < self.until:
            raise DeviceError("Camera", "the frame is cut off")


async def test_a_target_whose_subs_are_spoilt_for_a_while_is_taken_up_again(tmp_path: Path) -> None:
    spoilt = Spoilt(150.0)
    async with box_in(tmp_path, Troubles(spoil=spoilt)) as box:
        spoilt.box = box
        low = {"name": "M45", "step": [{**STEP, "count": 1}]}
        assert await box.run(plan(target=[{"name": "M33", "step": [STEP]}, low])) == "complete"
        assert [sub.target for sub in await box.subs(SubState.SAVED)] == ["M 45", "M 33", "M 33"]
        assert [line.text for line in box.lines("error")] == ["Camera: the frame is cut off"]
        assert box.observer.unix() - EVENING < 900


@pytest.mark.parametrize("failure", [CentringFailed("It is still off."), ProcedureFailed("It failed.")])
async def test_a_target_that_was_given_up_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: ProcedureFailed
) -> None:
    real, calls = establish, []

    async def fails_twice(*args: Any) -> None:
        calls.append(args)
        if len(calls) <= 2:
            raise failure
        await real(*args)

    monkeypatch.setattr("appliance.sequence.taking.establish", fails_twice)
    async with box_in(tmp_path) as box:
        assert await box.run(plan(("R", 2))) == "complete"
        assert 900 < box.observer.unix() - EVENING < 1200  # after 5 minutes, and after 10 more
        assert [line.text for line in box.lines("error")] == [failure.sentence]


async def test_a_target_is_left_for_longer_each_time_and_anew_after_a_sub() -> None:
    work = Work(0, cast(Any, None), cast(Any, None), ())
    choice = Choice(Tonight(Window(0, 9000), ((Window(0, 9000),),), Window(0, 9000)))
    assert [choice.leave(work, 0, 0.0) for _ in range(4)] == [
        (5.0, True), (10.0, False), (20.0, False), (20.0, False)
    ]  # fmt: skip
    assert choice.turn([work], 1199.0) is None
    assert choice.next([work], 10.0) == (1200.0, work)
    assert choice.turn([work], 1200.0) is not None
    assert choice.leave(work, 1, 0.0) == (5.0, True)


async def test_a_solver_that_fails_on_every_sub_is_said_once_and_once_when_it_is_back(tmp_path: Path) -> None:
    class Dim(Blind):
        async def solve(self, *args: Any) -> Any:
            self.solves = 0 if 2 <= box.troubles.subs <= 4 else 1
            return await super().solve(*args)

    async with box_in(tmp_path) as box:
        box.solvers = (Dim(0),)
        assert await box.run(plan(("R", 6), name="M33")) == "complete"
        assert box.codes("warning") == ["solve.failed"]
        assert [line.text for line in box.lines()].count("Subs are solved again.") == 1


class AwayMount:
    """A mount that does not answer for the first 15 minutes of the night."""

    def __init__(self, mount: Mount, since: float) -> None:
        self._mount, self._since = mount, since

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mount, name)

    @property
    def lost(self) -> bool:
        return self._since == 0.0

    async def status(self) -> MountStatus:
        if self.lost:
            raise DeviceLost("Mount", "no answer")
        return await self._mount.status()


async def test_the_end_of_the_night_waits_for_the_mount_and_warms_meanwhile(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with box_in(tmp_path, mount=lambda mount: AwayMount(mount, loop.time())) as box:
        night = await box.night(plan(("R", 1), cool=True))
        away_between(box, "mount", 0, 900)
        assert box.rig.camera.cooler
        await box.rig.camera.cooler.aim(-10.0)
        await finish(night)
        assert (await box.mount()).parked
        said = [line.text for line in box.lines()]
        assert said[-1].startswith("Park the mount: done")
        assert any(text.startswith("Warmed") for text in said)
        assert box.observer.unix() < EVENING + 960


async def test_a_stop_waits_for_a_save_however_slow_so_that_no_file_comes_after_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, going = Held.save, []

    async def slow(held: Held, path: Path, facts: Any) -> None:
        async def work() -> None:
            await asyncio.sleep(150)
            await save(held, path, facts)

        going.append(asyncio.create_task(work()))  # who stops waiting does not stop it
        await asyncio.shield(going[-1])

    monkeypatch.setattr(Held, "save", slow)
    async with box_in(tmp_path) as box:
        job = await box.start(plan(("R", 2)))
        await box.until(lambda: len(going) > 0)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await box.run(plan(("R", 2))) == "complete"
        await asyncio.gather(*going)
        assert await box.saved() == [("R", 1), ("R", 2)]
        assert await box.subs(SubState.LOST) == []
