"""The rig's lock: whoever holds it may command mount and roof; the kernel frees it when its holder dies."""

import fcntl
import os
from pathlib import Path

from appliance.guardian.brief import read_json
from appliance.guardian.clock import Clock
from appliance.guardian.ending import started

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.1


class RigLock:
    """`path` is rig.lock; the controller holds it for life."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._handle: int | None = None

    def take(self) -> bool:
        """Take it within PATIENCE_SECONDS; False when somebody else has it, who lives."""
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        ends = self._clock.now() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if self._clock.now() >= ends:
                    self.give()
                    return False
                self._clock.sleep(LOOK_SECONDS)

    def give(self) -> None:
        """Give it back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def wanted(path: Path) -> bool:
    """Does a controller that lives wait for the lock? It has said so in this file."""
    raw = read_json(path)
    pid, since = raw.get("pid"), raw.get("started")
    return isinstance(pid, int) and isinstance(since, int) and started(pid) == since
