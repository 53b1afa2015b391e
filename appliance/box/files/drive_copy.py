"""The copy to a drive: one at a time, behind the night, in a process that can be ended at any moment."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import appliance
from appliance.box.box import Box
from appliance.box.files.drives import FAT, LARGEST_ON_FAT, Drive
from appliance.box.files.folder import File
from appliance.box.files.messages import DriveCopy
from appliance.errors import BadCommand
from appliance.solve.process import program

JOB, SOURCE = "drive copy", "files"
ROOT = Path(appliance.__file__).parent.parent
FOLDER = "Nightbox"  # on the drive
TELL_SECONDS = 0.5
MOST_NAMES = 500
SAFE = "Everything is written and checked. Wait until its light is still, then pull the drive out."


@dataclass(slots=True, eq=False)
class DriveCopies:
    """One per box; `command` is what copies, with the folders and the names after it."""

    box: Box
    command: Sequence[str] = (sys.executable, "-m", "appliance.box.files.copying")
    state: DriveCopy = field(default_factory=lambda: DriveCopy(source=SOURCE))

    def start(self, drive: Drive, names: Sequence[str], files: Sequence[File]) -> str:
        """Begin; BadCommand when one runs, or when the drive cannot take that."""
        if self.box.jobs.running(JOB):
            raise BadCommand("copy_start", "a copy is running", advice="Wait for it, or stop it.")
        _check_fits(drive, names, files)
        total = sum(file.bytes for file in files)
        self._show(DriveCopy(
            source=SOURCE, phase="copying", drive=drive.name, of_files=len(files), of_bytes=total
        ))  # fmt: skip
        self.box.jobs.start(JOB, self._copy(drive, names), ())
        return "started"

    async def stop(self) -> str:
        """End it; what is on the drive already stays there, whole."""
        if not await self.box.jobs.stop(JOB):
            return "nothing was running"
        if self.state.phase == "copying":  # it had not begun
            self._stopped()
        return "stopped"

    async def _copy(self, drive: Drive, names: Sequence[str]) -> None:
        target = Path(drive.mount) / FOLDER
        command = (*self.command, str(self.box.images), str(target), *names)
        try:
            async with program(command, ROOT, asyncio.subprocess.PIPE) as process:
                last = await self._follow(process)
        except asyncio.CancelledError:
            self._stopped()
            raise
        self._result(drive, last)

    def _stopped(self) -> None:
        self._end("stopped", f"Stopped: {self.state.files} files are on {self.state.drive}.")

    async def _follow(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        """What it said last; its progress is shown now and then."""
        assert process.stdout is not None
        clock, told, last = asyncio.get_running_loop().time, -TELL_SECONDS, dict[str, Any]()
        async for line in process.stdout:
            last = json.loads(line)
            if "file" in last and clock() - told >= TELL_SECONDS:
                told = clock()
                now = replace(self.state, file=last["file"], files=last["files"], bytes=last["bytes"])
                self._show(now)
        return last

    def _result(self, drive: Drive, last: dict[str, Any]) -> None:
        if "copied" not in last:
            return self._end(
                "failed", f"The copy to {drive.name} ended in the middle. Is the drive still there?"
            )
        failures = tuple(f"{name}: {why}" for name, why in last["failed"])
        good, there = last["copied"], last["there"]
        already = f", {there} were there already" if there else ""
        text = f"{good} files were copied to {drive.name} and checked{already}."
        done = replace(self.state, files=good + there, bytes=last["bytes"], failures=failures)
        self._show(done)
        if failures:
            return self._end("failed", f"{text} Some were not copied; they are still on the box.")
        return self._end("done", f"{text} {SAFE}")

    def _end(self, phase: str, text: str) -> None:
        self._show(replace(self.state, phase=phase, file="", text=text))
        self.box.say(text)

    def _show(self, state: DriveCopy) -> None:
        self.state = state
        self.box.bus.publish(state)


def _check_fits(drive: Drive, names: Sequence[str], files: Sequence[File]) -> None:
    if not files:
        raise BadCommand("paths", "there is nothing to copy", advice="Choose files or folders first.")
    if len(names) > MOST_NAMES:
        raise BadCommand("paths", f"{len(names)} names are too many", advice="Choose their folder instead.")
    if not drive.writable:
        raise BadCommand("drive", f"{drive.name} cannot be written", advice="Look for its write lock.")
    total = sum(file.bytes for file in files)
    if total > drive.free:
        left = f"{total / 1e9:.1f} GB do not fit into the {drive.free / 1e9:.1f} GB free on {drive.name}"
        raise BadCommand("drive", left, advice="Choose fewer files, or another drive.")
    largest = max(files, key=lambda file: file.bytes)
    if drive.system in FAT and largest.bytes > LARGEST_ON_FAT:
        raise BadCommand("drive", f"{largest.name} is too large for FAT", advice="Format the drive as exFAT.")
