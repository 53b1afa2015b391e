"""Telling people: the journal, a file for the controller and its page, a buzzer, a command of theirs."""

import contextlib
import json
import logging
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

ALARM, REPORT = "alarm.json", "guardian.json"
HELP = "Go there: park the telescope and close the roof by hand. The guardian keeps trying."


class Alarm:
    """Raised once and again when its reason changes; `sound` hears whether it is on."""

    def __init__(self, folder: Path, command: Sequence[str], sound: Callable[[bool], None]) -> None:
        self._path, self._command, self._sound = folder / ALARM, tuple(command), sound
        self._runs: list[subprocess.Popen[bytes]] = []
        self.text = ""

    def raise_(self, text: str) -> None:
        """Say it in every way there is."""
        if text == self.text:
            return
        self.text = text
        log.error("ALARM: %s %s", text, HELP)
        write(self._path, {"text": text, "advice": HELP})
        self._sound(True)
        self._run(text)

    def end(self) -> None:
        """It is over."""
        if self.text:
            log.warning("The alarm is over.")
            self.text = ""
        self._sound(False)
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def running(self) -> bool:
        """Is a command of the profile still at work? Asking buries those that have ended."""
        self._runs = [run for run in self._runs if run.poll() is None]
        return bool(self._runs)

    def _run(self, text: str) -> None:
        """The profile's command with the text behind it; nobody waits for it."""
        if self._command and not self.running():
            try:
                self._runs.append(
                    subprocess.Popen([*self._command, text], stdin=subprocess.DEVNULL, start_new_session=True)
                )
            except OSError as failed:
                log.error("the alarm command could not be started: %s", failed)


class Report:
    """guardian.json: why the guardian acted and what it did, for the controller that comes after."""

    def __init__(self, folder: Path, why: str) -> None:
        self._path, self._why = folder / REPORT, why
        self._did: list[str] = []
        self._save(safe=False)

    def say(self, text: str) -> None:
        """One deed."""
        log.warning("%s", text)
        self._did.append(text)
        self._save(safe=False)

    def end(self, *, safe: bool) -> None:
        """The last word: is the rig safe?"""
        self._save(safe=safe)

    def _save(self, *, safe: bool) -> None:
        write(self._path, {"why": self._why, "did": self._did[-20:], "safe": safe, "acted": True})


def tell(folder: Path, why: str, *, safe: bool) -> None:
    """A report of what the guardian knows when it has not acted."""
    write(folder / REPORT, {"why": why, "did": [], "safe": safe, "acted": False})


def write(path: Path, value: dict[str, Any]) -> None:
    """The whole file or the one before; a folder that cannot be written keeps nobody from acting."""
    spare = path.with_suffix(".new")
    try:
        spare.write_text(json.dumps(value), encoding="utf-8")
        spare.replace(path)
    except OSError as failed:
        log.error("%s cannot be written: %s", path, failed)
