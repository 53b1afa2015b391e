"""Programs of the profile's [scripts], around the box's whole life, and what every program finds."""

from collections.abc import Callable, Mapping
from pathlib import Path

from appliance.errors import ScriptFailed
from appliance.profile import Profile
from appliance.profile.programs import Run
from appliance.scripting import script_environment
from appliance.sequence.scripts import run_to_end
from appliance.solve.process import RunScript, run_program

Say = Callable[[str], object]


def found_by_scripts(profile: Profile, port: int, more: Mapping[str, str]) -> Mapping[str, str]:
    """The helper module's folder and where JSON-RPC listens just now (`port` 0: it does not), and `more`."""
    host = "" if profile.jsonrpc is None else profile.jsonrpc.host
    return {**script_environment(host, port), **more}


async def run_startup(profile: Profile, folder: Path, say: Say, run: RunScript = run_program) -> None:
    """The program before anything else of the box; ScriptFailed where its failing is to end it."""
    await _run(profile.scripts.startup, folder, say, run)


async def run_shutdown(profile: Profile, folder: Path, say: Say, run: RunScript = run_program) -> None:
    """The program after everything else of the box; a failing one is said and changes nothing."""
    try:
        await _run(profile.scripts.shutdown, folder, say, run)
    except ScriptFailed:
        return


async def _run(script: Run | None, folder: Path, say: Say, run: RunScript) -> None:
    if script is None:
        return
    say(f"Script: {script.file.name} …")
    environment = {"NIGHTBOX_FOLDER": str(folder), **script_environment()}
    try:
        await run_to_end(script, folder, run, environment, say)
    except ScriptFailed as failure:
        say(failure.sentence)
        if script.on_failure == "stop":
            raise
