"""The guardian's life: a stuck process ended and no other, the lock, the alarm, the hand-over."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.guardian.alarm import ALARM, REPORT, Report
from appliance.guardian.brief import Brief, Device
from appliance.guardian.clock import Clock
from appliance.guardian.ending import end, started
from appliance.guardian.guard import LOCK, RIG, WAITING, Places, Saviour
from appliance.guardian.lock import RigLock, wanted
from appliance.guardian.memory import Memory
from appliance.guardian.pulse import Beat
from tests.appliance.guardian.still_clock import StillClock


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A controller that is stuck, and deaf to polite signals."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('', flush=True); time.sleep(99)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_the_stuck_process_is_ended_and_no_other(sleeper: "subprocess.Popen[bytes]") -> None:
    born = started(sleeper.pid)
    assert born is not None
    clock = Clock(lambda: None)
    assert end(Beat(1, sleeper.pid, born - 1, False), clock) == "it had ended"  # the pid has come round
    assert sleeper.poll() is None
    assert end(Beat(1, sleeper.pid, born, False), clock) == "it was killed"
    assert sleeper.wait(5) == -9
    assert end(Beat(1, sleeper.pid, born, False), clock) == "it had ended"


def test_the_lock_is_the_guardians_only_when_nobody_lives_who_has_it(tmp_path: Path) -> None:
    clock = StillClock()
    one, other = RigLock(tmp_path / LOCK, clock), RigLock(tmp_path / LOCK, clock)
    assert one.take()
    assert not other.take()
    one.give()
    assert other.take()
    other.give()


def brief(**changes: Any) -> Brief:
    whole: dict[str, Any] = {
        "mount": None, "roof": None, "park_sensor": None, "clears_telescope": False, "socket": "/nobody",
        "port": 9, "silence_seconds": 20.0, "alarm_seconds": 60.0, "park_seconds": 30.0, "buzzer_pin": "",
        "alarm_command": (),
    }  # fmt: skip
    return Brief(**{**whole, **changes})


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def saviour(folder: Path, what: Brief, clock: StillClock) -> Saviour:
    return Saviour(Places(folder, Memory(None), folder), what, clock, Report(folder, "silence"))


def test_what_it_cannot_command_is_an_alarm_and_then_another_controllers_turn(tmp_path: Path) -> None:
    clock, told = StillClock(), tmp_path / "told"
    what = brief(
        mount=Device("alpaca", "Mount"), roof=Device("gpio", "Roof"),
        alarm_command=("/bin/sh", "-c", f'echo "$0" > {told}'),
    )  # fmt: skip
    begun = clock.now()
    guardian = saviour(tmp_path, what, clock)
    assert not guardian.save("silence", lambda: True)
    assert 60.0 <= clock.now() - begun < 95.0
    text = read(tmp_path / ALARM)["text"]
    assert "Mount is connected by alpaca, which the guardian does not speak" in text
    assert "this machine has no GPIO header" in text
    report = read(tmp_path / REPORT)
    assert report["acted"]
    assert not report["safe"]
    ends = time.monotonic() + 10
    while guardian.alarm.running():
        assert time.monotonic() < ends
    assert told.read_text().startswith("The rig is not safe (silence)")


def test_without_another_controller_it_goes_on_trying(tmp_path: Path) -> None:
    clock = StillClock()
    wishes = iter([False] * 20)
    begun = clock.now()
    with pytest.raises(StopIteration):
        saviour(tmp_path, brief(roof=Device("alpaca", "Roof")), clock).save("silence", lambda: next(wishes))
    assert clock.now() - begun > 20 * 29.0


def test_a_rig_of_simulators_has_died_with_its_controller(tmp_path: Path) -> None:
    what = brief(mount=Device("simulator", "Mount"), roof=Device("simulator", "Roof"))
    assert saviour(tmp_path, what, StillClock()).save("silence", lambda: False)
    assert not (tmp_path / ALARM).exists()


def test_it_is_wanted_by_one_that_lives(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    path = tmp_path / WAITING
    assert not wanted(path)
    path.write_text(json.dumps({"pid": sleeper.pid, "started": started(sleeper.pid)}))
    assert wanted(path)
    sleeper.kill()
    sleeper.wait()
    assert not wanted(path)


def test_the_rig_is_remembered_while_it_is_guarded(tmp_path: Path) -> None:
    rig, kept = tmp_path / RIG, tmp_path / "kept.json"
    device = {"driver": "indi", "name": "Mount", "setup": {}}
    rig.write_text(json.dumps({
        "format": 1, "mount": device, "roof": None, "park_sensor": None, "clears_telescope": False,
        "socket": "/s", "port": 1, "silence_seconds": 20, "alarm_seconds": 60, "park_seconds": 30,
        "buzzer_pin": "", "alarm_command": [],
    }))  # fmt: skip
    memory = Memory(kept)
    assert memory.brief() is None
    memory.keep(rig, guarding=True)
    remembered = Memory(kept).brief()
    assert remembered is not None
    assert remembered.mount == Device("indi", "Mount")
    memory.keep(rig, guarding=False)
    assert Memory(kept).brief() is None
