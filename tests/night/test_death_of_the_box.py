"""However the controller dies in the rain, the mount parks and then the roof closes, on INDI's simulators.

Here the three processes of the box run as their units start them (systemd/), without systemd: nothing
starts a dead controller again but the test.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.cli.compose import free_port
from appliance.cli.demo import write_demo
from appliance.profile import CLEARS
from tests.night.box import ROOT, exposing, rows
from tests.night.indi_witness import DOME, MOUNT, Witness

pytestmark = [pytest.mark.indi, pytest.mark.solver, pytest.mark.timeout(600)]

SILENCE_SECONDS, BEGIN_SECONDS, SAFE_SECONDS = 12, 180, 150
WAYS = ("rain", "kill", "stop", "block", "memory", "return")
LOOK_SECONDS = 0.1


class Stage:
    """One box in three processes: indiserver's keeper, guardian, controller; and a witness."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.run = folder, folder / "run"
        self.run.mkdir(parents=True)
        self._profile, self._plan = small_rig(folder)
        self._port, self._socket = free_port(), str(folder / "indi.sock")
        self._processes: list[subprocess.Popen[bytes]] = []
        self.controller: subprocess.Popen[bytes]
        self.struck = 0.0
        self._start(
            "appliance", "indi-server", str(self._profile), "--socket", self._socket,
            "--port", str(self._port), "--home", str(folder / "drivers"),
        )  # fmt: skip
        self._start("appliance.guardian", "--folder", str(self.run), "--memory", str(folder))
        self.witness = Witness(self._port)

    def park(self) -> None:
        """As a person leaves it; the simulator begins unparked, and that roof would not move over it."""
        witness = self.witness
        self.wait_until("the mount is defined", lambda: witness.now(MOUNT, "CONNECTION"), 30)
        witness.set(f"{MOUNT}.CONNECTION.CONNECT=On")
        self.wait_until("it is connected", lambda: witness.now(MOUNT, "TELESCOPE_PARK"), 30)
        witness.set(f"{MOUNT}.TELESCOPE_PARK.PARK=On")

    def parked(self) -> bool:
        return self.witness.when(MOUNT, "TELESCOPE_PARK", "PARK", "Ok") is not None

    def start_controller(self) -> None:
        # fmt: off
        self.controller = self._start(
            "tests.night.afflicted", "run", str(self._plan), "--profile", str(self._profile),
            "--out", str(self.folder / "night"), "--indi-socket", self._socket, "--guarded", str(self.run),
        )
        # fmt: on

    def _start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "output.txt").open("a") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def text(self) -> str:
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    def wait_until(self, what: str, true: Callable[[], object], within: float) -> None:
        ends = time.monotonic() + within
        while not true():
            assert time.monotonic() < ends, f"not within {within:g} s: {what}:\n{self.text()}"
            time.sleep(LOOK_SECONDS)

    def expose(self, after: int = 0) -> None:
        night = self.folder / "night"
        self.wait_until("a sub is exposed", lambda: exposing(night, after), BEGIN_SECONDS)

    def rain(self) -> None:
        self.witness.set(
            "Weather Simulator.WEATHER_CONTROL.Precip=5", "Weather Simulator.WEATHER_REFRESH.REFRESH=On"
        )

    def end(self) -> None:
        self.witness.close()
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGTERM if process is self._processes[0] else signal.SIGKILL)
        for process in self._processes:
            process.wait(30)

    def parked_then_closed(self) -> None:
        """Mount and roof end as they should, in that order."""
        witness, began = self.witness, self.struck

        def closed() -> float | None:
            return witness.when(DOME, "DOME_SHUTTER", "SHUTTER_CLOSE", "Ok", began)

        self.wait_until("the shutter is closed", closed, SAFE_SECONDS)
        parked = witness.when(MOUNT, "TELESCOPE_PARK", "PARK", "Ok", began)
        closing = witness.when(DOME, "DOME_SHUTTER", "SHUTTER_CLOSE", "Busy", began)
        assert parked is not None
        assert closing is not None
        assert parked < closing < (closed() or 0.0)
        last = witness.now(MOUNT, "TELESCOPE_PARK")
        assert last is not None
        assert last.on == ("PARK",)


def small_rig(folder: Path) -> tuple[Path, Path]:
    """The small night with a roof that must not meet the telescope, and one long sub."""
    profile, plan = write_demo(folder, "indi", None, datetime.now(UTC))
    text = profile.read_text(encoding="utf-8")
    assert CLEARS in text
    text = text.replace(f'clears_telescope = "{CLEARS}"', "")
    # The simulators have no contact at the telescope: the mount's own switch stands in for one.
    contact = '{ device = "Telescope Simulator", element = "TELESCOPE_PARK.PARK" }'
    sensor = f'\n[park_sensor]\nname = "Park contact"\nsetup = {contact}\n'
    tables = f"{sensor}\n[guardian]\nsilence_seconds = {SILENCE_SECONDS}\n\n[safety]\npoll_seconds = 1.0\n"
    profile.write_text(text + tables, encoding="utf-8")
    text = plan.read_text(encoding="utf-8")
    quick = "cool = false\nfocus_at_start = false\nfocus_on_filter_change = false\n\n[[target]]"
    plan.write_text(
        text.replace("[[target]]", quick, 1).replace(
            "seconds = 5.0\ncount = 4", "seconds = 30.0\ncount = 20"
        ),
        encoding="utf-8",
    )
    return profile, plan


DEEDS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "block": signal.SIGUSR1, "memory": signal.SIGUSR2}


def strike(stage: Stage, way: str) -> None:
    """In the middle of a sub it begins to rain, and something happens to the controller."""
    if way == "return":
        stage.controller.kill()
        stage.controller.wait()
        stage.start_controller()
        return
    stage.rain()
    if way in DEEDS:
        stage.controller.send_signal(DEEDS[way])


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stage]]:
    """Six nights side by side, each struck in its own way in the middle of a sub: they mostly wait."""
    begun = {way: Stage(tmp_path_factory.mktemp(way)) for way in WAYS}
    try:
        for stage in begun.values():
            stage.park()
        for stage in begun.values():
            stage.wait_until("the mount is parked", stage.parked, 90)
            stage.start_controller()
        for way, stage in begun.items():
            stage.expose()
            stage.struck = time.monotonic()
            strike(stage, way)
        yield begun
    finally:
        for stage in begun.values():
            stage.end()


def report(stage: Stage) -> dict[str, object]:
    path = stage.run / "guardian.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def test_killed_in_the_rain_the_guardian_does_it_and_a_new_controller_waits(stages: dict[str, Stage]) -> None:
    stage = stages["kill"]
    stage.wait_until("the guardian acts", lambda: report(stage), SILENCE_SECONDS + 10)
    stage.start_controller()
    stage.wait_until("it waits", lambda: "Waiting: the guardian" in stage.text(), 60)
    stage.parked_then_closed()
    log = stage.folder / "night" / "nightbox.log"
    stage.wait_until("it is told", lambda: "The guardian took over" in log.read_text(), 60)
    assert "The rig was made safe." in log.read_text(encoding="utf-8")
    assert not report(stage)


def test_rain_in_a_sub_parks_and_then_closes(stages: dict[str, Stage]) -> None:
    stage = stages["rain"]
    stage.parked_then_closed()
    assert not report(stage)
    assert rows(stage.folder / "night", "SELECT COUNT(*) FROM sub WHERE state='lost'") == [(1,)]


@pytest.mark.parametrize("way", ["stop", "block", "memory"])
def test_whatever_stops_the_controller_the_rig_is_made_safe(stages: dict[str, Stage], way: str) -> None:
    stage = stages[way]
    stage.parked_then_closed()
    if way != "memory":  # with a full memory it may die, or still get so far by itself
        stage.wait_until("the guardian is done", lambda: report(stage).get("safe"), 30)
        assert stage.controller.wait(5) == -signal.SIGKILL


def test_a_controller_that_is_back_in_time_goes_on(stages: dict[str, Stage]) -> None:
    stage = stages["return"]
    night = stage.folder / "night"
    lost = "SELECT COUNT(*) FROM sub WHERE state='lost'"
    stage.wait_until("it goes on", lambda: rows(night, lost) == [(1,)] and exposing(night, 0), BEGIN_SECONDS)
    assert not report(stage)
    assert "taking over" not in stage.text()
