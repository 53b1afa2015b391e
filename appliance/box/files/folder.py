"""What lies below the images' folder, by plain names: no name leads out of it, and no link is followed."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BadCommand

MOST_FILES = 50_000
MOST_DEEP = 12
ADVICE = "Choose it from the list of the images' folder."


@dataclass(frozen=True, slots=True)
class File:
    """A complete file; `name` is its path from the images' folder, `modified` UTC since 1970."""

    name: str
    bytes: int
    modified: float


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, and what all that is below it comes to."""

    name: str
    files: int
    bytes: int
    modified: float


def inside(root: Path, name: str) -> Path:
    """The file or folder of that name below `root`, "" for `root` itself.

    BadCommand for one that leads elsewhere, is hidden (so are files while they are being written), is or
    passes a link, or is not there.
    """
    parts = name.split("/") if name else []
    if len(parts) > MOST_DEEP or not all(_plain(part) for part in parts):
        raise BadCommand("path", f"{name!r} is no name in the images' folder", advice=ADVICE)
    path = root
    for part in parts:
        path /= part
        kind = _kind(path)
        if kind is None:
            raise BadCommand("path", f"there is no {name!r}", advice="Load the list again.")
        if not (stat.S_ISDIR(kind) or stat.S_ISREG(kind)):
            raise BadCommand("path", f"{name!r} is neither a file nor a folder", advice=ADVICE)
    return path


def _plain(part: str) -> bool:
    return bool(part) and not part.startswith(".") and not {"\\", "\0"} & set(part) and _told(part)


def _told(name: str) -> bool:
    """Can it be said in JSON and in a ZIP? Other bytes than UTF-8's cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(path: Path) -> int | None:
    """Of the thing itself, not of what a link leads to; None when there is none."""
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):
        return None


def listed(root: Path, name: str) -> tuple[list[Folder], list[File]]:
    """The folders and files in a folder; BadCommand as `inside`, and for what is no folder."""
    path = inside(root, name)
    if not path.is_dir():
        if not name:  # before the first sub
            return [], []
        raise BadCommand("path", f"{name!r} is no folder", advice=ADVICE)
    folders, files = [], []
    for entry in _entries(path):
        own = f"{name}/{entry.name}" if name else entry.name
        if entry.is_dir(follow_symlinks=False):
            folders.append(_folder(own, Path(entry.path)))
        else:
            files.append(_file(own, entry))
    # Nights have dates for names: the newest first.
    folders.sort(key=lambda folder: folder.name, reverse=not name)
    return folders, sorted(files, key=lambda file: file.name)


def _folder(name: str, path: Path) -> Folder:
    files = list(_below(name, path))
    newest = max((file.modified for file in files), default=path.stat().st_mtime)
    return Folder(name, len(files), sum(file.bytes for file in files), newest)


def picked(root: Path, names: Iterable[str]) -> list[File]:
    """The files of those names, and all those below the folders of those names; each once.

    BadCommand as `inside`, or when there are too many.
    """
    found: dict[str, File] = {}
    for name in names:
        path = inside(root, name)
        if path.is_dir():
            found |= {file.name: file for file in _below(name, path)}
        elif path.is_file():
            status = path.stat()
            found[name] = File(name, status.st_size, status.st_mtime)
        if len(found) > MOST_FILES:
            raise BadCommand("paths", f"these are more than {MOST_FILES} files", advice="Take fewer.")
    return sorted(found.values(), key=lambda file: file.name)


def _below(name: str, path: Path, deep: int = 0) -> Iterator[File]:
    if deep > MOST_DEEP:
        return
    for entry in _entries(path):
        own = f"{name}/{entry.name}" if name else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _below(own, Path(entry.path), deep + 1)
        else:
            yield _file(own, entry)


def _entries(path: Path) -> list["os.DirEntry[str]"]:
    """Plain files and folders alone; what has gone meanwhile, or may not be read, is not there."""
    try:
        with os.scandir(path) as entries:
            return [one for one in entries if _plain(one.name) and _ours(one)]
    except OSError:
        return []


def _ours(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)


def _file(name: str, entry: "os.DirEntry[str]") -> File:
    status = entry.stat(follow_symlinks=False)
    return File(name, status.st_size, status.st_mtime)


def remove(root: Path, files: Iterable[File]) -> int:
    """Delete them, and the folders that they leave empty; returns how many bytes are free again.

    What has gone already does not matter. OSError for a file that cannot be deleted.
    """
    freed, folders = 0, set()
    for file in files:
        path = inside(root, file.name.rpartition("/")[0]) / file.name.rpartition("/")[2]
        kind = _kind(path)
        if kind is None or not stat.S_ISREG(kind):
            continue
        path.unlink(missing_ok=True)
        freed += file.bytes
        folders |= set(path.relative_to(root).parents)
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        if folder.parts:
            _drop(root / folder)
    return freed


def _drop(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # it holds something still
