"""`nightbox focus`: the focuser's wizards at the terminal, and the focusing log."""

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from appliance.box.assembly import opened_journal
from appliance.box.box import JOURNAL, Box
from appliance.box.devices.wizards import Begun, wizard_commands
from appliance.box.devices.work import Work
from appliance.byhand.going import slew
from appliance.byhand.wizards import Wizard
from appliance.cli.compose import running_box
from appliance.cli.exits import FAILED, OK
from appliance.cli.nights import make_folder
from appliance.errors import BadInput
from appliance.plan import Plan
from appliance.pointing.park import unpark
from appliance.profile import Profile, load_profile
from appliance.sky.catalogue import find
from appliance.surfaces.focus_log import Entry, as_csv, as_table, entries


def run_wizard_at_terminal(
    wizard: Wizard, profile: Path, out: Path | None, target: str | None, *, anew: bool
) -> int:
    """`nightbox focus calibrate|learn|backlash`; returns the exit code. Ctrl-C puts the focuser back."""
    rig = load_profile(profile)
    folder = make_folder(out or rig.storage.folder or Path("night")).absolute()
    return asyncio.run(_run(wizard, rig, folder, target, anew))


async def _run(wizard: Wizard, profile: Profile, folder: Path, target: str | None, anew: bool) -> int:
    async with running_box(profile, _plan(profile), folder) as box:
        work = Work(box.hand, box.jobs, box.wanted, box.watch)
        command = {one.name: one for one in wizard_commands(work)}[f"focus_{wizard}"]
        try:
            if target is not None:
                await _point(box, target)
            await command.run(Begun(anew=anew))
        finally:
            if target is not None:
                await box.leave_safe()
    return OK


def _plan(profile: Profile) -> Plan:
    """A box has one; nobody starts it. Its target is one that rises everywhere: through the zenith."""
    step = {"seconds": 1.0, "count": 1}
    zenith = {"name": "zenith", "ra_deg": 0.0, "dec_deg": profile.site.latitude_deg, "min_altitude_deg": -5.0}
    values = {"name": "Focus wizard", "night": "sunset", "target": [{**zenith, "step": [step]}]}
    return Plan.model_validate(values)


async def _point(box: Box, target: str) -> None:
    """Open, unpark, go there; at the end it is parked and closed. Out of focus nothing could be centred."""
    place = find(target)
    await box.rig.open()
    if box.rig.roof is not None:
        await box.performer.open_roof()
    await unpark(box.rig.mount, box.bus.publish)
    await slew(box.hand, place.position)


def print_focus_log(folder: Path, *, csv: bool) -> int:
    """`nightbox focus log`; returns the exit code: 1 when there is nothing in it."""
    if not (folder / JOURNAL).exists():
        raise BadInput(str(folder), "there is no journal", advice="Give the folder of your nights.")
    found = asyncio.run(_entries(folder))
    sys.stdout.write(as_csv(found) if csv else as_table(found))
    return OK if found else FAILED


async def _entries(folder: Path) -> list[Entry]:
    async with AsyncExitStack() as stack:
        return await entries(await opened_journal(folder, stack))
