"""`nightbox flats wizard` and `nightbox darks list`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance.api import Api
from appliance.box.box import Box
from appliance.box.devices.flats import flat_commands
from appliance.box.devices.work import Work
from appliance.cli.compose import running_box
from appliance.cli.exits import FAILED, OK
from appliance.cli.nights import make_folder
from appliance.flats.library import FOLDER, MASTER, Library, read_library
from appliance.flats.needs import needs
from appliance.plan import DarkFrames, Plan, load_plan
from appliance.profile import Profile, load_profile


def run_flat_wizard_at_terminal(profile: Path, out: Path | None, asked: dict[str, object]) -> int:
    """Print what was found and the item for a plan; exit code 1 when nothing fits.

    `asked` are the arguments of the command flat_wizard.
    """
    rig = load_profile(profile)
    folder = make_folder(out or rig.storage.folder or Path("night")).absolute()
    return asyncio.run(_wizard(rig, folder, asked))


async def _wizard(profile: Profile, folder: Path, asked: dict[str, object]) -> int:
    async with running_box(profile, _plan(profile), folder) as box:
        answer = await _asked(box, asked)
    print("\n".join(answer["lines"]))
    if answer["toml"]:
        print(f"\nFor your plan:\n\n{answer['toml']}")
    return OK if answer["toml"] else FAILED


async def _asked(box: Box, asked: dict[str, object]) -> dict[str, Any]:
    """By the way that every surface goes, with its checks."""
    api = Api(box.bus, box.observer.unix)
    for command in flat_commands(Work(box.hand, box.jobs, box.wanted, box.watch)):
        api.register(command)
    answer = await api.call("flat_wizard", asked)
    assert isinstance(answer, dict), "it was waited for"
    return answer


def _plan(profile: Profile) -> Plan:
    """A box has one; nobody starts it. Its target is one that rises everywhere: through the zenith."""
    step = {"seconds": 1.0, "count": 1}
    zenith = {"name": "zenith", "ra_deg": 0.0, "dec_deg": profile.site.latitude_deg, "min_altitude_deg": -5.0}
    values = {"name": "Flat wizard", "night": "sunset", "target": [{**zenith, "step": [step]}]}
    return Plan.model_validate(values)


def list_darks(profile: Path, plan: Path | None, out: Path | None) -> int:
    """Print what the library has and, with a plan, what that needs; exit code 1 when something is missing."""
    rig = load_profile(profile)
    folder = (out or rig.storage.folder or Path("night")).absolute() / "images" / FOLDER
    library = read_library(folder)
    work = None if plan is None else load_plan(plan)
    print(f"Library: {folder}\n" + "\n".join(_listed(library)))
    if work is None:
        return OK
    lines, complete = _needed(rig, work, library)
    print(f"\n{work.name} needs:\n" + "\n".join(lines))
    return OK if complete else FAILED


def _listed(library: Library) -> Iterator[str]:
    for kind, (singles, masters) in library.kinds().items():
        parts = [f"{singles} frames"] if singles else []
        parts += [f"{masters} master{'s' if masters > 1 else ''}"] if masters else []
        yield f"  {kind.label()}: {', '.join(parts)}"
    if not library.frames:
        yield "  nothing yet"
    if library.unread:
        yield f"  ({len(library.unread)} files there are neither darks nor bias)"


def _needed(profile: Profile, plan: Plan, library: Library) -> tuple[list[str], bool]:
    item = next((one for one in plan.target if isinstance(one, DarkFrames)), DarkFrames(do="darks"))
    found = needs(plan, profile.camera, library, item.count, bias=item.bias)
    lines = []
    for one in found:
        have = "a master" if one.have >= MASTER else str(one.have)
        missing = f", {one.missing} missing" if one.missing else ""
        lines.append(f"  {one.kind.label()}: {have} of {one.count}{missing}")
    return lines or ["  nothing"], not any(one.missing for one in found)
