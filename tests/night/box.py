"""A box run as a user runs it: a process of its own, looked at through what it leaves on disk."""

import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil

from tests.page_client import PageClient

ROOT = Path(__file__).parent.parent.parent
LOOK_SECONDS = 0.05


class RunningBox:
    """`nightbox` with some arguments, working in `folder`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.output = folder.parent / f"{folder.name}-output.txt"
        with self.output.open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "appliance", *arguments, "--out", str(folder)],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def press_ctrl_c(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """As a power cut: nothing of the controller's own runs any more."""
        self._process.kill()
        self._process.wait()

    def kill_indiserver(self) -> None:
        (server,) = [p for p in self._children() if p.name() == "indiserver"]
        server.kill()

    def _children(self) -> list[psutil.Process]:
        return list(psutil.Process(self._process.pid).children(recursive=True))

    def wait(self, within: float) -> int:
        """The exit code."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within:g} s:\n{self.text()}") from None

    def wait_until(self, what: str, true: Callable[[], bool], within: float = 180.0) -> None:
        ends = time.monotonic() + within
        while not true():
            assert self._process.poll() is None, f"ended before {what}:\n{self.text()}"
            assert time.monotonic() < ends, f"not within {within:g} s: {what}:\n{self.text()}"
            time.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """Whatever happened: leave nothing running."""
        if self._process.poll() is None:
            for process in [*self._children(), psutil.Process(self._process.pid)]:
                process.kill()
            self._process.wait()

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def page(self) -> PageClient:
        """A phone that is logged in."""
        found = re.search(r"On this machine, once: (\S+)", self.text())
        assert found, self.text()
        return PageClient(found[1])


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """What the journal says; nothing before there is one."""
    path = folder / "journal.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as journal:
        try:
            return list(journal.execute(query))
        except sqlite3.OperationalError:
            return []  # still being made


def exposing(folder: Path, after: int) -> bool:
    """A sub is being exposed and so many are saved already."""
    states = [str(state) for (state,) in rows(folder, "SELECT state FROM sub")]
    return "exposing" in states and states.count("saved") >= after


def left_behind(folder: Path) -> list[str]:
    """Processes that still belong to the box that worked in a folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = [*(process.info["cmdline"] or []), *(process.info["environ"] or {}).values()]
        if any(str(folder) in word for word in words) and process.pid != psutil.Process().pid:
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def none_left_behind(folder: Path, within: float = 10.0) -> bool:
    ends = time.monotonic() + within
    while left_behind(folder) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
    return not left_behind(folder)
