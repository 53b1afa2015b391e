"""Focusing by hand through the api, on the simulated rig in virtual time: look, turns, what is kept."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.bus import State
from appliance.byhand.look_messages import FocuserGoal, FocusLook
from appliance.errors import BadCommand, DeviceStuck
from appliance.focus.messages import FocusState
from appliance.journal import FocusRun, Run
from appliance.sequence.vitals import FocuserState
from tests.appliance.box.open_field import M31, field
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
FOCUS: dict[str, Any] = {"focus": {"step": 120, "overshoot": 200, "seconds": 4.0, "points": 9}}


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **{**FOCUS, **changes}).live(story)


NOTHING: dict[type[State], State] = {
    FocusLook: FocusLook(source="focus"),
    FocusState: FocusState(source="focus", phase=""),
}


async def pointed(box: LonelyBox) -> None:
    await box.api.call("unpark", {})
    await box.api.call("slew", {**M31})


def newest(box: LonelyBox, kind: type[State]) -> Any:
    return next((state for state in box.box.bus.states() if isinstance(state, kind)), NOTHING.get(kind))


def look(box: LonelyBox) -> FocusLook:
    found = newest(box, FocusLook)
    assert isinstance(found, FocusLook)
    return found


async def position(box: LonelyBox) -> int:
    focuser = box.box.rig.focuser
    assert focuser is not None
    return await focuser.position()


def test_a_star_is_watched_until_it_is_stopped(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        assert await box.api.call("focus_look", {"seconds": 2.0}) == "started"
        await box.until(lambda: look(box).frame == 3)
        seen = look(box)
        assert seen.running
        assert seen.hfr is not None
        assert seen.star is not None
        assert seen.star.hfr == pytest.approx(seen.hfr, rel=0.3)
        assert (seen.picture, seen.position) == (3, await position(box))
        assert len(seen.profile) > 10
        assert seen.profile[0][1] == max(light for _, light in seen.profile)
        assert (tmp_path / "star.jpg").is_file()
        place = (seen.star.x, seen.star.y)
        assert await box.api.call("focus_look", {"do": "other star"}) == "looking"
        await box.until(lambda: look(box).frame == 5)
        other = look(box).star
        assert other is not None
        assert (other.x, other.y) != pytest.approx(place, abs=10)
        assert await box.api.call("focus_look", {"seconds": 1.0, "crop_percent": 50.0}) == "looking"
        await box.until(lambda: look(box).seconds == 1.0 and look(box).frame >= 7)
        assert look(box).crop_percent == 50.0
        assert await box.api.call("focus_look", {"do": "stop"}) == "stopped"
        assert (look(box).running, look(box).ended) == (False, "stopped")
        assert await box.api.call("focus_look", {"do": "stop"}) == "nothing was running"
        assert await box.api.call("focus_look", {"do": "go on"}) == "ended"

    at_night(tmp_path, story)


def test_it_ends_by_itself(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("focus_look", {"seconds": 2.0})
        await asyncio.sleep(80.0)
        assert look(box).ended == "nobody looks any more"
        await box.api.call("focus_look", {"seconds": 2.0, "minutes": 2.0})
        for _ in range(4):
            await asyncio.sleep(25.0)
            assert await box.api.call("focus_look", {"do": "go on"}) == "looking"
        assert look(box).running
        await asyncio.sleep(40.0)
        assert look(box).ended == "its time is over"
        assert box.box.jobs.busy() == []

    at_night(tmp_path, story)


def test_it_is_refused_while_the_sequence_has_the_camera_and_makes_way_for_the_rest(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("focus_look", {})
        await asyncio.sleep(10.0)
        found = await box.api.call("autofocus", {})
        assert isinstance(found, dict)
        assert look(box).ended == "stopped"
        await box.api.call("focus_look", {})
        assert await box.api.call("stop", {}) == "stopped"
        await box.api.call("start", {})
        await asyncio.sleep(30.0)
        with pytest.raises(BadCommand, match="sequence is still running"):
            await box.api.call("focus_look", {})
        with pytest.raises(BadCommand, match="sequence is still running"):
            await box.api.call("focuser_move", {"steps": 10})

    at_night(tmp_path, story)


def test_a_camera_that_fails_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: object) -> None:
        raise DeviceStuck("Camera", "it gives no frame")

    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("preview", {"seconds": 1.0})
        monkeypatch.setattr(box.box.rig.camera, "expose", fails)
        await box.api.call("focus_look", {})
        await box.until(lambda: look(box).ended == "it failed", hours=0.1)
        assert not look(box).running
        assert box.heard("it gives no frame")

    at_night(tmp_path, story)


def test_presses_that_come_faster_than_the_focuser_moves_are_added_up(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        begun = await box.api.call("focuser", {"position": 12_000})
        assert begun == 12_000
        presses = [box.api.call("focuser_move", {"steps": steps}) for steps in (120, 120, -10, 500)]
        reached = await asyncio.gather(*presses)
        assert reached == [12_730] * 4
        assert await position(box) == 12_730
        assert newest(box, FocuserState).position == 12_730
        assert newest(box, FocuserGoal).goal is None
        moving = asyncio.create_task(box.api.call("focuser_move", {"steps": 5_000}))
        await asyncio.sleep(2.0)
        assert newest(box, FocuserGoal).goal == 17_730
        assert await box.api.call("focuser_stop", {}) == "stopped"
        with pytest.raises(BadCommand, match="stopped on its way"):
            await moving
        assert newest(box, FocuserGoal).goal is None
        assert 12_730 <= await position(box) < 17_730
        with pytest.raises(BadCommand, match="outside its travel, 0 to"):
            await box.api.call("focuser_move", {"steps": -900_000})
        assert await box.api.call("focuser_stop", {}) == "nothing was running"

    at_night(tmp_path, story)


def test_a_run_by_hand_is_kept_and_cancel_goes_back(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        before = await box.api.call("focuser", {"position": 12_000})
        assert await box.api.call("autofocus", {"wait": False}) == "started"
        await box.until(lambda: len(newest(box, FocusState).points) >= 3)
        assert newest(box, FocusState).start == before
        assert await box.api.call("focus_cancel", {}) == "focus run"
        assert await position(box) == before
        assert newest(box, FocusState).phase == "failed"
        assert await box.box.journal.read(FocusRun) == []
        await box.api.call("autofocus", {})
        (run,) = await box.box.journal.read(FocusRun)
        assert (run.position, run.reason) == (await position(box), "asked for")
        assert run.celsius is not None
        assert [one.plan for one in await box.box.journal.read(Run)] == ["Focus by hand"]
        again = await box.api.call("autofocus", {"again": True})
        assert isinstance(again, dict)
        assert newest(box, FocusState).start == run.position
        assert await box.api.call("focus_cancel", {}) == "nothing was running"

    at_night(tmp_path, story)
