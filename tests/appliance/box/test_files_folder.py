"""Names in the images' folder: none leads out of it, whatever is written; and what deleting leaves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.box.files.folder import inside, listed, picked, remove
from appliance.errors import BadCommand


def images(folder: Path) -> Path:
    root = folder / "images"
    for name, size in (
        ("2026-01-30/M31/L/a.fits", 10),
        ("2026-01-31/M33/a.fits", 20),
        ("2026-01-31/b.txt", 3),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    (root / "2026-01-31" / ".c.fits.part").write_bytes(b"half")
    (folder / "secret.txt").write_text("secret", encoding="utf-8")
    (root / "out").symlink_to(folder)
    (root / "2026-01-31" / "link.fits").symlink_to(folder / "secret.txt")
    return root


def test_nights_come_newest_first_with_what_they_hold(tmp_path: Path) -> None:
    root = images(tmp_path)
    folders, files = listed(root, "")
    assert [(one.name, one.files, one.bytes) for one in folders] == [
        ("2026-01-31", 2, 23),
        ("2026-01-30", 1, 10),
    ]
    assert files == []
    folders, files = listed(root, "2026-01-31")
    assert [one.name for one in folders] == ["2026-01-31/M33"]
    assert [(one.name, one.bytes) for one in files] == [("2026-01-31/b.txt", 3)]


def test_before_the_first_sub_there_is_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path / "images", "") == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        "..", "../secret.txt", "2026-01-31/../../secret.txt", "/etc/passwd", "2026-01-31//b.txt",
        "./2026-01-31",
        "out", "out/secret.txt", "2026-01-31/link.fits", "2026-01-31/.c.fits.part", "2026-01-31/", "a\\b",
        "2026-01-31/b.txt\0", "nothing", "2026-01-31/b.txt/deeper", "%2e%2e/secret.txt", "/".join("a" * 20),
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadCommand):
        inside(images(tmp_path), name)
    with pytest.raises(BadCommand):
        picked(tmp_path / "images", [name])


PARTS = some.sampled_from(
    ["..", ".", "", "/", "out", "2026-01-31", "M33", "a.fits", "link.fits", "~", "secret.txt", "\0", "\\..\\"]
)


@given(some.lists(PARTS | some.text(max_size=5), max_size=6).map("/".join))
def test_no_name_at_all_leads_out(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    base = tmp_path_factory.getbasetemp() / "names"
    root = base / "images"
    if not root.exists():
        images(base)
    try:
        path = inside(root, name)
    except BadCommand:
        return
    assert path.resolve().is_relative_to(root.resolve())
    assert path == root or not path.is_symlink()
    assert all(file.name.startswith(name) for file in picked(root, [name]))


def test_a_selection_holds_each_file_once(tmp_path: Path) -> None:
    names = [one.name for one in picked(images(tmp_path), ["2026-01-31", "2026-01-31/b.txt"])]
    assert names == ["2026-01-31/M33/a.fits", "2026-01-31/b.txt"]


def test_deleting_takes_the_files_and_the_folders_that_they_leave_empty(tmp_path: Path) -> None:
    root = images(tmp_path)
    assert remove(root, picked(root, ["2026-01-30", "2026-01-31/M33"])) == 30
    assert not (root / "2026-01-30").exists()
    left = sorted(path.name for path in (root / "2026-01-31").iterdir())
    assert left == [".c.fits.part", "b.txt", "link.fits"]
    assert (tmp_path / "secret.txt").exists()
    assert root.exists()


def test_what_has_gone_meanwhile_does_not_matter(tmp_path: Path) -> None:
    root = images(tmp_path)
    files = picked(root, ["2026-01-31"])
    (root / "2026-01-31/b.txt").unlink()
    assert remove(root, files) == 20
