"""The units as systemd itself judges them; that they run is in test_units_live.py."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

UNITS = Path(__file__).parent.parent.parent / "systemd"
NAMES = ("nightbox", "nightbox-guardian", "nightbox-indi")
MOST_EXPOSED = 2.5  # of 10

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here"
)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units with programs that are there, so that only the rest is judged."""
    for unit in UNITS.glob("*.service"):
        text = re.sub(r"/opt/nightbox/bin/\w+", "/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return tmp_path


def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    files = sorted(str(path) for path in installed.glob("*.service"))
    assert len(files) == len(NAMES)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "nightbox" in line], done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_they_are_hardened(installed: Path, name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"{installed / name}.service"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout
    assert float(found[1]) <= MOST_EXPOSED


@pytest.mark.parametrize("name", NAMES)
def test_they_are_started_again_for_ever_and_watched(name: str) -> None:
    text = (UNITS / f"{name}.service").read_text(encoding="utf-8")
    for line in ("Type=notify", "Restart=always", "StartLimitIntervalSec=0", "User=nightbox"):
        assert f"\n{line}\n" in text
    assert ("WatchdogSec=" in text) is (name != "nightbox-indi")


def test_the_board_is_reset_when_systemd_itself_is_stuck() -> None:
    """The Pi's watchdog cannot count beyond 15 s; docs/safety.md names the time."""
    settings = ConfigParser()
    settings.read(UNITS / "system.conf.d" / "nightbox.conf", encoding="utf-8")
    seconds = int(settings["Manager"]["RuntimeWatchdogSec"].removesuffix("s"))
    assert 5 <= seconds <= 15
    page = (UNITS.parent / "docs" / "safety.md").read_text(encoding="utf-8")
    assert f"| the Pi's hardware watchdog | a kernel or systemd that is stuck | {seconds} s |" in page


def test_memory_goes_to_the_guardian_first() -> None:
    scores = {}
    for name in NAMES:
        found = re.search(r"OOMScoreAdjust=(-?\d+)", (UNITS / f"{name}.service").read_text(encoding="utf-8"))
        assert found
        scores[name] = int(found[1])
    assert scores["nightbox"] > 0 > scores["nightbox-indi"] > scores["nightbox-guardian"]


@pytest.mark.parametrize(
    ("tool", "file"),
    [("systemd-sysusers", "sysusers.d/nightbox.conf"), ("systemd-tmpfiles", "tmpfiles.d/nightbox.conf")],
)
def test_user_and_folder_are_understood(tmp_path: Path, tool: str, file: str) -> None:
    if not shutil.which(tool):
        pytest.skip(f"there is no {tool} here")
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nnightbox:x:990:990::/:/bin/false\n", encoding="utf-8"
    )
    (etc / "group").write_text("root:x:0:\nnightbox:x:990:\n", encoding="utf-8")
    options = ["--create"] if tool == "systemd-tmpfiles" else ["--dry-run"]
    if (
        "--dry-run" in options
        and b"--dry-run" not in subprocess.run([tool, "--help"], capture_output=True, check=True).stdout
    ):
        options = []  # writes below --root only
    done = subprocess.run(
        [tool, *options, f"--root={tmp_path}", str(UNITS / file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if tool == "systemd-tmpfiles":
        assert (tmp_path / "run" / "nightbox").is_dir()
