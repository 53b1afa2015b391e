"""Whole files or none, and errors with our names."""

import errno
import os
from pathlib import Path

import pytest

from appliance.errors import DiskFull, NotWritable, StorageFailed
from appliance.imaging.atomic import new_file, partial_name


def write(path: Path, text: bytes = b"new") -> None:
    with new_file(path) as file:
        file.write(text)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "sub.fits")
    assert contents(tmp_path / "a" / "b") == ["sub.fits"]


def test_the_name_appears_only_when_the_file_is_complete(tmp_path: Path) -> None:
    with new_file(tmp_path / "sub.fits") as file:
        file.write(b"x")
        assert not (tmp_path / "sub.fits").exists()
    assert (tmp_path / "sub.fits").read_bytes() == b"x"


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "sub.fits").write_bytes(b"old")
    with pytest.raises(StorageFailed, match="already exists"):
        write(tmp_path / "sub.fits")
    assert (tmp_path / "sub.fits").read_bytes() == b"old"
    assert contents(tmp_path) == ["sub.fits"]


@pytest.mark.parametrize("existing", [False, True])
def test_file_systems_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    if existing:
        (tmp_path / "sub.fits").write_bytes(b"old")
        with pytest.raises(StorageFailed, match="already exists"):
            write(tmp_path / "sub.fits")
    else:
        write(tmp_path / "sub.fits")
    assert (tmp_path / "sub.fits").read_bytes() == (b"old" if existing else b"new")
    assert contents(tmp_path) == ["sub.fits"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, NotWritable),
        (errno.EACCES, NotWritable),
        (errno.EIO, StorageFailed),
    ],
)
def test_refusals_get_our_names_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[StorageFailed]
) -> None:
    (tmp_path / "earlier.fits").write_bytes(b"old")

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageFailed) as caught:
        write(tmp_path / "sub.fits")
    assert type(caught.value) is expected
    assert caught.value.advice
    assert contents(tmp_path) == ["earlier.fits"]


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(b"old")
    with pytest.raises(StorageFailed):
        write(tmp_path / "images" / "sub.fits")
    assert (tmp_path / "images").read_bytes() == b"old"


def test_a_failure_inside_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError), new_file(tmp_path / "sub.fits") as file:
        file.writelines([b"half", None])  # type: ignore[list-item]
    assert contents(tmp_path) == []


def test_a_leftover_of_a_power_cut_is_written_anew(tmp_path: Path) -> None:
    partial_name(tmp_path / "sub.fits").write_bytes(b"half of an earlier night")
    write(tmp_path / "sub.fits")
    assert (tmp_path / "sub.fits").read_bytes() == b"new"
    assert contents(tmp_path) == ["sub.fits"]
