"""A power cut takes what was not synced, and may come between any two steps of a save."""

from pathlib import Path

import pytest

from appliance.imaging.atomic import Sync, new_file
from appliance.rehearsal.disk import Disk, Stage


def save(path: Path, sync: Sync, text: bytes = b"a sub") -> None:
    with new_file(path, sync=sync) as file:
        file.write(text)


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_what_new_file_has_saved_is_there_after_every_cut(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    save(tmp_path / "2026-12-20" / "M31" / "1.fits", disk.sync)
    for number in (1, 2, 3):
        disk.cut(number)
        assert tree(tmp_path) == {"2026-12-20/M31/1.fits": b"a sub"}
    assert disk.saves == 1


@pytest.mark.parametrize("forgotten", [False, True], ids=["of the file", "of the folder"])
def test_one_sync_too_few(forgotten: bool, tmp_path: Path) -> None:
    disk = Disk(tmp_path)

    def careless(descriptor: int, path: Path) -> None:
        if path.is_dir() is not forgotten:
            disk.sync(descriptor, path)

    save(tmp_path / "1.fits", careless)
    disk.cut(1)
    assert tree(tmp_path) == ({} if forgotten else {"1.fits": b""})


def test_a_folder_that_nobody_synced(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    (tmp_path / "M31").mkdir()
    save(tmp_path / "M31" / "1.fits", disk.sync)
    disk.cut(1)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("stage", "lost", "kept"),
    [
        (Stage.WRITTEN, {".2.fits.part": b""}, {".2.fits.part": b"a sub"}),
        (Stage.SYNCED, {".2.fits.part": b"a sub"}, {".2.fits.part": b"a sub"}),
        (Stage.NAMED, {}, {"2.fits": b"a sub"}),
        (Stage.SAVED, {"2.fits": b"a sub"}, {"2.fits": b"a sub"}),
    ],
)
def test_a_cut_within_a_save(
    stage: Stage, lost: dict[str, bytes], kept: dict[str, bytes], tmp_path: Path
) -> None:
    for number, left in ((1, lost), (2, kept)):
        root = tmp_path / str(number)
        disk = Disk(root)
        for name in ("1.fits", "2.fits"):
            save(root / name, disk.sync)
        disk.cut(number, stage)
        assert tree(root) == {"1.fits": b"a sub"} | left


def test_what_outlived_a_cut_is_on_the_disk(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    (tmp_path / "old.fits").write_bytes(b"nobody synced it")
    disk.cut(2)
    disk.cut(3)
    assert tree(tmp_path) == {"old.fits": b"nobody synced it"}
