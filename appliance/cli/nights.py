"""`nightbox run` and `nightbox night`: which plan, which rig, which folder."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from appliance.box.alone import PowerOff
from appliance.box.assembly import opened_journal
from appliance.box.box import JOURNAL
from appliance.box.last import chosen_plan, remember
from appliance.box.notify import Notifier
from appliance.box.profiles import chosen_profile
from appliance.cli.compose import ALONE, Outside, only_one
from appliance.cli.console import complain
from appliance.cli.demo import load_demo, write_demo
from appliance.cli.power import check_may_power_off, power_off
from appliance.cli.refused import stay
from appliance.cli.running import run_box
from appliance.errors import BadInput, NotWritable
from appliance.imaging.atomic import translated
from appliance.journal import Run
from appliance.observer import Observer
from appliance.plan import Plan, read_plan
from appliance.profile import Profile, load_profile
from appliance.sequence.checks import check_folder
from appliance.sequence.resume import plan_key
from hardware.devices import Site


def run_plan_file(
    plan: Path | None, profile: Path, out: Path | None,
    *, start: bool, keep: bool, outside: Outside = ALONE, shutdown: bool = False,
) -> int:  # fmt: skip
    """`nightbox run`; returns the exit code. Without a plan: the last one used here, or the profile's.

    With `shutdown` the machine is switched off at the end; PowerStaysOn at once where it may not.

    A guarded box stands alone: what must be corrected it says until it is ended, then BadInput leaves.
    """
    rig: Profile | None = None
    off = _power_off(start=start, keep=keep) if shutdown else None
    try:
        rig = load_profile(profile)
        profile, rig = _chosen(profile, rig)
        return _run_on(rig, plan, profile, out, start=start, keep=keep, outside=outside, off=off)
    except BadInput as wrong:
        if outside.guarded is not None:
            complain(wrong.code, wrong.sentence, wrong.advice)
            asyncio.run(stay(rig, wrong, outside.notifier, folder_of(rig, out)))
        raise


def _chosen(given: Path, rig: Profile) -> tuple[Path, Profile]:
    """The one that was chosen on the page, unless it cannot be used any more: the night matters more."""
    chosen = chosen_profile(given)
    if chosen == given:
        return given, rig
    try:
        other = load_profile(chosen)
    except BadInput as wrong:
        complain(wrong.code, f"{wrong.sentence} Going on with {given.name}.", wrong.advice)
        return given, rig
    print(f"Profile: {chosen} (chosen on the page)", flush=True)
    return chosen, other


def _run_on(
    rig: Profile, plan: Path | None, profile: Path, out: Path | None,
    *, start: bool, keep: bool, outside: Outside, off: PowerOff | None,
) -> int:  # fmt: skip
    work = None if plan is None else read_plan(plan)
    # Absolute: opening the first GPIO line changes the process's working folder for a moment.
    folder = make_folder(folder_of(rig, out)).absolute()
    if plan is None or work is None:
        plan = chosen_plan(folder, profile, rig.startup.plan if rig.startup else None)
        work = read_plan(plan)
        print(f"Plan: {plan}", flush=True)
    remember(folder, plan)
    going = run_box(
        rig, work, folder, start=start, keep=keep, outside=outside, power_off=off, file=profile.absolute()
    )
    return asyncio.run(going)


def folder_of(rig: Profile | None, out: Path | None) -> Path:
    """Where everything of the night is."""
    return out or (rig.storage.folder if rig else None) or Path("night")


def _power_off(*, start: bool, keep: bool) -> PowerOff:
    """The way to switch off; BadInput where the box is to stay, PowerStaysOn where the system forbids it."""
    if keep or not start:
        other = "--keep" if keep else "--wait"
        raise BadInput("--shutdown", f"with {other} the box stays for a person", advice=f"Leave out {other}.")
    check_may_power_off()
    return power_off


def outside_of(indi_socket: str, guarded: Path | None) -> Outside:
    """What the command line and the service manager say of other processes."""
    return Outside(indi_socket, guarded.absolute() if guarded else None, Notifier.of_environment())


def small_night(out: Path, target: str | None, rig: str, *, keep: bool) -> int:
    """`nightbox night`; returns the exit code."""
    folder = make_folder(out)
    check_folder(folder)
    return asyncio.run(_small_night(folder, target, rig, keep))


async def _small_night(folder: Path, target: str | None, rig: str, keep: bool) -> int:
    with only_one(folder):
        profile, plan = await _demo(folder, target, rig)
    return await run_box(profile, plan, folder, keep=keep, file=folder / "profile.toml")


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
