"""Nights in which a device gets stuck: the ladder is climbed, and the night goes on from there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.bus import Alarm, Message, NeedsPerson
from appliance.profile import Profile
from appliance.rehearsal.play import Played, play
from appliance.rehearsal.witness import Witness
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, long_night, simulated, target

HOUR = 3600.0
STUCK_AT = BEGINS + 2.0 * HOUR


def evening(folder: Path, *faults: Fault, **recovery: Any) -> Played:
    """M31 for two hours, the camera on a plug that can be switched."""
    camera = {**PROFILE["camera"], "power_output": "Plug"}
    tables = {
        **PROFILE,
        "camera": camera,
        "output": {**simulated("Plug"), "mode": "on"},
        "recovery": recovery,
    }
    scenario = long_night(folder, *faults, target=[target("M31", 2.0)])
    return play(replace(scenario, profile=Profile.model_validate(tables)))


def stuck(rung: int, device: str = "camera") -> Fault:
    """Until somebody does what heals it, or the night is long over."""
    return Fault(FaultKind.STUCK, STUCK_AT, 12 * HOUR, device, rung)


def codes(played: Played) -> list[str]:
    every = [heard.said.code for heard in played.heard]
    rungs = [code.removeprefix("recovery.") for code in every if code.startswith("recovery.")]
    return [rung for rung in rungs if rung != "given_up"]


@pytest.mark.parametrize(
    ("heals", "climbed"),
    [
        (1, ["reconnect", "back"]),
        (2, ["driver", "back"]),
        (3, ["driver", "power", "back"]),
        (4, ["driver", "power", "server", "back"]),
    ],
)
def test_the_night_goes_on_whatever_a_stuck_camera_needs(
    tmp_path: Path, heals: int, climbed: list[str]
) -> None:
    played = evening(tmp_path, stuck(heals))
    assert codes(played) == climbed
    assert (played.outcome, played.breaches) == ("complete", ())
    assert played.sky.outputs["Plug"] == 1.0


def test_a_mount_that_needs_its_driver_restarted_in_the_rain_is_parked_all_the_same(tmp_path: Path) -> None:
    """Nobody but safety asks for it then."""
    rain = Fault(FaultKind.RAIN, STUCK_AT + 5.0, 40 * 60.0, "", 2.0)
    played = evening(tmp_path, stuck(2, "mount"), rain)
    assert codes(played) == ["driver", "back"]
    assert (played.outcome, played.breaches) == ("complete", ())


def test_a_camera_that_gets_stuck_at_the_end_is_warmed_all_the_same(tmp_path: Path) -> None:
    for name in ("calm", "stuck"):
        (tmp_path / name).mkdir()
    calm = evening(tmp_path / "calm")
    warming = next(heard.at for heard in calm.heard if heard.said.text.startswith("Warm the camera"))
    tired = Fault(FaultKind.STUCK, warming - 1.0, 12 * HOUR, "camera", 1)
    played = evening(tmp_path / "stuck", tired)
    assert codes(played) == ["reconnect", "back"]
    assert (played.outcome, played.breaches) == ("complete", ())


def test_after_a_crash_in_the_middle_of_a_power_cycle_there_is_power_again(tmp_path: Path) -> None:
    """The plug was off when the box died: it stays off until somebody switches it on."""
    for name in ("whole", "crash"):
        (tmp_path / name).mkdir()
    whole = evening(tmp_path / "whole", stuck(3))
    off = next(heard.at for heard in whole.heard if heard.said.code == "recovery.power")
    crash = Fault(FaultKind.CRASH, off + 2.0, 60.0, "", 0.0)
    played = evening(tmp_path / "crash", stuck(3), crash)
    assert played.crashes == 1
    assert (played.outcome, played.breaches) == ("complete", ())
    assert played.sky.outputs["Plug"] == 1.0


@pytest.mark.parametrize(("given_up", "closed"), [("park", False), ("close", True)])
def test_a_camera_that_is_given_up_is_said_once_and_the_rig_rests_as_the_profile_says(
    tmp_path: Path, given_up: str, closed: bool
) -> None:
    gone = Fault(FaultKind.DEVICE_LOST, STUCK_AT, 1.5 * HOUR, "camera")
    played = evening(tmp_path, gone, given_up=given_up)
    errors = [heard.said for heard in played.heard if heard.said.code == "recovery.given_up"]
    assert len(errors) == 1
    assert "Camera is away for 3 minutes now" in errors[0].text
    assert ("the mount is parked" + " and the roof is closed" * closed + ", trying on") in errors[0].text
    assert all(word in errors[0].advice for word in ("cable", "power", "driver"))
    assert (played.outcome, played.breaches) == ("complete", ())
    told = [(heard.at, heard.said.text) for heard in played.heard]
    waiting = [text for at, text in told if STUCK_AT < at < STUCK_AT + 1.5 * HOUR]
    assert any(text.startswith("Parked") for text in waiting)
    assert any(text.startswith("Close the roof: done") for text in waiting) == closed


def states(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: Fault, **recovery: Any
) -> tuple[Played, list[Message]]:
    """The night, and what called for a person in it."""
    called: list[Message] = []
    hear = Witness.hear

    def heard(self: Witness, message: Message) -> None:
        if isinstance(message, Alarm | NeedsPerson) and message.source in {"recovery", "sequence"}:
            called.append(message)
        hear(self, message)

    monkeypatch.setattr(Witness, "hear", heard)
    return evening(folder, *faults, **recovery), called


def test_a_device_that_is_given_up_calls_a_person_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Fault(FaultKind.DEVICE_LOST, STUCK_AT, 1.5 * HOUR, "camera")
    _, called = states(tmp_path, monkeypatch, gone)
    asked = [one.text for one in called if isinstance(one, NeedsPerson)]
    assert "Camera stays away" in asked[0]
    assert asked[-1] == ""
    assert not any(one.text for one in called if isinstance(one, Alarm))


@pytest.mark.parametrize("given_up", ["wait", "park", "close"])
def test_a_mount_that_is_given_up_is_an_alarm_and_nobody_says_that_it_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_up: str
) -> None:
    gone = Fault(FaultKind.DEVICE_LOST, STUCK_AT, 1.5 * HOUR, "mount")
    played, called = states(tmp_path, monkeypatch, gone, given_up=given_up)
    (said,) = [heard.said.text for heard in played.heard if heard.said.code == "recovery.given_up"]
    assert "nobody knows what Mount does" in said
    assert "is parked" not in said
    assert "stands still" not in said
    assert ("the roof is not closed (Roof: it will not close: the park sensor does not see" in said) is (
        given_up == "close"
    )
    alarms = [one.text for one in called if isinstance(one, Alarm) and one.source == "recovery"]
    assert "nobody knows what Mount does" in alarms[0]
    assert alarms[-1] == ""


def test_a_mount_that_does_not_come_back_at_dawn_leaves_an_alarm_that_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Fault(FaultKind.DEVICE_LOST, STUCK_AT, 24 * HOUR, "mount")
    played, called = states(tmp_path, monkeypatch, gone)
    assert played.outcome == "incomplete"
    alarms = [one.text for one in called if isinstance(one, Alarm) and one.source == "sequence"]
    assert alarms[-1].startswith("The rig was not left safe: Mount")
