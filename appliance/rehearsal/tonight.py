"""One rehearsal from beginning to end: look ahead, play, look back."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance.box.box import JOURNAL
from appliance.imaging.disk import free_bytes
from appliance.journal import Journal, Line, Run
from appliance.plan import Plan
from appliance.rehearsal import foresight
from appliance.rehearsal.play import play
from appliance.rehearsal.record import Asked, Ending, Record
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.rehearsal.scenario import Scenario
from appliance.rehearsal.twin import Twin, twin
from appliance.sequence.checks import check_profile, resolve
from appliance.sequence.settings import horizon_of
from appliance.sequence.tonight import tonight
from appliance.surfaces.report import Night, read_night

MEMORY = Path("/dev/shm")  # noqa: S108 - every sub is synced: in memory that costs nothing
MEMORY_BYTES = 1_000_000_000  # what the box wants to see free for its next sub, and more
Progress = Callable[[float], None]


def rehearse(asked: Asked, progress: Progress = lambda *_: None) -> tuple[Rehearsal, Record]:
    """Play the night in a temporary folder; nothing stays behind.

    `progress` is told the moment of the night (UTC), very often. BadInput for a
    profile or plan that cannot be used at all, or a place where it does not get dark enough.
    """
    check_profile(asked.profile)
    double = twin(asked.profile, asked.plan)
    site = asked.profile.site.place()
    targets = resolve(asked.plan, site, asked.begins)
    night = tonight(asked.plan, targets, site, asked.begins, horizon_of(asked.profile))
    outlook = foresight.outlook(asked.plan, targets, double.filters, night, site)
    ending = None if outlook.plan is None else _play(asked, double, outlook.plan, progress)
    record = Record(asked, double, targets, night, outlook, ending)
    return record.rehearsal(), record


def _play(asked: Asked, double: Twin, plan: Plan, progress: Progress) -> Ending:
    world = replace(
        double.world, seed=asked.seed, heavens=True, forecast=asked.weather,
        fidelity="pixels" if asked.pixels else "fast",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="nightbox-rehearsal-", dir=_disk(asked.pixels)) as name:
        folder = Path(name)
        scenario = Scenario(double.profile, plan, world, asked.begins, folder, asked.faults)
        played = play(scenario, progress)
        journal = asyncio.run(_read(folder / JOURNAL, scenario))
        return Ending(journal, played.outcome, played.ends, played.breaches, played.roof_open)


def _disk(pixels: bool) -> Path | None:
    """Where the night is played: in memory if there is room, None for the system's own place.

    Frames with pixels would fill the memory.
    """
    enough = not pixels and MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if enough and free_bytes(MEMORY) > MEMORY_BYTES else None


async def _read(path: Path, scenario: Scenario) -> Night:
    """All that was done; of a night that never began only what was said."""
    journal = await Journal.open(path)
    try:
        if runs := await journal.read(Run):
            return await read_night(journal, runs[-1].id)
        name = scenario.plan.name
        never = Run(plan=name, plan_key="", started=scenario.begins, outcome="incomplete")
        lines = await journal.read(Line)
        return Night(run=never, subs=[], focus_runs=[], looks=[], spans=[], lines=lines)
    finally:
        await journal.close()
