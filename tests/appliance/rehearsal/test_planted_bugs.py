"""The witness is awake: every bug planted here is caught, by name, in a night that is else without one."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.bus import Alarm
from appliance.focus import run as focus_run
from appliance.imaging.atomic import Sync, new_file
from appliance.journal import Sub, SubState
from appliance.profile import Profile
from appliance.rehearsal import play as playing
from appliance.rehearsal.play import Played, play
from appliance.rehearsal.sketching import _WORK
from appliance.rehearsal.storm import made
from appliance.safety.interlock import ALLOWED
from appliance.safety.verdict import Judge
from appliance.sequence.night import Gate, Night
from appliance.sequence.subs import Seen, Taken, save_sub
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, long_night, simulated, target

Patch = pytest.MonkeyPatch


def evening(folder: Path, *faults: Fault, hours: float = 1.5, earlier: float = 0.0, **rig: Any) -> Played:
    """M31 only, which crosses the meridian an hour and a half after its first sub."""
    night = long_night(folder, *faults, target=[target("M31", hours)])
    profile = Profile.model_validate({**PROFILE, **rig})
    return play(replace(night, profile=profile, begins=night.begins - earlier * 3600))


def fault(kind: FaultKind, hours: float, minutes: float, amount: float = 0.0, device: str = "") -> Fault:
    return Fault(kind, BEGINS + hours * 3600, 60 * minutes, device, amount)


RAIN = fault(FaultKind.RAIN, 1.5, 40, 2.0)


def names(played: Played) -> set[str]:
    return {breach.name for breach in played.breaches}


async def nothing(*_: Any, **__: Any) -> bool:
    return False


def test_without_a_bug_nothing_is_caught(tmp_path: Path) -> None:
    for number, faults in enumerate([(), (RAIN,), (fault(FaultKind.CLOUDS, 0.6, 30, 8.0),)]):
        (tmp_path / str(number)).mkdir()
        assert evening(tmp_path / str(number), *faults).breaches == ()


def test_a_roof_that_closes_without_asking_the_park_sensor(tmp_path: Path, monkeypatch: Patch) -> None:
    """It rains while the mount does not answer."""
    away = fault(FaultKind.DEVICE_LOST, 1.49, 10, device="mount")
    assert not names(evening(made(tmp_path / "asked"), RAIN, away))
    monkeypatch.setattr("appliance.safety.gatekeeper.decide", lambda _now, _command: ALLOWED)
    assert not names(evening(made(tmp_path / "looked"), RAIN, away))  # the sensor stops it at once
    monkeypatch.setattr("appliance.safety.gatekeeper.Gatekeeper._released", for_ever)
    assert names(evening(made(tmp_path / "not"), RAIN, away)) == {"roof"}


def test_subs_under_clouds_that_the_profile_does_not_want(tmp_path: Path, monkeypatch: Patch) -> None:
    clouds = fault(FaultKind.CLOUDS, 0.6, 60, 1.2)  # two thirds of the light: they can be solved through
    limits = {"max_cloud_percent": 40.0, "clear_minutes": 2.0}
    assert not names(evening(made(tmp_path / "held"), clouds, conditions=limits))
    monkeypatch.setattr(Gate, "held", "")
    assert names(evening(made(tmp_path / "not"), clouds, conditions=limits)) == {"pause"}


def test_a_roof_that_somebody_left_open_by_day(tmp_path: Path, monkeypatch: Patch) -> None:
    roof = simulated("Roof", start="open")
    assert not names(evening(made(tmp_path / "seen"), earlier=2.5, roof=roof))
    monkeypatch.setattr("appliance.box.assembly.sun_altitude_deg", lambda *_: -20.0)
    assert names(evening(made(tmp_path / "not"), earlier=2.5, roof=roof)) == {"daylight"}


def test_a_sub_marked_saved_before_its_file_is_on_disk(tmp_path: Path, monkeypatch: Patch) -> None:
    save = _WORK["save"]

    def later(*arguments: Any) -> None:
        asyncio.get_running_loop().call_later(0.5, save, *arguments)

    monkeypatch.setitem(_WORK, "save", later)
    assert "files" in names(evening(tmp_path))


WITHIN_SAVES = [fault(FaultKind.CRASH, 1.2 + 0.3 * n, 0.5, -amount) for n, amount in enumerate((1, 2, 3, 4))]


@pytest.mark.parametrize("of_folder", [False, True], ids=["the file", "its folder"])
def test_a_sub_marked_saved_that_nobody_synced(of_folder: bool, tmp_path: Path, monkeypatch: Patch) -> None:
    """The power fails within saves, and takes what was not synced."""
    assert not names(evening(made(tmp_path / "synced"), *WITHIN_SAVES))

    def hasty(path: Path, replace: bool = False, *, sync: Sync) -> Any:
        def some(descriptor: int, path: Path) -> None:
            if path.is_dir() is not of_folder:
                sync(descriptor, path)

        return new_file(path, replace, some)

    monkeypatch.setattr("appliance.rehearsal.sketching.new_file", hasty)
    assert "files" in names(evening(made(tmp_path / "not"), *WITHIN_SAVES))


def test_no_flip_and_nobody_who_watches_the_limit(tmp_path: Path, monkeypatch: Patch) -> None:
    for user in ("taking", "establish"):
        monkeypatch.setattr(f"appliance.sequence.{user}.clear_of_meridian", nothing)
    monkeypatch.setattr("appliance.sequence.runner.guard_limit", nothing)
    assert names(evening(tmp_path, hours=2.6)) == {"limit"}


LAST_CLOUDS = fault(FaultKind.CLOUDS, 0.6, 15 * 60, 8.0)  # they come during the focus run, and stay


def test_a_failed_focus_run_that_leaves_the_focuser_where_it_was_sampling(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    @asynccontextmanager
    async def no_care(*_: Any, **__: Any) -> Any:
        yield

    assert not names(evening(made(tmp_path / "care"), LAST_CLOUDS))
    monkeypatch.setattr("appliance.focus.autofocus.on_failure", no_care)
    assert "focus" in names(evening(made(tmp_path / "later"), fault(FaultKind.CLOUDS, 0.6, 30, 8.0)))
    assert "focus" in names(evening(made(tmp_path / "never"), LAST_CLOUDS))


def test_a_dither_that_is_not_waited_for(tmp_path: Path, monkeypatch: Patch) -> None:
    going: list[Any] = []

    async def hasty(mount: Any, *_: Any) -> None:
        pointing = (await mount.status()).pointing
        going.append(asyncio.create_task(mount.slew(pointing)))

    monkeypatch.setattr("appliance.sequence.taking.dither", hasty)
    assert "exposure" in names(evening(tmp_path))


def test_rain_that_nobody_answers(tmp_path: Path, monkeypatch: Patch) -> None:
    """An alarm about something else is no answer."""

    async def elsewhere(_: Any, publish: Callable[[Alarm], None], *__: Any) -> None:
        publish(Alarm(source="actions", text="could not warm the camera"))

    monkeypatch.setattr("appliance.safety.performing.close_roof_now", elsewhere)
    assert "unsafe" in names(evening(tmp_path, RAIN))


WIND = fault(FaultKind.WIND, 1.0, 60, 8.0)


@pytest.mark.parametrize(
    ("limit", "faults"),
    [({"max_gust_m_s": 10.0}, (WIND,)), ({"max_humidity_percent": 50.0}, ())],
    ids=["gusts", "damp air"],
)
def test_a_limit_that_nobody_compares(
    limit: dict[str, float], faults: tuple[Fault, ...], tmp_path: Path, monkeypatch: Patch
) -> None:
    assert not names(evening(made(tmp_path / "compared"), *faults, safety=limit))
    monkeypatch.setattr("appliance.safety.limits.Limits.objections", lambda *_: ())
    assert names(evening(made(tmp_path / "not"), *faults, safety=limit)) == {"unsafe"}


def test_a_monitor_that_nobody_believes(tmp_path: Path, monkeypatch: Patch) -> None:
    rig: dict[str, Any] = {"safety_monitor": [simulated("Safety", safe_wind_m_s=9.0)]}
    assert not names(evening(made(tmp_path / "believed"), WIND, **rig))

    async def all_is_well(_: Any) -> bool:
        return True

    monkeypatch.setattr("hardware.simulator.faulty_devices.FaultySafetyMonitor.safe", all_is_well)
    assert names(evening(made(tmp_path / "not"), WIND, **rig)) == {"unsafe"}


def test_a_station_whose_silence_nobody_notices(tmp_path: Path, monkeypatch: Patch) -> None:
    away = fault(FaultKind.DEVICE_LOST, 1.0, 40, device="weather")
    assert not names(evening(made(tmp_path / "noticed"), away))

    def patient(patience: Any, _: float, *more: Any, **also: Any) -> Judge:
        return Judge(patience, 1e9, *more, **also)

    monkeypatch.setattr("appliance.safety.watch.Judge", patient)
    assert names(evening(made(tmp_path / "not"), away)) == {"unsafe"}


def test_a_night_that_ends_as_it_stands(tmp_path: Path, monkeypatch: Patch) -> None:
    """Whatever was said before: a camera that was away in the evening says nothing about the roof."""
    monkeypatch.setattr("appliance.sequence.runner.finish", nothing)
    away = fault(FaultKind.DEVICE_LOST, 1.2, 15, device="camera")
    for number, faults in enumerate([(), (away,)]):
        played = evening(made(tmp_path / str(number)), *faults)
        assert [(one.name, one.seen) for one in played.breaches] == [
            ("safe end", f"{LEFT}, and no error at the end says why")
        ]
    assert any(one.said.level == "error" and "Camera" in one.said.text for one in played.heard)


LEFT = "the mount is not parked and the roof is open and the camera is cold"


CRASH = fault(FaultKind.CRASH, 1.6, 1, 5.0)


def test_a_night_that_begins_anew_after_a_crash(tmp_path: Path, monkeypatch: Patch) -> None:
    async def forgotten(*_: Any) -> None:
        return None

    assert not names(evening(made(tmp_path / "found"), CRASH))
    monkeypatch.setattr("appliance.box.box.unfinished", forgotten)
    assert names(evening(made(tmp_path / "not"), CRASH)) == {"counted"}


def test_a_sub_that_nobody_settles_after_a_crash(tmp_path: Path, monkeypatch: Patch) -> None:
    for user in ("sequence.runner", "box.box"):  # at the start of a run and at its end
        monkeypatch.setattr(f"appliance.{user}.settle_interrupted", nothing)
    assert names(evening(tmp_path, CRASH)) == {"counted"}


def test_saved_subs_that_are_given_up_after_a_crash(tmp_path: Path, monkeypatch: Patch) -> None:
    async def give_up(night: Night, id_: int) -> None:
        await night.journal.change(Sub, id_, state=SubState.LOST, file=None)

    monkeypatch.setattr("appliance.sequence.resume.INTERRUPTED", tuple(SubState))
    monkeypatch.setattr("appliance.sequence.resume.settle", give_up)
    assert "crash" in names(evening(tmp_path, CRASH))


def test_subs_that_are_saved_late(tmp_path: Path, monkeypatch: Patch) -> None:
    """A crash finds one that was exposed long ago, and the next one nearly done."""

    async def late(night: Night, taken: Taken, judge: Any) -> Seen:
        await asyncio.sleep(290)
        return await save_sub(night, taken, judge)

    monkeypatch.setattr("appliance.sequence.taking.save_sub", late)
    crashes = [fault(FaultKind.CRASH, 1.5 + hours, 1) for hours in (0.0, 0.23, 0.46)]
    assert names(evening(tmp_path, *crashes)) == {"crash"}


def test_two_who_command_the_same_focuser(tmp_path: Path, monkeypatch: Patch) -> None:
    approach = focus_run.approach

    async def twice(*arguments: Any) -> None:
        await asyncio.gather(approach(*arguments), approach(*arguments), return_exceptions=True)

    monkeypatch.setattr(focus_run, "approach", twice)
    assert "owners" in names(evening(tmp_path))


KEPT: list[Any] = []


async def forgets_a_task(*_: Any) -> None:
    KEPT.append(asyncio.create_task(asyncio.sleep(1e6), name="forgotten"))


async def forgets_a_thread(*_: Any) -> None:
    KEPT.append(threading.Event())
    threading.Thread(target=KEPT[0].wait, daemon=True).start()


async def forgets_a_child(*_: Any) -> None:
    KEPT.append(child())


def child() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@pytest.mark.parametrize(
    ("forgetful", "left"),
    [
        (forgets_a_task, "still running: forgotten"),
        (forgets_a_thread, "a thread: "),
        (forgets_a_child, "a child process: "),
    ],
)
def test_something_that_stays_behind(
    forgetful: Callable[..., Any], left: str, tmp_path: Path, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(playing, "phone", forgetful)
    played = evening(tmp_path)
    assert [breach.name for breach in played.breaches] == ["leaks"]
    assert played.breaches[0].seen.startswith(left)
    one = KEPT.pop()
    if isinstance(one, threading.Event):
        one.set()
    if isinstance(one, subprocess.Popen):
        one.communicate()


def test_a_journal_that_is_left_open(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr("appliance.journal.Journal.close", nothing)
    played = evening(tmp_path)
    assert [(one.name, one.seen.split(",")[0]) for one in played.breaches] == [
        ("leaks", "still open: journal.sqlite")
    ]


def raising(*_: Any) -> None:
    raise ValueError("a bug")


async def for_ever(*_: Any, **__: Any) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("where", "bug", "caught"),
    [
        ("appliance.sequence.runner.tonight", raising, {"bugs"}),
        ("appliance.sequence.runner._whole_night", for_ever, {"ends"}),
    ],
)
def test_an_error_without_a_name_and_a_night_without_an_end(
    where: str, bug: Callable[..., Any], caught: set[str], tmp_path: Path, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(where, bug)
    assert caught <= names(evening(tmp_path))
