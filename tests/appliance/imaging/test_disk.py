"""What is asked of the disk before anything moves."""

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import DiskFull, StorageFailed
from appliance.imaging.disk import check_room, check_writable, free_bytes, sub_bytes

ROOT = Path(__file__).resolve().parents[3]


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "images")
    assert list((tmp_path / "new" / "images").iterdir()) == []


SCRIPT = """
import os, sys
from pathlib import Path
from appliance.errors import NotWritable
from appliance.imaging.disk import check_writable
os.chdir(sys.argv[1])  # the way there may be root's alone
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    check_writable(Path())
except NotWritable as refused:
    print(refused.code)
"""


def test_a_forbidden_folder(tmp_path: Path) -> None:
    """Root may write anywhere, so the question is asked as somebody else, in a process of its own."""
    tmp_path.chmod(0o500)
    asked = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert asked.stdout == "storage.not_writable\n", asked.stderr


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
