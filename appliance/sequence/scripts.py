"""Programs of the plan: run in the night's folder, their output in the log, failing as the user chose."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from appliance.errors import ScriptFailed
from appliance.profile.programs import Run
from appliance.sequence.asking import GO_ON, STOP, ask
from appliance.sequence.ending import NightOver
from appliance.sequence.night import Night
from appliance.solve.process import RunScript

TOLD = 2000  # characters of what it printed, the last ones
Occasion = Literal["start", "end", "error"]


async def run_occasion(night: Night, occasion: Occasion) -> None:
    """The plan's script for the start, the end, or when the night cannot go on; none is no trouble."""
    script: Run | None = getattr(night.plan.script, occasion)
    if script is not None:
        async with night.span(f"Script at the {occasion}: {script.file.name}"):
            await run_script(night, script)


async def run_script(night: Night, script: Run) -> None:
    """Run it to its end. A failing one is said; NightOver where it, or a person, is to end the night."""
    try:
        await _run(night, script)
    except ScriptFailed as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        if script.on_failure == "stop":
            raise NightOver(f"{script.file.name} failed, and the plan wants an end then") from failure
        question = f"{failure.sentence} Go on with the night?"
        if script.on_failure == "ask" and await ask(night, question, (GO_ON, STOP), GO_ON) == STOP:
            raise NightOver("somebody ended it after a script failed") from failure


async def _run(night: Night, script: Run) -> None:
    await run_to_end(script, night.images.parent, night.run_program, environment(night), night.say)


async def run_to_end(
    script: Run, folder: Path, run: RunScript, environment: Mapping[str, str], say: Callable[[str], object]
) -> None:
    """Run it in a folder and say what it printed; ScriptFailed for every way in which it can fail."""
    name = script.file.name
    try:
        finished = await run(command(script), folder, script.within_seconds, environment)
    except TimeoutError as late:
        raise ScriptFailed(f"{name} was not done after {script.within_seconds:g} s: ended.") from late
    except OSError as unable:
        raise ScriptFailed(f"{name} could not be started: {unable.strerror or unable}.") from unable
    for line in finished.output[-TOLD:].splitlines():
        say(f"{name}: {line}")
    if finished.code:
        raise ScriptFailed(f"{name} ended with code {finished.code}.")


def command(script: Run) -> tuple[str, ...]:
    """How it is started: Python files by our Python, all else by itself."""
    starter = (sys.executable,) if script.file.suffix == ".py" else ()
    return (*starter, str(script.file), *script.arguments)


def environment(night: Night) -> Mapping[str, str]:
    """What scripts find beside the system's: where the night keeps its things, and what it does now."""
    return {
        "NIGHTBOX_FOLDER": str(night.images.parent), "NIGHTBOX_IMAGES": str(night.images),
        "NIGHTBOX_PLAN": night.plan.name, "NIGHTBOX_TARGET": night.state.target,
        **night.script_environment(),
    }  # fmt: skip
