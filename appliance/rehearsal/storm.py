"""The storm: many nights, each from its seed, on all cores."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from appliance.box.box import JOURNAL
from appliance.rehearsal.audit import rows
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.play import Played, play
from appliance.rehearsal.weathered import calm, storm_night

# A killed controller is kept for ever, so a process that has seen many nights makes way for a fresh one.
NIGHTS_PER_PROCESS = 40
RAISED = "raised"  # the outcome of a night that came to no end of its own
QUICK_DISK = Path("/dev/shm")  # noqa: S108 - every sub is synced: on a memory disk that costs nothing


@dataclass(frozen=True, slots=True)
class Result:
    """One storm night: what struck, and what came of it.

    `exposed` is the exposure saved, in seconds; `calm_exposed` that of the same night without faults,
    None where it was not played.
    """

    seed: int
    outcome: str
    faults: tuple[str, ...]
    exposed: float
    calm_exposed: float | None
    crashes: int
    steps: int
    breaches: tuple[Breach, ...]


def storm(seeds: range, *, pixels: bool = False, costs: bool = False) -> Iterator[Result]:
    """Every seed's result, in the order they are ready."""
    # Fresh processes, not forks: a fork would take over what its parent had cached. Not an executor: with
    # max_tasks_per_child it stands still for ever, before Python 3.12.
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), maxtasksperchild=NIGHTS_PER_PROCESS) as pool:
        yield from pool.imap_unordered(partial(one_night, pixels=pixels, costs=costs), seeds)


def one_night(
    seed: int, pixels: bool = False, costs: bool = False, tell: Callable[[Played], None] = lambda _: None
) -> Result:
    """Play the night of a seed, and where its cost is asked for the same night without faults."""
    with tempfile.TemporaryDirectory(prefix="storm-", dir=quick_disk()) as name:
        folder = Path(name)
        scenario = storm_night(seed, made(folder / "storm"), pixels=pixels)
        faults = tuple(one.kind.value for one in scenario.faults.every)
        try:
            played = play(scenario)
            tell(played)
            quiet = play(calm(scenario, made(folder / "calm"))) if costs else None
        except Exception as failure:  # noqa: BLE001 - it is broken and has its seed; the storm goes on
            breach = Breach("bugs", scenario.begins, f"the night itself failed: {failure!r}")
            return Result(seed, RAISED, faults, 0.0, None, 0, 0, (breach,))
        return Result(
            seed, played.outcome, faults, exposed(played),
            None if quiet is None else exposed(quiet), played.crashes, played.steps, played.breaches,
        )  # fmt: skip


def exposed(played: Played) -> float:
    """Seconds of exposure that were saved."""
    return sum(row.seconds for row in rows(played.scenario.folder / JOURNAL) if row.state == "saved")


def made(folder: Path) -> Path:
    """The folder, made."""
    folder.mkdir(parents=True)
    return folder


def quick_disk() -> Path | None:
    """Where nights that nobody keeps are played; None for the system's own place."""
    return QUICK_DISK if QUICK_DISK.is_dir() and os.access(QUICK_DISK, os.W_OK) else None
