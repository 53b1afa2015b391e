"""The sign of life, for the guardian that watches from outside (docs/adr/0010 has the files' format)."""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.box.notify import Notifier
from appliance.profile import DeviceSection, Profile
from hardware.devices import IndiServer

log = logging.getLogger(__name__)

FORMAT = 1
RIG, BEAT, LOCK, WAITING, REPORT, ALARM = (
    "rig.json", "heartbeat", "rig.lock", "waiting", "guardian.json", "alarm.json",
)  # fmt: skip
BEAT_SECONDS = 1.0
LOCK_SECONDS = 0.5
PARK_SHARE = 0.5  # of the time until the guardian's alarm: the roof needs some, too


@dataclass(frozen=True, slots=True)
class Left:
    """What the guardian left behind: why it acted, what it did, what it could not do (`alarm`).

    `at_rest`: nothing was at stake when the last controller ended, or it is safe since. `rebooted`: it was
    the whole box that went down.
    """

    at_rest: bool = True
    acted: bool = False
    why: str = ""
    did: tuple[str, ...] = ()
    alarm: str = ""
    rebooted: bool = False

    @property
    def unsafe(self) -> bool:
        """The guardian began to make the rig safe and did not come to an end."""
        return self.acted and not self.at_rest


class Heartbeat:
    """Beats from the event loop, every second, while `alive` says yes: for the guardian and the manager.

    `folder` is shared with the guardian, None without one. `at_stake` says whether the rig would come
    to harm if nobody looked after it.
    """

    def __init__(self, folder: Path | None, notifier: Notifier) -> None:
        self._folder, self._notifier = folder, notifier
        self._counter, self._life = 0, {"pid": os.getpid(), "started": _started() if folder else 0}
        self._last_word: bool | None = None
        self.alive: Callable[[], bool] = lambda: True
        self.waiting: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext
        """What shows a person that the guardian has the rig, for as long as it is waited for."""
        self.at_stake: Callable[[], bool] = lambda: False
        self.left = Left()

    @asynccontextmanager
    async def holding(self, rig: dict[str, Any], say: Callable[[str], None]) -> AsyncIterator["Heartbeat"]:
        """Hold the rig and beat; waits until the guardian, when it has the rig, is done. `say` hears that.

        Whoever leaves without `rest` leaves the rig to the guardian.
        """
        async with contextlib.AsyncExitStack() as stack:
            if self._folder is not None:
                lock = stack.enter_context((self._folder / LOCK).open("w"))
                await self._take(lock.fileno(), say)
                self.left = what_is_left(self._folder)
                _write(self._folder / RIG, rig)
            beating = asyncio.create_task(self._beat())
            try:
                yield self
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)

    def rest(self, at_rest: bool) -> None:
        """The last word: nothing is at stake any more, or something still is."""
        self._last_word = at_rest
        self._save()

    async def _take(self, lock: int, say: Callable[[str], None]) -> None:
        assert self._folder is not None
        waiting = self._folder / WAITING
        if _locked(lock):
            return
        say("Waiting: the guardian is making the rig safe.")
        self._notifier.status("waiting for the guardian")
        try:
            _write(waiting, self._life)
            async with self.waiting():
                while not _locked(lock):  # noqa: ASYNC110 - the kernel tells nobody
                    await asyncio.sleep(LOCK_SECONDS)
        finally:
            waiting.unlink(missing_ok=True)

    async def _beat(self) -> None:
        while True:
            if self.alive():
                self._save()
                self._notifier.alive()
            await asyncio.sleep(BEAT_SECONDS)

    def _save(self) -> None:
        if self._folder is None:
            return
        self._counter += 1
        at_rest = self.left.at_rest and not self.at_stake() if self._last_word is None else self._last_word
        try:
            _write(self._folder / BEAT, {"counter": self._counter, **self._life, "at_rest": at_rest})
        except OSError as failed:  # then the guardian acts: rightly, for nobody could call it
            log.error("no sign of life can be given: %s", failed)


def rig_file(profile: Profile, server: IndiServer) -> dict[str, Any]:
    """What must be made safe and how it is reached: the contents of rig.json."""
    guardian, roof = profile.guardian, profile.roof
    return {
        "format": FORMAT,
        "mount": _device(profile.mount), "roof": _device(roof), "park_sensor": _device(profile.park_sensor),
        "clears_telescope": roof is not None and roof.clears,
        "socket": server.socket, "port": server.port,
        "silence_seconds": guardian.silence_seconds, "alarm_seconds": guardian.alarm_seconds,
        "park_seconds": guardian.alarm_seconds * PARK_SHARE,
        "buzzer_pin": guardian.buzzer_pin, "buzzer_active": profile.guardian_buzzer_active,
        "alarm_command": list(guardian.alarm_command),
    }  # fmt: skip


def _device(section: DeviceSection | None) -> dict[str, Any] | None:
    if section is None:
        return None
    return {"driver": section.driver, "name": section.name, "setup": dict(section.setup)}


def what_is_left(folder: Path) -> Left:
    """The guardian's report, taken away; without one, what the last controller's heartbeat said."""
    report, alarm, beat = (_read(folder / name) for name in (REPORT, ALARM, BEAT))
    if not report:
        return Left(at_rest=beat.get("at_rest", True) is True)
    for name in (REPORT, ALARM):
        (folder / name).unlink(missing_ok=True)
    acted = report.get("acted") is True
    return Left(
        at_rest=report.get("safe") is True, acted=acted, rebooted=not acted,
        why=str(report.get("why", "")), did=tuple(str(deed) for deed in report.get("did", ())),
        alarm=str(alarm.get("text", "")),
    )  # fmt: skip


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(path: Path, value: dict[str, Any]) -> None:
    """Whole or not at all. It lies in memory (/run): nothing to sync, nothing to wait for."""
    spare = path.with_name(f"{path.name}.writing")
    spare.write_text(json.dumps(value), encoding="utf-8")
    spare.replace(path)


def _started() -> int:
    """When this process began, in the kernel's ticks: with the pid it is mistaken for no other."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[19])
