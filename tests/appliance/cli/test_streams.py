"""The terminal is for people: libraries' noise and warnings end in the log file."""

import logging
import os
import sys
from pathlib import Path

import pytest

from appliance.box.scribe import Scribe
from appliance.bus import Bus, Said
from appliance.cli.console import show
from appliance.cli.streams import noise_to, warnings_to
from appliance.errors import StorageFailed
from appliance.journal import Journal, Line
from appliance.observer import Observer
from hardware.devices import Site
from tests.appliance.cli.cli_files import python


def test_what_a_c_library_prints_is_in_the_log_and_what_we_say_on_the_terminal(tmp_path: Path) -> None:
    done = python(
        "import os, sys\n"
        "from pathlib import Path\n"
        "from appliance.cli.streams import noise_to\n"
        "with noise_to(Path(sys.argv[1])):\n"
        "    os.write(2, b'INDI::BaseClient: noise\\n')\n"
        "    print('✗ ours', file=sys.stderr)\n"
        "os.write(2, b'after\\n')\n"
        "print('and ours', file=sys.stderr)\n",
        str(tmp_path / "log"),
    )
    assert done.returncode == 0
    assert done.stderr == "✗ ours\nafter\nand ours\n"
    assert (tmp_path / "log").read_text() == "INDI::BaseClient: noise\n"


def test_a_stderr_that_is_no_file_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    with noise_to(tmp_path / "log"):
        assert sys.stderr is before
        sys.stderr.write("ours\n")
    assert capsys.readouterr().err == "ours\n"


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    def opened() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = opened()
    for _ in range(3):
        with noise_to(tmp_path / "log"), warnings_to(tmp_path / "log"):
            pass
    assert opened() == before


def test_without_a_place_for_the_log_it_is_said(tmp_path: Path) -> None:
    for stream in (noise_to, warnings_to):
        with pytest.raises(StorageFailed), stream(tmp_path / "missing" / "log"):
            pass


def test_warnings_of_drivers_reach_the_log(tmp_path: Path) -> None:
    log = logging.getLogger("hardware.indi.server")
    with warnings_to(tmp_path / "log"):
        log.warning("INDI driver %s ended", "indi_x")
        log.debug("too fine")
    log.warning("afterwards")
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.endswith(" ! hardware.indi.server: INDI driver indi_x ended")


async def test_the_scribe_says_it_and_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bus, journal = Bus(), await Journal.open(tmp_path / "journal.sqlite")
    scribe = Scribe(tmp_path / "log", Observer(Site(0.0, 0.0)), journal, show)
    async with scribe.listening(bus):
        bus.publish(Said(source="box", text="Hello."))
        bus.publish(Said(source="box", text="Broken.", level="error", code="x.y", advice="Mend it."))
    shown = capsys.readouterr()
    assert shown.out.endswith("  Hello.\n")
    assert "✗ Broken. [x.y]" in shown.err
    assert "→ Mend it." in shown.err
    assert (tmp_path / "log").read_text() == shown.out + shown.err
    assert [(line.text, line.level, line.code) for line in await journal.read(Line)] == [
        ("Hello.", "info", ""),
        ("Broken.", "error", "x.y"),
    ]
    await journal.close()


async def test_a_log_that_cannot_be_written_is_told_once_and_the_night_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bus, journal = Bus(), await Journal.open(tmp_path / "journal.sqlite")
    scribe = Scribe(tmp_path / "missing" / "log", Observer(Site(0.0, 0.0)), journal, show)
    async with scribe.listening(bus):
        for text in ("One.", "Two.", "Three."):
            bus.publish(Said(source="box", text=text))
    shown = capsys.readouterr()
    assert [line.split()[-1] for line in shown.out.splitlines()] == ["One.", "Two.", "Three."]
    assert shown.err.count("is not kept") == 1
    await journal.close()
