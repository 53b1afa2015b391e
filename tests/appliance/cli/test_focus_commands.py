"""`nightbox focus`: replay a recorded run, tell what was learned."""

import asyncio
import json
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.journal import FocusRun, Journal, Run
from tests.appliance.focus.recorded import record


def test_replay_prints_both_outcomes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "run", "sweep")
    assert main(["focus", "replay", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Position 2" in said
    recorded, replayed = (line for line in said.splitlines() if "frames" in line and "position" in line)
    assert recorded.split(": ")[1] == replayed.split(": ")[1]
    assert main(["focus", "replay", str(folder), "--method", "sgp"]) == 0
    assert "Replayed (sgp)" in capsys.readouterr().out


def test_replay_refuses_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "run", "learned")
    assert main(["focus", "replay", str(folder), "--method", "magic"]) == 2
    assert "none of sweep" in capsys.readouterr().err
    assert main(["focus", "replay", str(tmp_path)]) == 2
    assert main(["focus", "replay", str(folder), "--method", "sweep"]) == 1  # those frames were not taken


def fill(path: Path, runs: list[FocusRun]) -> None:
    async def work() -> None:
        journal = await Journal.open(path)
        await journal.add(Run(plan="p", plan_key="k", started=1.0))
        for run in runs:
            await journal.add(run)
        await journal.close()

    asyncio.run(work())


def test_learned_tells_with_error_bars(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [
        FocusRun(
            run=1, reason="start", filter=("L", "R")[n % 2], started=1.0, ended=2.0, hfr=2.0, goodness=0.97,
            position=20_000 - 12 * n + (80 if n % 2 else 0) + (-3, 2, 1)[n % 3], celsius=float(n),
            model={"kind": "hyperbola", "a": 2.0, "b": 1000.0 + n, "centre": 20_000.0},
        )
        for n in range(12)
    ]  # fmt: skip
    fill(tmp_path / "journal.sqlite", runs)
    assert main(["focus", "learned", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "L: hyperbola, HFR 2.00 at focus" in said
    assert "6 curves, trusted" in said
    assert "R: +80" in said or "R: +79" in said or "R: +81" in said
    assert "temperature: -1" in said
    assert json.dumps(said).count("\\u00b1") >= 4


def test_learned_without_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "journal.sqlite", [])
    assert main(["focus", "learned", str(tmp_path)]) == 1
    assert "No focus run" in capsys.readouterr().out
    assert main(["focus", "learned", str(tmp_path / "none.sqlite")]) == 2
