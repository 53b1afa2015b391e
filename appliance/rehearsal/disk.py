"""The disk of a rehearsed night, as hard as a real one: what was not synced is gone when the power is.

Files are written to the folder that holds them, and lost there by `cut`. The journal is SQLite's own, which
syncs what it writes: its file stays as it is.
"""

import os
import shutil
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

LOST_EVERY = 2  # every second power cut takes all that was not synced; the others leave it


class Stage(IntEnum):
    """Where in the saving of a file the power fails."""

    WRITTEN = 0  # all bytes are written, none is synced
    SYNCED = 1  # the bytes are on the disk, under the temporary name
    NAMED = 2  # the file has its name, the folder is not synced
    SAVED = 3


@dataclass(frozen=True, slots=True)
class _Saved:
    """The newest file that was saved under `folder`: its number on the disk, and its temporary name."""

    inode: int
    partial: Path
    folder: Path


class Disk:
    """Tells what of a folder's tree is really on the disk; `saves` counts the files that got there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[int, int] = {}  # bytes synced, by inode
        self._names: dict[Path, set[str]] = {}  # what a synced folder lists
        self._newest: _Saved | None = None
        self._partial: tuple[int, Path] | None = None
        self.saves = 0

    def sync(self, descriptor: int, path: Path) -> None:
        """As os.fsync of that file or folder, whose path this is."""
        if not path.is_relative_to(self._root):
            return
        if path.is_dir():
            self._names[path] = {one.name for one in path.iterdir()}
            if self._partial is not None and self._partial[1].parent == path:
                self._newest = _Saved(*self._partial, path)
                self._partial, self.saves = None, self.saves + 1
            return
        found = os.fstat(descriptor)
        self._files[found.st_ino] = found.st_size
        self._partial = found.st_ino, path

    def cut(self, number: int, stage: Stage = Stage.SAVED) -> None:
        """The power fails for the `number`-th time; `stage`: within the newest save, just made."""
        if stage is not Stage.SAVED and self._newest is not None:
            self._undo(self._newest, stage)
        if number % LOST_EVERY == 1:
            self._lose(self._root)
        else:
            self._keep(self._root)
        self._partial = self._newest = None

    def _undo(self, newest: _Saved, stage: Stage) -> None:
        """As it was at that stage: what was done later has not been."""
        path = next((one for one in newest.folder.iterdir() if one.stat().st_ino == newest.inode), None)
        if path is None:
            return
        self._names[newest.folder].discard(path.name)
        if stage < Stage.NAMED:
            path.rename(newest.partial)
            self._names[newest.folder].add(newest.partial.name)
        if stage < Stage.SYNCED:
            self._files.pop(newest.inode, None)

    def _lose(self, folder: Path) -> None:
        """What is not in the folder as it is on the disk goes; files go back to what was synced."""
        listed = self._names.get(folder, set())
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name not in listed:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            elif path.is_dir():
                self._lose(path)
            elif (size := self._files.get(path.stat().st_ino, 0)) < path.stat().st_size:
                os.truncate(path, size)

    def _keep(self, folder: Path) -> None:
        """All had been written back by then."""
        every = list(folder.iterdir()) if folder.is_dir() else []
        self._names[folder] = {path.name for path in every}
        for path in every:
            if path.is_dir():
                self._keep(path)
            else:
                self._files[path.stat().st_ino] = path.stat().st_size
