"""`nightbox run` and `nightbox night`: which plan, which rig, which folder."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from appliance.cli.box import JOURNAL
from appliance.cli.compose import only_one, opened_journal
from appliance.cli.demo import load_demo, write_demo
from appliance.cli.running import run_box
from appliance.errors import BadInput, NotWritable
from appliance.imaging.atomic import translated
from appliance.journal import Run
from appliance.observer import Observer
from appliance.profile import Profile, load_profile
from appliance.sequence.checks import check_folder
from appliance.sequence.plan import Plan, load_plan
from appliance.sequence.resume import plan_key
from hardware.devices import Site


def run_plan_file(plan: Path, profile: Path, out: Path | None, *, start: bool, keep: bool) -> int:
    """`nightbox run`; returns the exit code."""
    rig, work = load_profile(profile), load_plan(plan)
    folder = make_folder(out or rig.storage.folder or Path("night"))
    return asyncio.run(run_box(rig, work, folder, start=start, keep=keep))


def small_night(out: Path, target: str | None, rig: str, *, keep: bool) -> int:
    """`nightbox night`; returns the exit code."""
    folder = make_folder(out)
    check_folder(folder)
    return asyncio.run(_small_night(folder, target, rig, keep))


async def _small_night(folder: Path, target: str | None, rig: str, keep: bool) -> int:
    with only_one(folder):
        profile, plan = await _demo(folder, target, rig)
    return await run_box(profile, plan, folder, keep=keep)


async def _demo(folder: Path, target: str | None, rig: str) -> tuple[Profile, Plan]:
    """The night to go on with when the last one here was interrupted, else a new one."""
    earlier = load_demo(folder)
    if earlier is not None and not await _complete(folder, earlier[1]):
        if target or rig != "auto":
            print(f"{folder} has an unfinished night: going on with that one, as it is.", flush=True)
        return earlier
    if rig == "auto":
        rig = "indi" if has_indi() else "simulator"
        if rig == "simulator":
            print("INDI is not installed: the built-in simulator takes its place.", flush=True)
    with translated(folder / "profile.toml"):
        write_demo(folder, rig, target, Observer(Site(0.0, 0.0)).now())
    written = load_demo(folder)
    if written is None:
        raise BadInput(str(folder), "the small night's files have gone again")
    return written


async def _complete(folder: Path, plan: Plan) -> bool:
    """Has its run ended complete?"""
    if not (folder / JOURNAL).exists():
        return False
    async with AsyncExitStack() as stack:
        runs = await (await opened_journal(folder, stack)).read(Run, plan_key=plan_key(plan))
    return bool(runs) and runs[-1].outcome == "complete"


def has_indi() -> bool:
    """True when INDI's server and the simulators of the small night are installed."""
    needed = ("indiserver", "indi_simulator_telescope", "indi_simulator_ccd", "indi_simulator_focus")
    return all(shutil.which(program) for program in needed)


def make_folder(folder: Path) -> Path:
    """Create the night's folder; NotWritable when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder
