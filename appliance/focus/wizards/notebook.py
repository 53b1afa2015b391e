"""What a wizard has measured, on disk: an interrupted one need not do it again."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.imaging.atomic import translated
from hardware.worker import Worker

FRESH_SECONDS = 3600.0  # later the air is another


@dataclass(frozen=True, slots=True)
class Note:
    """One sample: `way` is the direction of arrival (-1 inwards, +1 outwards); HFR None without stars."""

    stage: str
    position: int
    way: int
    hfr: float | None
    stars: int


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose notes they are; `key` changes with whatever would make them useless. `at` is UTC seconds."""

    wizard: str
    key: str
    start: int
    at: float


class Notebook:
    """One file, a line for each sample; a line that a power cut tore is left out.

    DiskFull or NotWritable when it cannot be kept. `now` gives UTC seconds.
    """

    def __init__(self, path: Path, worker: Worker, now: Callable[[], float]) -> None:
        self._path, self._worker, self._now = path, worker, now

    async def begin(self, wizard: str, key: str, start: int) -> tuple[int, list[Note]]:
        """Where the focuser stood when it was begun, and what was measured since: nothing for a new one."""
        kept = await self._worker.call(self._read)
        if kept is not None:
            heading, notes = kept
            fresh = 0 <= self._now() - heading.at < FRESH_SECONDS
            if fresh and (heading.wizard, heading.key) == (wizard, key):
                return heading.start, notes
        heading = Heading(wizard, key, start, self._now())
        await self._worker.call(self._write, "w", asdict(heading))
        return start, []

    async def keep(self, note: Note) -> None:
        """On disk when this returns."""
        await self._worker.call(self._write, "a", asdict(note))

    async def forget(self) -> None:
        """It has come to its end."""
        await self._worker.call(self._path.unlink, missing_ok=True)

    def _write(self, mode: str, value: dict[str, object]) -> None:
        with translated(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open(mode, encoding="utf-8") as file:
                file.write(json.dumps(value) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def _read(self) -> tuple[Heading, list[Note]] | None:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
            heading = Heading(**json.loads(lines[0]))
        except (OSError, ValueError, TypeError, IndexError):
            return None
        notes: list[Note] = []
        for line in lines[1:]:
            try:
                notes.append(Note(**json.loads(line)))
            except (ValueError, TypeError):
                break
        return heading, notes
