"""What can be asked of a box without a screen: one key for Start and Pause, the time, the end."""

import asyncio
from pathlib import Path

import pytest

from appliance.box.alone import INSIST_SECONDS
from appliance.box.box import Box
from appliance.bus import who_is_needed
from appliance.cli.power import PowerStaysOn, power_off
from appliance.errors import BadCommand, DeviceError
from appliance.plan import Plan
from appliance.surfaces.messages import Leaving
from tests.appliance.rehearsal.long_night import BEGINS
from tests.appliance.surfaces.lonely_box import LonelyBox, profile

STEP = {"filter": "L", "seconds": 300.0, "count": 4}
PLAN = Plan.model_validate({"name": "Andromeda", "target": [{"name": "M31", "step": [STEP]}]})


def leaving(box: LonelyBox) -> bool:
    return any(isinstance(state, Leaving) and state.on for state in box.box.bus.states())


def test_a_rig_that_cannot_be_left_safe_keeps_the_power_on_until_somebody_insists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(_: Box) -> None:
        await asyncio.sleep(5.0)
        raise DeviceError("Mount", "the motor stalled")

    async def story(box: LonelyBox) -> None:
        await box.press("shutdown", seconds=3.5)
        await box.until(lambda: box.heard("the motor stalled"))
        assert not leaving(box)
        await asyncio.sleep(INSIST_SECONDS + 1.0)
        await box.press("shutdown", seconds=3.5)
        await asyncio.sleep(10.0)
        assert not box.heard("Switching off.")
        await box.press("shutdown", seconds=3.5)
        await asyncio.sleep(10.0)
        assert box.off
        assert box.heard("Switching off although the rig is not safe")
        assert leaving(box)

    monkeypatch.setattr(Box, "leave_safe", stuck)
    LonelyBox(tmp_path, PLAN).live(story)


def test_asked_twice_it_shuts_down_once(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        one = asyncio.create_task(box.api.call("shutdown", {}))
        await asyncio.sleep(0)
        assert await box.api.call("shutdown", {}) == "shutting down already"
        assert await one == "switched off"

    LonelyBox(tmp_path, PLAN).live(story)


def test_a_phone_tells_the_time_when_it_is_asked_for(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: dict[str, object] = {"unix": BEGINS + 3600.0}
        await box.press("start")
        assert await box.light() == "needs you"
        with pytest.raises(BadCommand):
            await box.api.call("clock", {"unix": 0.0})
        before = box.box.observer.unix()
        await box.api.call("clock", told)
        assert box.box.observer.unix() == told["unix"] != before
        await asyncio.sleep(1.0)
        needed = who_is_needed(box.box.bus.states())
        assert needed is None
        assert box.box.jobs.busy() == ["sequence"]

    LonelyBox(tmp_path, PLAN, profile=profile(startup={"ask_polar": False}), clock_known=False).live(story)


def test_a_target_that_never_rises_is_told_after_start_and_the_box_lives(tmp_path: Path) -> None:
    southern = {"name": "far south", "target": [{"name": "NGC 104", "step": [STEP]}]}

    async def story(box: LonelyBox) -> None:
        await box.press("start")
        assert await box.light() == "fault"
        assert box.heard("rises to")
        await box.press("light")
        assert box.sky.roof.closed

    LonelyBox(tmp_path, Plan.model_validate(southern), profile=profile(startup={})).live(story)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("true",), None),
        (("false",), "not switched off: 1"),
        (("sh", "-c", "echo Access denied >&2; exit 4"), "Access denied"),
        (("nightbox-no-such-program",), "cannot be switched off"),
    ],
)
async def test_the_system_is_asked_to_switch_off(command: tuple[str, ...], why: str | None) -> None:
    if why is None:
        await power_off(command)
    else:
        with pytest.raises(PowerStaysOn, match=why):
            await power_off(command)
