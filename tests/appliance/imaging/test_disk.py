"""What is asked of the disk before anything moves."""

import os
from pathlib import Path

import pytest

from appliance.errors import DiskFull, NotWritable, StorageFailed
from appliance.imaging.disk import check_room, check_writable, free_bytes, sub_bytes


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "images")
    assert list((tmp_path / "new" / "images").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_forbidden_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(NotWritable):
        check_writable(tmp_path)


def test_a_place_where_nobody_can_write() -> None:
    with pytest.raises(StorageFailed):
        check_writable(Path("/proc/nightbox"))


def test_room_is_asked_for_where_the_folder_will_be(tmp_path: Path) -> None:
    check_room(tmp_path / "not" / "yet", 1000, reserve_bytes=0)
    with pytest.raises(DiskFull, match="needed"):
        check_room(tmp_path / "not" / "yet", free_bytes(tmp_path) + 10**12)


def test_the_size_of_a_sub() -> None:
    assert 52_000_000 < sub_bytes(6248, 4176) < 52_300_000
    assert sub_bytes(6248, 4176) % 2880 == 0
