"""A ten-hour night on the virtual clock: whole, in seconds, the same every time and on any machine."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from appliance.rehearsal.audit import rows
from appliance.rehearsal.play import Played, play
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS, long_night

ROOT = Path(__file__).parents[3]
ONE_NIGHT = """
import sys
from pathlib import Path
from appliance.rehearsal.play import play
from tests.appliance.rehearsal.long_night import BEGINS, long_night
from hardware.simulator.faults import Fault, FaultKind
crash = Fault(FaultKind.CRASH, BEGINS + 4 * 3600, 120.0, amount=25)
clouds = Fault(FaultKind.CLOUDS, BEGINS + 3 * 3600, 1800.0, amount=5.0)
play(long_night(Path(sys.argv[1]), *([crash, clouds] if sys.argv[2] == "faults" else [])))
"""


def spans(played: Played, like: str = "%") -> list[tuple[str, float]]:
    """Names and minutes since the beginning, of the journal's spans."""
    with closing(sqlite3.connect(played.scenario.folder / "journal.sqlite")) as database:
        found = database.execute("SELECT name, started FROM span WHERE name LIKE ? ORDER BY id", (like,))
        return [(name, (started - BEGINS) / 60) for name, started in found]


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(long_night(tmp_path_factory.mktemp("fast")))


def test_ten_hours_four_targets_two_flips_six_focus_runs(fast: Played) -> None:
    assert fast.outcome == "complete"
    assert fast.breaches == ()
    assert fast.ends - BEGINS > 10 * 3600
    assert [name for name, _ in spans(fast, "Slew%")] == [f"Slew to M {n}" for n in (31, 45, 81, 51)]
    assert [name for name, _ in spans(fast, "Meridian%")] == [
        "Meridian flip of M 31",
        "Meridian flip of M 45",
    ]
    assert [name for name, _ in spans(fast, "Autofocus%")] == [
        f"Autofocus in L ({reason})"
        for reason in ("start", "meridian flip", "time", "meridian flip", "time", "time")
    ]
    assert {row.state for row in rows(fast.scenario.folder / "journal.sqlite")} == {"saved"}


@pytest.mark.timeout(400)
def test_pixels_tell_the_same_night(fast: Played, tmp_path: Path) -> None:
    """Real frames, measured and solved: the same events within seconds, the same focus, the same subs."""
    real = play(long_night(tmp_path, fidelity="pixels"))
    assert (real.outcome, real.breaches) == ("complete", ())
    assert [name for name, _ in spans(real)] == [name for name, _ in spans(fast)]
    for (name, there), (_, here) in zip(spans(real), spans(fast), strict=True):
        assert there == pytest.approx(here, abs=1.0), name
    assert numbers(real, "SELECT count(*) FROM sub") == numbers(fast, "SELECT count(*) FROM sub")
    assert numbers(real, "SELECT position FROM focus_run") == pytest.approx(
        numbers(fast, "SELECT position FROM focus_run"), abs=25
    )
    assert numbers(real, "SELECT hfr FROM sub") == pytest.approx(
        numbers(fast, "SELECT hfr FROM sub"), rel=0.06
    )
    assert numbers(real, "SELECT error_arcsec FROM sub") == pytest.approx(
        numbers(fast, "SELECT error_arcsec FROM sub"), abs=5.0
    )


def numbers(played: Played, query: str) -> list[float]:
    with closing(sqlite3.connect(played.scenario.folder / "journal.sqlite")) as database:
        return [float(row[0]) for row in database.execute(query)]


@contextmanager
def load() -> Iterator[None]:
    """Other programs that want every core."""
    with ExitStack() as stack:
        for _ in range((os.cpu_count() or 1) + 1):
            busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(busy.kill)
        yield


def journal_of(folder: Path, faults: str) -> str:
    """The journal of the night played in a process of its own."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", ONE_NIGHT, folder, faults],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return hashlib.sha256((folder / "journal.sqlite").read_bytes()).hexdigest()


@pytest.mark.parametrize("faults", ["none", "faults"])
def test_the_same_scenario_gives_the_same_journal_on_an_idle_and_on_a_loaded_machine(
    faults: str, tmp_path: Path
) -> None:
    """Byte for byte, also through a crash."""
    idle = journal_of(tmp_path / "idle", faults)
    with load():
        assert journal_of(tmp_path / "loaded", faults) == idle


def test_after_a_crash_the_night_goes_on_where_it_stopped(tmp_path: Path) -> None:
    crashes = [
        Fault(FaultKind.CRASH, BEGINS + hours * 3600, 90.0, amount=steps)
        for hours, steps in ((1.5, 0), (3.0, 7), (5.13, 40), (7.73, 3), (10.15, 11))
    ]
    played = play(long_night(tmp_path, *crashes))
    assert (played.outcome, played.crashes, played.breaches) == ("complete", 5, ())
    states = [row.state for row in rows(tmp_path / "journal.sqlite")]
    assert states.count("saved") == 108
    assert set(states) <= {"saved", "lost"}
    assert states.count("lost") <= 5


def test_a_mount_that_silently_stopped_tracking_is_noticed_by_the_stars(tmp_path: Path) -> None:
    """Ten minutes are 2.5 degrees: the subs of that time and perhaps the next one are off, no more."""
    played = play(long_night(tmp_path, Fault(FaultKind.TRACKING_OFF, BEGINS + 1.2 * 3600, 600.0)))
    assert (played.outcome, played.breaches) == ("complete", ())
    off = [
        error > 120 for error in numbers(played, "SELECT error_arcsec FROM sub WHERE error_arcsec NOT NULL")
    ]
    assert 1 <= sum(off) <= 4
    assert any("off target: centring again" in one.said.text for one in played.heard)
