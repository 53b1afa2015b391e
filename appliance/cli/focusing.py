"""`nightbox focus replay` and `nightbox focus learned`: focus runs of past nights."""

import asyncio
from pathlib import Path
from typing import get_args

from appliance.cli.exits import FAILED, OK
from appliance.errors import BadInput
from appliance.focus.drift import Drift, Estimate
from appliance.focus.package import Package, read
from appliance.focus.past import Shape, learn
from appliance.focus.replay import Replayed, replay
from appliance.journal import FocusRun, Journal
from appliance.profile import FocusMethod


def replay_focus(path: Path, method: str | None) -> int:
    """Print how a recorded run went and how it goes now; exit code 1 when no focus was found now."""
    known = {name: name for name in get_args(FocusMethod)}
    if method is not None and method not in known:
        raise BadInput("--method", f"{method!r} is none of {', '.join(known)}")
    package = read(path)
    replayed = asyncio.run(replay(package, None if method is None else known[method]))
    for line in replayed.lines:
        print(line)
    print(f"\nRecorded ({package.settings.method}): {_recorded(package)}")
    print(f"Replayed ({method or package.settings.method}): {_now(replayed)}")
    if replayed.strayed:
        print(f"Some frames were taken up to {replayed.strayed} steps from where they were wanted.")
    return OK if replayed.result else FAILED


def show_learned(path: Path) -> int:
    """Print what the runs of a journal taught; exit code 1 when there are none."""
    file = path / "journal.sqlite" if path.is_dir() else path
    if not file.is_file():
        raise BadInput(str(file), "there is no such journal")
    runs = [run for run in asyncio.run(_runs(file)) if run.failure is None]
    if not runs:
        print("No focus run has found a focus yet.")
        return FAILED
    for name in sorted({run.filter for run in runs}):
        print(f"{name or 'no filter'}: {_shape(learn(runs, name).shape)}")
    drift = learn(runs, runs[-1].filter).drift
    for line in _drift(drift):
        print(line)
    return OK


async def _runs(file: Path) -> list[FocusRun]:
    journal = await Journal.open(file)
    try:
        return await journal.read(FocusRun)
    finally:
        await journal.close()


def _recorded(package: Package) -> str:
    if not package.outcome:
        return package.failure or "stopped"
    found, frames = package.outcome, len(package.frames)
    return f"position {found['position']}, HFR {found['hfr']:.2f}, {frames} frames"


def _now(replayed: Replayed) -> str:
    found = replayed.result
    if found is None:
        return replayed.failure
    return f"position {found.position}, HFR {found.hfr:.2f}, {found.exposures} frames"


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "no good curve yet"
    trust = "trusted" if shape.trusted else "not trusted yet"
    growth = "√2" if shape.kind == "hyperbola" else "2"
    return (
        f"{shape.kind}, HFR {shape.hfr:.2f} at focus, {growth} times that {shape.breadth:.0f} steps off"
        f" (± {shape.rise_error / 2:.0%}), {shape.runs} curves, {trust}"
    )


def _drift(drift: Drift) -> list[str]:
    lines = [
        f"{name}: {_value(found, 'steps')} from {drift.reference}" for name, found in drift.offsets.items()
    ]
    if drift.coefficient is not None:
        lines.append(f"temperature: {_value(drift.coefficient, 'steps per °C')}")
    return lines or ["Too few runs, or too equal temperatures, for offsets and a coefficient."]


def _value(found: Estimate, unit: str) -> str:
    return f"{found.value:+.1f} ± {found.error:.1f} {unit} ({found.runs} runs)"
