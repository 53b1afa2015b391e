"""`nightbox storm`: the bar, the table, the line that plays a night again, the exit code."""

import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from appliance.cli import storm as command
from appliance.cli.exits import FAILED, OK
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.storm import Result

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]
BROKEN = (Breach("roof", 1_800_000_000.0, "it moves"),)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def results(*broken: int) -> list[Result]:
    return [
        Result(seed, "complete", ("rain",), 3600.0, 7200.0, 1, 10, BROKEN if seed in broken else ())
        for seed in (7, 8, 9)
    ]


def played(monkeypatch: Patch, found: list[Result], *, pixels: bool = False, costs: bool = False) -> int:
    def storm(seeds: range, *, pixels: bool, costs: bool) -> Iterator[Result]:
        assert (seeds, costs) == (range(7, 10), asked)
        yield from found

    asked = costs
    monkeypatch.setattr(command, "storm", storm)
    return command.run_storm(3, 7, pixels=pixels, costs=costs)


def test_a_storm_that_held(monkeypatch: Patch, capsys: Capture) -> None:
    assert played(monkeypatch, results()) == OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["rain", "3", "3", "60.0", "±", "0.0"]
    assert lines[2] == "3 nights, 3 faults (1.0 each), 3 crashes: 3 held, 0 broken."
    assert "3 played in 0.0 min" in lines[3]
    assert "nights per minute on" in lines[3]


def test_a_broken_night_is_told_with_the_line_that_plays_it_again(
    monkeypatch: Patch, capsys: Capture
) -> None:
    assert played(monkeypatch, results(8), pixels=True, costs=True) == FAILED
    told = capsys.readouterr().out
    assert "✗ roof: it moves\n  The roof never moves unless the park sensor says parked.\n" in told
    assert "  → nightbox storm --seed 8 --pixels\n" in told
    assert "2 held, 1 broken." in told
    assert "6 played in" in told


def test_the_bar_makes_way_for_what_is_told(monkeypatch: Patch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", screen)
    played(monkeypatch, results(8))
    drawn = screen.getvalue()
    assert drawn.startswith("\r[#############...........................] 1 of 3\r   ")
    assert "\r✗ roof: it moves\n" in drawn
    assert "] 3 of 3\n" in drawn


def test_a_night_again(monkeypatch: Patch, capsys: Capture) -> None:
    """Words, faults and breaches in order of time."""

    def one_night(seed: int, pixels: bool, tell: object) -> Result:
        assert (seed, pixels, callable(tell)) == (8, False, True)
        said = SimpleNamespace(text="Closing the roof.", code="")
        rain = SimpleNamespace(
            begins=1_800_000_000.0, seconds=60.0, device="", amount=2.5, kind=SimpleNamespace(value="rain")
        )
        night = SimpleNamespace(
            heard=[SimpleNamespace(at=1_800_000_030.0, said=said)],
            scenario=SimpleNamespace(faults=SimpleNamespace(every=[rain])),
            breaches=BROKEN,
        )
        assert callable(tell)
        tell(night)
        return results(8)[1]

    monkeypatch.setattr(command, "one_night", one_night)
    assert command.replay(8, pixels=False) == FAILED
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "15 08:00:00 * rain  2.5, 60 s",
        "15 08:00:00 ✗ roof: it moves",
        "15 08:00:30   Closing the roof. ",
        "Outcome: complete, 60 min exposed, 1 crashes.",
    ]
    assert lines[-1] == "  → nightbox storm --seed 8"
