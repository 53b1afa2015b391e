"""Copying subs to a drive: `python -m appliance.box.files.copying IMAGES TARGET NAME...`

Every file is written under another name, brought to the drive, read back and compared, and only then named.
Progress goes to standard output, a JSON object a line. Ending the process at any moment leaves no half file
under a sub's name.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from appliance.box.files.folder import File, picked

CHUNK = 1 << 20
TELL_BYTES = 4 << 20
PART = ".nightbox-part"
MOST_FAILURES = 20


def copy_all(images: Path, target: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Copy files and folders of `images` to the same names below `target`; yields its progress.

    {"file", "files", "bytes"} while it goes on (of files and bytes that are done), at the end {"copied",
    "there" (the same was there already), "failed": [[name, why], ...]}.
    """
    for left in target.rglob(f"*{PART}"):  # of one that was ended, or whose drive was pulled out
        left.unlink(missing_ok=True)
    files = picked(images, names)
    copied, there, done, failed = 0, 0, 0, []
    for number, file in enumerate(files):
        yield {"file": file.name, "files": number, "bytes": done}
        try:
            for step in _copy(images / file.name, target / file.name):
                if step is None:
                    there += 1
                else:
                    yield {"file": file.name, "files": number, "bytes": done + step}
        except OSError as failure:
            failed.append([file.name, failure.strerror or str(failure)])
        else:
            copied += 1
        done += file.bytes
    yield {"copied": copied - there, "there": there, "failed": failed[:MOST_FAILURES], "bytes": _sum(files)}


def _sum(files: list[File]) -> int:
    return sum(file.bytes for file in files)


def _copy(source: Path, target: Path) -> Iterator[int | None]:
    """The bytes copied so far; None when it is there already. OSError when it is not the same at the end."""
    if _same(source, target):
        yield None
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    try:
        digest = hashlib.blake2b()
        with source.open("rb") as read, part.open("wb") as write:
            told = 0
            while chunk := read.read(CHUNK):
                write.write(chunk)
                digest.update(chunk)
                if read.tell() - told >= TELL_BYTES:
                    yield (told := read.tell())
            write.flush()
            os.fsync(write.fileno())
            _forget(write.fileno())
        if _sum_of(part) != digest.digest():
            raise OSError("what the drive gives back is not what was written")
        _same_time(source, part)
        part.replace(_free(target))
    finally:
        part.unlink(missing_ok=True)


def _same(source: Path, target: Path) -> bool:
    if not target.is_file() or target.stat().st_size != source.stat().st_size:
        return False
    return _sum_of(source) == _sum_of(target)


def _same_time(source: Path, part: Path) -> None:
    with suppress(OSError):  # not every drive keeps it
        os.utime(part, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))


def _free(target: Path) -> Path:
    """Another file of that name stays as it is."""
    number, free = 2, target
    while free.exists():
        free, number = target.with_stem(f"{target.stem}_{number}"), number + 1
    return free


def _sum_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.blake2b).digest()


def _forget(descriptor: int) -> None:
    """So that reading it back asks the drive, not the memory."""
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    os.nice(10)  # the night goes first
    for said in copy_all(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]):
        print(json.dumps(said), flush=True)  # noqa: T201 - this is its answer
