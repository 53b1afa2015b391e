"""A ZIP made while it is read: whole, never in memory, whatever becomes of the files meanwhile."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from web import zipping
from web.zipping import CHUNK, EARLIEST, Part, zipped


def opened(parts: list[Part]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(parts))))
    assert archive.testzip() is None
    return archive


@given(some.dictionaries(some.text("abcé/", min_size=1, max_size=9), some.binary(max_size=300), max_size=4))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("zip")
    parts = []
    for number, (name, data) in enumerate(files.items()):
        (folder / str(number)).write_bytes(data)
        parts.append(Part(name, 1_800_000_000.0, folder / str(number)))
    archive = opened(parts)
    assert {name: archive.read(name) for name in archive.namelist()} == files


def test_files_are_stored_and_texts_compressed(tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(b"x" * 5000)
    archive = opened([Part("n/a.fits", 0.0, tmp_path / "a.fits"), Part("b.txt", 1e12, text="y" * 5000)])
    stored, squeezed = archive.infolist()
    assert (stored.compress_type, stored.compress_size) == (zipfile.ZIP_STORED, 5000)
    assert squeezed.compress_size < 100
    assert (stored.date_time[0], squeezed.date_time[0]) == (1980, 2107)


def test_it_is_read_bit_by_bit_and_a_file_is_opened_when_its_turn_comes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x" * (3 * CHUNK))
    taken: list[str] = []

    def parts() -> Iterator[Part]:
        for name in ("a", "b"):
            taken.append(name)
            yield Part(name, EARLIEST, tmp_path / name)

    reader = zipped(parts())
    assert len(next(reader)) < CHUNK + 1000
    assert taken == ["a"]
    assert max(map(len, reader)) < CHUNK + 1000
    assert taken == ["a", "b"]


def test_large_files_make_it_the_newer_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x" * 50)
    small = b"".join(zipped([Part("a", EARLIEST, tmp_path / "a")]))
    monkeypatch.setattr(zipping, "LARGE", 50)
    large = b"".join(zipped([Part("a", EARLIEST, tmp_path / "a")]))
    assert len(large) > len(small)  # the extra field of ZIP64
    archive = zipfile.ZipFile(io.BytesIO(large))
    assert archive.read("a") == b"x" * 50
    assert archive.getinfo("a").extract_version == zipfile.ZIP64_VERSION


def test_what_has_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    archive = opened([Part("n/gone", EARLIEST, tmp_path / "gone"), Part("a", EARLIEST, tmp_path / "a")])
    assert archive.namelist() == ["a", "left-out.txt"]
    assert archive.read("left-out.txt") == b"n/gone: No such file or directory\n"


def test_nobody_reads_on(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (3 * CHUNK))
    reader = zipped([Part("a", EARLIEST, tmp_path / "a")])
    next(reader)
    reader.close()  # a warning about an open file would fail this
