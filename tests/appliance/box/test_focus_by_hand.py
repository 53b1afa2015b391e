"""Triggers and wizards through the api, on the simulated rig in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BadCommand, DeviceMissing
from appliance.focus.triggers import FocusTriggers
from appliance.focus.wizards import FocusWizard
from appliance.journal import FocusRun, Run
from tests.appliance.box.open_field import M31, field
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
# The truth of the simulated rig: 40 steps of backlash; best focus at 12,150 and 10 °C through L.
BACKLASH = 40
FOCUS: dict[str, Any] = {"focus": {"step": 120, "overshoot": 200, "seconds": 4.0, "points": 9}}


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **{**FOCUS, **changes}).live(story)


async def pointed(box: LonelyBox) -> None:
    await box.api.call("unpark", {})
    await box.api.call("slew", {**M31})


def states(box: LonelyBox, kind: type) -> Any:
    return next(state for state in box.box.bus.states() if isinstance(state, kind))


def test_asap_and_pause_are_commands(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="no night runs"):
            await box.api.call("focus_asap", {})
        assert await box.api.call("focus_pause", {}) == "paused"
        assert states(box, FocusTriggers).paused
        await box.api.call("start", {})
        await asyncio.sleep(600.0)
        assert await box.box.journal.read(FocusRun) == []
        with pytest.raises(BadCommand, match="paused"):
            await box.api.call("focus_asap", {})
        assert await box.api.call("focus_resume", {}) == "working"
        await asyncio.sleep(600.0)
        assert [run.reason for run in await box.box.journal.read(FocusRun)] == ["start"]
        assert await box.api.call("focus_asap", {}) == "requested"
        assert states(box, FocusTriggers).asap
        assert await box.api.call("focus_asap", {}) == "requested already"
        await asyncio.sleep(600.0)
        runs = await box.box.journal.read(FocusRun)
        assert [run.reason for run in runs] == ["start", "as soon as possible"]
        assert not states(box, FocusTriggers).asap

    at_night(tmp_path, story)


def test_the_wizards_find_the_truth_of_the_simulated_rig(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="does not track"):
            await box.api.call("focus_backlash", {})
        await pointed(box)
        answer = await box.api.call("focus_backlash", {})
        assert isinstance(answer, dict)
        assert answer["lines"][0].startswith("Backlash: ")
        assert abs(float(answer["lines"][0].split()[1]) - BACKLASH) < 15
        learned = await box.api.call("focus_learn", {})
        assert isinstance(learned, dict)
        runs = await box.box.journal.read(FocusRun)
        assert [run.method for run in runs] == ["v-curve learning"] * 3
        assert all(abs((run.position or 0) - (12_150 - BACKLASH)) < 60 for run in runs)
        assert {run.outcome for run in await box.box.journal.read(Run)} == {"complete"}
        calibrated = await box.api.call("focus_calibrate", {})
        assert isinstance(calibrated, dict)
        text = "\n".join(calibrated["lines"])
        assert "[focus]" in text
        assert "overshoot = " in text
        assert states(box, FocusWizard).phase == "done"

    at_night(tmp_path, story)


def test_stop_ends_a_wizard_and_it_goes_on(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        before = await box.api.call("focuser", {"position": 12_100})
        focuser = box.box.rig.focuser
        assert await box.api.call("focus_backlash", {"wait": False}) == "started"
        await asyncio.sleep(60.0)
        with pytest.raises(BadCommand, match="focus wizard"):
            await box.api.call("start", {})
        assert await box.api.call("stop", {}) == "stopped"
        assert focuser is not None
        assert await focuser.position() == before
        assert states(box, FocusWizard).phase == "stopped"
        await box.api.call("focus_backlash", {})
        assert states(box, FocusWizard).kept > 0
        await box.api.call("focus_backlash", {"anew": True})
        assert states(box, FocusWizard).kept == 0

    at_night(tmp_path, story)


def test_without_a_focuser(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises((BadCommand, DeviceMissing), match="focuser"):
            await box.api.call("focus_learn", {})
        with pytest.raises(BadCommand, match="no command"):
            await box.api.call("focus_asap", {})

    at_night(tmp_path, story, focuser=None)
