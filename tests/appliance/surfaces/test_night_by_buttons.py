"""A whole night by the panel alone: no phone, no screen. It reads like the user's manual, docs/panel.md."""

from pathlib import Path
from typing import Any

import pytest

from appliance.focus.messages import FocusState
from appliance.plan import Plan
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS
from tests.appliance.surfaces.lonely_box import ON_PINS, PANEL, LonelyBox, profile

SUBS = 24
STEP = {"filter": "L", "seconds": 300.0, "count": SUBS, "dither_every": 3}
PLAN = Plan.model_validate({"name": "Andromeda", "target": [{"name": "M31", "step": [STEP]}]})
RAIN = Fault(FaultKind.RAIN, BEGINS + 2.5 * 3600, 1200.0, amount=2.0)


async def the_night(box: LonelyBox) -> None:
    # The box has been switched on at sunset. It is ready: one short green blink every five seconds.
    assert await box.light() == "idle"
    assert box.sky.display[0].startswith("READY")

    # Press Start. The light answers white. Then it asks for you, violet, two blinks again and again:
    # on the display stands what it wants to know. Nothing moves before you have answered.
    await box.press("start")
    assert await box.light() == "needs you"
    assert box.sky.display[1:3] == ("Polar aligned?", "Start=yes Stop=no")
    assert box.sky.at_park

    # Start says yes. The box waits for dusk: slow even blue.
    await box.press("start")
    assert await box.light() == "waiting"
    assert "Waiting for dusk" in " ".join(box.sky.display)

    # In the dark it begins by itself: the roof opens, the light is a steady green with a wink.
    await box.until(lambda: box.box.gate is not None and saved(box) >= 3)
    assert box.sky.roof.open
    assert focused(box)
    assert await box.light() == "running"
    assert box.sky.display[1] == "M 31 L"

    # The light is too bright? Press Light: it is dark, but for what you must know. Again: a red lamp.
    await box.press("light")
    await box.press("light")
    assert box.shown == (1.0, 0.0, 0.0)
    await box.press("light")
    assert await box.light() == "running"

    # Pause with Start: two violet blinks at once, for it waits for you. Start again goes on.
    await box.press("start")
    assert await box.light() == "needs you"
    await box.until(lambda: "PAUSED" in box.sky.display[0])
    assert "Paused: Start goes on." in " ".join(box.sky.display)
    await box.press("start")
    await box.until(lambda: "RUNNING" in box.sky.display[0])

    # It rains: amber flurries. The telescope is parked and the roof closed before you are at the door.
    await box.until(lambda: box.sky.raining)
    await box.until(lambda: box.sky.roof.closed, hours=0.1)
    assert box.sky.at_park
    assert await box.light() == "unsafe"

    # When it has been dry for ten minutes the night goes on by itself.
    await box.until(lambda: box.sky.roof.open, hours=1.0)
    assert not box.sky.raining
    assert await box.light() == "running"

    # At the end everything is parked, closed and warm: the short green blink again.
    await box.until(lambda: "FINISHED" in box.sky.display[0])
    assert saved(box) == SUBS
    assert box.sky.at_park
    assert box.sky.roof.closed
    assert await box.light() == "idle"

    # Hold Shutdown for three seconds: white until it is dark. Then the power may be unplugged.
    await box.press("shutdown", seconds=3.2)
    await box.until(lambda: box.off, hours=0.2)


@pytest.mark.parametrize("panel", [PANEL, ON_PINS], ids=["simulated", "on pins"])
def test_a_whole_night_by_buttons_only(tmp_path: Path, panel: dict[str, Any]) -> None:
    box = LonelyBox(tmp_path, PLAN, (RAIN,), profile(panel=panel))
    box.live(the_night)
    assert box.off
    assert not any(box.shown)
    assert not [said for said in box.said if said.level == "error"]


async def not_aligned(box: LonelyBox) -> None:
    await box.press("start")
    assert await box.light() == "needs you"
    await box.press("stop")
    assert await box.light() == "idle"
    assert box.heard("The mount is not polar aligned.")
    assert box.sky.roof.closed
    await box.press("start")
    assert await box.light() == "needs you"


def test_stop_says_no_and_nothing_moves(tmp_path: Path) -> None:
    LonelyBox(tmp_path, PLAN).live(not_aligned)


async def ended_early(box: LonelyBox) -> None:
    await box.press("start")
    await box.press("start")
    await box.until(lambda: saved(box) >= 1)

    # Too tired: Stop and Park together, held for three seconds. The rig is left safe, then it is dark.
    for button in ("stop", "park"):
        box.sky.buttons.press(button)
    await box.until(lambda: not box.sky.at_park or box.box.jobs.busy() == [], hours=0.1)
    await box.until(lambda: box.off, hours=0.2)
    assert box.sky.at_park
    assert box.sky.roof.closed


def test_stop_and_park_held_together_end_the_night(tmp_path: Path) -> None:
    box = LonelyBox(tmp_path, PLAN)
    box.live(ended_early)
    assert box.off


def saved(box: LonelyBox) -> int:
    states = [state for state in box.box.bus.states() if type(state).__name__ == "SequenceState"]
    return states[0].done if states else 0  # type: ignore[attr-defined]


def focused(box: LonelyBox) -> bool:
    """A focus run has found the focus."""
    return any(isinstance(state, FocusState) and state.phase == "done" for state in box.box.bus.states())
