"""Focus methods side by side on the same simulated nights.

`python -m benchmarks.bench_focus [NIGHTS]` (default 500). The nights are those of focus_nights.py: three
telescopes, seeing jitter, clouds, backlash, obstruction, hot pixels, tilt, temperature drift. Every method
runs each night from the same start. The methods that learn have eight earlier runs of the same rig, made by
`sweep` on other nights; on 3 % of the nights the slope they learned is wrong by a third. Errors are where
the tube stands against where the focus is when the run ends, in critical focus zones, of the runs that
ended with a focus.
"""

import asyncio
import os
import sys
from dataclasses import asdict, dataclass, field, replace
from random import Random

import numpy as np

from appliance.errors import FocusFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.past import Learned, learn
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.journal import FocusRun
from appliance.profile import FocusMethod
from benchmarks.focus_nights import Night, Rig, make_rig

NIGHTS, RIGS, HISTORY = 500, 36, 8
WRONG_SLOPE, WRONG_BY = 0.03, 1.33
BAD = 0.5  # critical focus zones: a result that is worse spoils the night without a word
GOAL_EXPOSURES, GOAL_P95 = 5, 0.25


@dataclass(frozen=True)
class Way:
    """One row of the table: a method with its points."""

    name: str
    method: FocusMethod
    points: int = 9


WAYS = (
    Way("SGPro 9 (trend lines)", "sgp", 9),
    Way("CCDciel dynamic 7", "dynamic", 7),
    Way("V-curve (learned slopes)", "v_curve"),
    Way("iterative", "iterative"),
    Way("sweep 9 (ours)", "sweep", 9),
    Way("learned (ours)", "learned", 9),
)


@dataclass
class Row:
    """What one method did in all nights."""

    errors: list[float] = field(default_factory=list)
    exposures: list[int] = field(default_factory=list)
    failures: int = 0
    left_displaced: int = 0
    seconds: list[float] = field(default_factory=list)


def settings(rig: Rig, way: Way) -> FocusSettings:
    """Every method spans the same range."""
    step = rig.step * 8 / (way.points - 1)
    return FocusSettings(
        step=max(1, round(step)), method=way.method, points=way.points, overshoot=rig.overshoot, min_stars=3
    )


async def run(night: Night, way: Way, known: Learned) -> FocusResult:
    return await run_focus(
        night, night.look, lambda _: None, settings(night.rig, way), reason="bench", filter="L", known=known
    )


async def history(rig: Rig, seed: int) -> list[FocusRun]:
    """What the journal would have of earlier nights."""
    runs, way = [], WAYS[4]
    for number in range(HISTORY):
        night = Night(rig, 900_000 + 1000 * seed + number)
        try:
            found = await run(night, way, Learned())
        except FocusFailed:
            continue
        runs.append(FocusRun(
            run=1, reason="bench", filter="L", started=0.0, ended=1.0, position=found.position, hfr=found.hfr,
            goodness=found.goodness, model=dict(found.model), method=found.method,
            points=[asdict(point) for point in found.points],
        ))  # fmt: skip
    return runs


async def one(rig: Rig, seed: int, way: Way, known: Learned, row: Row) -> None:
    night = Night(rig, seed)
    start = await night.position()
    try:
        found = await run(night, way, known)
    except FocusFailed:
        row.failures += 1
        row.left_displaced += await night.position() != start
    else:
        row.errors.append(night.error)
        assert found.exposures == night.frames
    row.exposures.append(night.frames)
    row.seconds.append(night.clock)


async def bench(nights: int, ways: tuple[Way, ...] = WAYS) -> dict[str, Row]:
    """All ways on all nights."""
    rigs = [make_rig(seed) for seed in range(RIGS)]
    taught = [learn(await history(rig, seed), "L") for seed, rig in enumerate(rigs)]
    rows = {way.name: Row() for way in ways}
    for seed in range(nights):
        random = Random(seed)
        number = random.randrange(RIGS)
        known, shape = taught[number], taught[number].shape
        if shape is not None and random.random() < WRONG_SLOPE:
            wrong = random.choice((WRONG_BY, 1 / WRONG_BY)) ** 2
            known = replace(known, shape=replace(shape, rise=shape.rise * wrong))
        for way in ways:
            await one(rigs[number], seed, way, known, rows[way.name])
    return rows


def show(rows: dict[str, Row], nights: int) -> None:
    print(f"{nights} nights; errors in critical focus zones of the runs that ended with a focus")
    heads = "error median", "p95", "< 0.1", "silent > 0.5", "failures", "exposures median / mean", "minutes"
    print(f"| method | {' | '.join(heads)} |")
    print("|---|---|---|---|---|---|---|---|")
    for name, row in rows.items():
        errors = np.array(row.errors)
        shown = (
            f"{np.median(errors):.3f}", f"{np.quantile(errors, 0.95):.2f}", f"{np.mean(errors < 0.1):.0%}",
            f"{np.sum(errors > BAD) / nights:.1%}", f"{row.failures / nights:.1%}",
            f"{np.median(row.exposures):.0f} / {np.mean(row.exposures):.1f}",
            f"{np.median(row.seconds) / 60:.1f}",
        )  # fmt: skip
        print(f"| {name} | {' | '.join(shown)} |")
    displaced = sum(row.left_displaced for row in rows.values())
    failed = sum(row.failures for row in rows.values())
    print(f"\nFailed runs that left the focuser displaced: {displaced} of {failed}")


def judge(rows: dict[str, Row]) -> None:
    ours, theirs = rows["learned (ours)"], rows["SGPro 9 (trend lines)"]
    p95, bar = (float(np.quantile(row.errors, 0.95)) for row in (ours, theirs))
    print(f"goal exposures: {np.median(ours.exposures):.0f} of at most {GOAL_EXPOSURES}")
    print(f"goal p95 error: {p95:.2f} of {GOAL_P95} (9-point run: {bar:.2f})")
    print(f"goal failures: {ours.failures} of at most {theirs.failures}")


def main() -> None:
    os.nice(5)
    nights = int(sys.argv[1]) if len(sys.argv) > 1 else NIGHTS
    rows = asyncio.run(bench(nights))
    show(rows, nights)
    judge(rows)


if __name__ == "__main__":
    main()
