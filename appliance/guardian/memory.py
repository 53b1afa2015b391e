"""What the guardian remembers across a reboot: the rig that was not known to be safe."""

import contextlib
import logging
import os
from pathlib import Path

from appliance.guardian.brief import MOST_BYTES, Brief, read_brief

log = logging.getLogger(__name__)


class Memory:
    """A copy of rig.json at `path`, while it is guarded; None keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept: bytes | None = None

    def brief(self) -> Brief | None:
        """The rig that was guarded when the box died, a power cut perhaps."""
        return read_brief(self._path) if self._path else None

    def keep(self, rig: Path, guarding: bool) -> None:
        """Written only when it changes: it lies on an SD card."""
        if self._path is None:
            return
        if not guarding:
            if self._kept is not None:
                self.forget()
            return
        try:
            with rig.open("rb") as file:
                now = file.read(MOST_BYTES)
            if now == self._kept:
                return
            spare = self._path.with_suffix(".new")
            with spare.open("wb") as copy:
                copy.write(now)
                copy.flush()
                os.fsync(copy.fileno())
            spare.replace(self._path)
            self._kept = now
        except OSError as failed:
            if self._kept != b"":
                log.error("the rig cannot be remembered: %s", failed)
                self._kept = b""

    def forget(self) -> None:
        """It is safe."""
        self._kept = None
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
