"""The units run by a real systemd: PID 1 of namespaces of its own, with INDI's simulators. Needs root."""

import json
import os
import shutil
import site
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest

from appliance.cli.compose import free_port
from appliance.cli.demo import write_demo
from tests.page_client import PageClient

ROOT = Path(__file__).parent.parent.parent
SYSTEMD, DEBIANS_PYTHON = Path("/lib/systemd/systemd"), Path("/usr/bin/python3.11")
NEEDED = ("unshare", "nsenter", "systemd-sysusers", "indiserver")
START_SECONDS, SAFE_SECONDS, SHUTTER_SECONDS, NIGHT_SECONDS = 60, 120, 7, 240
PORT = free_port()


def why_not() -> str:
    if os.geteuid():
        return "only root can make namespaces"
    if not (SYSTEMD.exists() and DEBIANS_PYTHON.exists() and all(shutil.which(one) for one in NEEDED)):
        return "systemd, unshare, indiserver or Debian's Python 3.11 is not installed"
    return "" if control_group() else "there is no second control group hierarchy to be had"


def control_group() -> Path | None:
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2" and os.access(where, os.W_OK):
            return Path(where)
    return None


pytestmark = [
    pytest.mark.indi,
    pytest.mark.timeout(400),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]


class Machine:
    """A systemd with Nightbox's units; `shell` runs inside."""

    def __init__(self, folder: Path) -> None:
        self._folder, group = folder, control_group()
        assert group
        self._prepare()
        self._group = group / f"nightbox-test-{os.getpid()}"
        self._group.mkdir()
        with (folder / "console.txt").open("w") as console:
            self._process = subprocess.Popen(
                [
                    "bash", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', str(self._group),
                    "unshare", "--pid", "--fork", "--mount", "--mount-proc", "--ipc", "--uts", "--cgroup",
                    "--kill-child", "bash", str(ROOT / "tests/systemd/inside.sh"), str(folder), str(ROOT),
                    site.getsitepackages()[0],
                ],
                stdout=console, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def _prepare(self) -> None:
        profile, _ = write_demo(self._folder, "indi", None, datetime.now(UTC))
        text = profile.read_text(encoding="utf-8").replace("[indi]", f"[indi]\nport = {PORT}")
        profile.write_text(text + "\n[guardian]\nsilence_seconds = 30\n", encoding="utf-8")
        units = self._folder / "units"
        shutil.copytree(ROOT / "systemd", units, ignore=shutil.ignore_patterns("*.d"))
        path = "Environment=PYTHONPATH=/opt/nightbox/src:/opt/nightbox/lib PYTHONDONTWRITEBYTECODE=1\n"
        out = "".join(f"Standard{one}=append:/run/%N.log\n" for one in ("Output", "Error"))
        for unit in list(units.glob("*.service")):
            (units / f"{unit.name}.d").mkdir()
            (units / f"{unit.name}.d" / "test.conf").write_text(f"[Service]\n{path}{out}", encoding="utf-8")
        for target in ("sysinit", "basic", "shutdown"):
            (units / f"{target}.target").write_text("[Unit]\nDefaultDependencies=no\n", encoding="utf-8")
        names = " ".join(unit.name for unit in units.glob("*.service"))
        (units / "box.target").write_text(
            f"[Unit]\nDefaultDependencies=no\nWants={names}\n", encoding="utf-8"
        )

    def shell(self, *command: str) -> str:
        first = next(iter(psutil.Process(self._process.pid).children()), None)
        if first is None or first.name() != "systemd":  # not there yet
            return ""
        done = subprocess.run(
            ["nsenter", "-t", str(first.pid), "-a", *command], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def show(self, unit: str, what: str) -> str:
        return self.shell("systemctl", "show", "--value", "-p", what, unit)

    def kill(self, name: str) -> None:
        self.shell("systemctl", "kill", "--kill-whom=main", "-s", name, "nightbox.service")

    def wait_until(self, what: str, true: Callable[[], object], within: float) -> None:
        ends = time.monotonic() + within
        while not true():
            assert time.monotonic() < ends, f"not within {within:g} s: {what}\n{self.text()}"
            time.sleep(0.3)

    def text(self) -> str:
        return self.shell("sh", "-c", "tail -n 40 /run/*.log; systemctl --no-pager status 'nightbox*'")

    def guardian(self) -> str:
        return self.shell("cat", "/run/nightbox-guardian.log")

    def controller(self) -> str:
        return self.shell("cat", "/run/nightbox.log")

    def subs(self, state: str) -> int:
        query = f"SELECT COUNT(*) FROM sub WHERE state = '{state}'"
        path = "file:/var/lib/nightbox/night/journal.sqlite?mode=ro"
        code = f"import sqlite3; print(*sqlite3.connect({path!r}, uri=True).execute({query!r}).fetchone())"
        return int(self.shell("/usr/bin/python3", "-c", code) or 0)

    def restarts(self) -> int:
        return int(self.show("nightbox.service", "NRestarts") or 0)

    def restarted(self, times: int) -> bool:
        return self.restarts() == times

    def running(self) -> bool:
        return self.show("nightbox.service", "ActiveState") == "active"

    def press(self, button: str) -> None:
        key = json.loads(self.shell("cat", "/var/lib/nightbox/night/.page/access.json"))["key"]
        pages = [line for line in self.shell("cat", "/run/nightbox.log").splitlines() if "Phone page" in line]
        port = pages[-1].rstrip("/").rpartition(":")[2]
        page = PageClient(f"http://127.0.0.1:{port}/?key={key}")
        assert page.command(button) in (200, 202)

    def set(self, *settings: str) -> None:
        for setting in settings:
            subprocess.run(["indi_setprop", "-p", str(PORT), setting], check=True, timeout=10)

    def end(self) -> None:
        for child in psutil.Process(self._process.pid).children():
            child.kill()
        self._process.wait(30)
        time.sleep(0.5)
        for group in sorted(self._group.rglob("*"), reverse=True):
            if group.is_dir():
                group.rmdir()
        self._group.rmdir()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    one = Machine(tmp_path)
    try:
        yield one
    finally:
        one.end()


def test_the_units_keep_each_other_alive(machine: Machine) -> None:
    machine.wait_until("the box runs", machine.running, START_SECONDS)
    for unit in ("nightbox", "nightbox-indi", "nightbox-guardian"):
        assert machine.show(f"{unit}.service", "ActiveState") == "active"
        pid = machine.show(f"{unit}.service", "MainPID")
        assert machine.shell("stat", "-c", "%U", f"/proc/{pid}") == "nightbox"
    server = machine.show("nightbox-indi.service", "MainPID")
    machine.press("park")  # connects the rig: from now on something is at stake
    machine.wait_until("it is guarded", lambda: "guarding" in machine.show(GUARDIAN, "StatusText"), 30)

    machine.kill("STOP")  # systemd's watchdog ends it, and starts it again before the guardian must act
    machine.wait_until("it is back", lambda: machine.restarts() == 1 and machine.running(), START_SECONDS)
    assert "taking over" not in machine.guardian()
    assert machine.show("nightbox-indi.service", "MainPID") == server

    leave_open(machine)
    machine.kill("KILL")  # nobody has started a night: the next controller parks and closes
    machine.wait_until("it is back", lambda: machine.restarted(2) and machine.running(), START_SECONDS)
    machine.wait_until("it is parked", lambda: "It is safe again." in machine.controller(), SAFE_SECONDS)
    assert "The roof is closed." in machine.controller()
    assert "taking over" not in machine.guardian()

    leave_open(machine)
    machine.kill("KILL")  # again and again, that does not help: the guardian takes over
    machine.wait_until("the guardian is done", lambda: "The rig is safe." in machine.guardian(), SAFE_SECONDS)
    assert "Nightbox has died 3 times" in machine.guardian()
    assert "Dome Simulator is closed." in machine.guardian()
    machine.wait_until("it says so", lambda: "guardian took over" in machine.text(), 30)
    assert json.loads(machine.shell("cat", "/run/nightbox/heartbeat"))["at_rest"]


def leave_open(machine: Machine) -> None:
    machine.set("Telescope Simulator.TELESCOPE_PARK.UNPARK=On", "Dome Simulator.DOME_SHUTTER.SHUTTER_OPEN=On")
    time.sleep(SHUTTER_SECONDS)


def test_killed_in_a_dry_night_it_goes_on_by_itself(machine: Machine) -> None:
    machine.wait_until("the box runs", machine.running, START_SECONDS)
    machine.press("start")
    machine.wait_until("a sub is exposed", lambda: machine.subs("exposing"), NIGHT_SECONDS)
    saved = machine.subs("saved")
    machine.kill("KILL")
    machine.wait_until("it is started again", partial(machine.restarted, 1), START_SECONDS)
    machine.wait_until("the sub is lost", lambda: machine.subs("lost") == 1, NIGHT_SECONDS)
    machine.wait_until("another is saved", lambda: machine.subs("saved") > saved, NIGHT_SECONDS)
    assert "goes on by itself" in machine.controller()
    assert "taking over" not in machine.guardian()


GUARDIAN = "nightbox-guardian.service"
