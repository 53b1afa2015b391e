"""A ZIP while it is read: nothing is kept in memory or on the disk, whatever the files come to."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

CHUNK = 1 << 18
LARGE = 1 << 31  # from here on a file needs ZIP64, which not every program reads: the others do without
EARLIEST, LATEST = 315_532_800.0, 4_354_819_198.0  # what a ZIP can say of a moment: 1980 to 2107


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the ZIP: of the disk, else a text. `modified` is UTC since 1970."""

    name: str
    modified: float
    path: Path | None = None
    text: str = ""


class _Out:
    """What the ZIP is written to: it cannot go back, and is emptied again and again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def seek(self, *_: int) -> int:
        raise OSError("it is gone already")

    tell = seek

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def zipped(parts: Iterable[Part]) -> Generator[bytes, None, None]:
    """The ZIP's bytes. Files are stored as they are (frames hardly shrink), texts are compressed.

    A file that has gone, or may not be read, is left out and named in a text at the end.
    """
    out, lacking = _Out(), list[str]()
    with ZipFile(cast(BinaryIO, out), "w") as archive:
        for part in parts:
            if part.path is None:
                yield from _text(archive, out, part)
                continue
            try:
                file = part.path.open("rb")
            except OSError as gone:
                lacking.append(f"{part.name}: {gone.strerror}\n")
                continue
            with file:
                yield from _stored(archive, out, part, file)
        if lacking:
            yield from _text(archive, out, Part("left-out.txt", EARLIEST, text="".join(lacking)))
    yield out.take()


def _stored(archive: ZipFile, out: _Out, part: Part, file: BinaryIO) -> Iterator[bytes]:
    assert part.path is not None
    large = part.path.stat().st_size >= LARGE
    with archive.open(_info(part, ZIP_STORED), "w", force_zip64=large) as entry:
        while chunk := file.read(CHUNK):
            entry.write(chunk)
            yield out.take()


def _text(archive: ZipFile, out: _Out, part: Part) -> Iterator[bytes]:
    archive.writestr(_info(part, ZIP_DEFLATED), part.text.encode())
    yield out.take()


def _info(part: Part, how: int) -> ZipInfo:
    moment = datetime.fromtimestamp(min(max(part.modified, EARLIEST), LATEST), UTC)
    info = ZipInfo(
        part.name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    )
    info.compress_type, info.external_attr = how, 0o644 << 16
    return info
