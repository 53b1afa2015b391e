"""Files that are either complete under their name or not there at all, whatever happens."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from appliance.errors import DiskFull, NotWritable, StorageFailed

FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
# File systems without hard links, as on many USB sticks, say one of these.
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


# Has an open file or folder (its descriptor and path) on the disk when it returns.
Sync = Callable[[int, Path], None]


def fsync(descriptor: int, _: Path) -> None:
    """The system's."""
    os.fsync(descriptor)


@contextmanager
def new_file(
    path: Path, replace: bool = False, sync: Sync = fsync, *, private: bool = False
) -> Iterator[BinaryIO]:
    """Write a file: at the end of the block it is synced and gets its name.

    A `private` one is its user's alone from the first byte on; written by root, its folder's owner's.
    Its folder is made if missing. Raises DiskFull, NotWritable, or StorageFailed (also when
    `path` exists and `replace` is False); then no temporary file stays and `path` is as it was.
    """
    with translated(path):
        _make_folder(path.parent, sync)
        temporary = partial_name(path)
        try:
            with open(temporary, "wb", opener=_private if private else None) as file:
                yield file
                file.flush()
                sync(file.fileno(), temporary)
            if replace:
                temporary.replace(path)
            else:
                _name(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        _sync_folder(path.parent, sync)


def holds_something(path: Path) -> bool:
    """True for a file that `new_file` completed.

    Where there are no hard links a power cut can leave its empty claim on the name: that is not one.
    """
    return path.is_file() and path.stat().st_size > 0


def partial_name(path: Path) -> Path:
    """Where a file is while it is incomplete; always the same, so a power cut's leftover is written anew."""
    return path.with_name(f".{path.name}.part")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Give the system's refusals our words."""
    try:
        yield
    except FileExistsError as error:
        raise StorageFailed(
            f"{path} already exists and is never overwritten.", advice="Choose another name or folder."
        ) from error
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(f"The disk is full: {path.name} could not be saved in {path.parent}.") from error
        if error.errno in FORBIDDEN:
            raise NotWritable(
                f"{path.parent} does not let us write {path.name}: {error.strerror}."
            ) from error
        raise StorageFailed(
            f"{path} could not be written: {error.strerror or error}.",
            advice="Check the disk and its connection.",
        ) from error


def _private(path: str, flags: int) -> int:
    Path(path).unlink(missing_ok=True)  # a leftover may be somebody's who has it open
    descriptor = os.open(path, flags | os.O_EXCL, 0o600)
    if os.geteuid() == 0:
        owner = Path(path).parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _name(temporary: Path, path: Path) -> None:
    """Rename, but never onto an existing file: a hard link fails where a rename would overwrite."""
    try:
        path.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # Claim the name first; only our own empty claim is replaced.
        path.touch(exist_ok=False)
        temporary.replace(path)


def _make_folder(folder: Path, sync: Sync) -> None:
    """With those above it; a file is no safer than the names of the folders that lead to it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, sync)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent, sync)


def _sync_folder(folder: Path, sync: Sync) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor, folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(descriptor)
