"""Programs run by hand, or by another program: those of the folder `scripts`, beside all else."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.bus import Said
from appliance.errors import BadCommand, ScriptFailed
from appliance.profile.programs import Run
from appliance.sequence.scripts import environment, run_to_end

FOLDER = "scripts"
MOST = 10  # at once
LONGEST_SECONDS = 86400.0
PUT = "Put it into the folder “scripts” beside the night's log, and give its plain name."


class Script(Arguments):
    """A program's plain name, and what it is given."""

    name: str = Field(min_length=1, max_length=255)
    arguments: tuple[str, ...] = ()


class Number(Arguments):
    """What `script_run` has answered."""

    id: int


@dataclass(slots=True, eq=False)
class Scripts:
    """One per box. What they command they ask for as everybody does: by itself a script has no device."""

    box: Box
    running: dict[int, str] = field(default_factory=dict)
    count: int = 0

    def run(self, asked: Script) -> int:
        """Start it, and its number; BadCommand when there is no such program, or too many run."""
        file = program_in(self.box.folder / FOLDER, asked.name)
        if len(self.running) >= MOST:
            raise BadCommand("script_run", f"{MOST} scripts run already", advice="Stop one of them first.")
        self.count += 1
        number, name = self.count, f"script {self.count}"
        job = self.box.jobs.start(name, self._run(file, asked.arguments), ())
        self.running[number] = name
        job.add_done_callback(lambda _: self._ended(number))
        return number

    async def stop(self, number: int) -> bool:
        """End it and its children; False when it was not running."""
        return await self.box.jobs.stop(self.running.get(number, ""))

    async def stop_all(self) -> bool:
        """False when none was running."""
        return any([await self.stop(number) for number in list(self.running)])

    def _ended(self, number: int) -> None:
        self.box.jobs.forget(self.running.pop(number))

    async def _run(self, file: Path, arguments: tuple[str, ...]) -> None:
        box = self.box
        night = box.night or replace(box.hand.night, plan=box.plan)
        script = Run(file=file, arguments=arguments, within_seconds=LONGEST_SECONDS)
        try:
            await run_to_end(script, box.folder, box.run_program, environment(night), self._say)
        except ScriptFailed as failure:
            self._say(failure.sentence, failure)

    def _say(self, text: str, failure: ScriptFailed | None = None) -> None:
        said = Said(source="script", text=text)
        if failure is not None:
            said = replace(said, level="warning", code=failure.code, advice=failure.advice)
        self.box.bus.publish(said)


def program_in(folder: Path, name: str) -> Path:
    """The program of that name; BadCommand for a name that leads elsewhere, or to nothing that can be run."""
    if {"/", "\\", "\0"} & set(name) or name in {".", ".."}:
        raise BadCommand("script_run", f"{name!r} is no plain name", advice=PUT)
    file = folder / name
    if not file.is_file():
        raise BadCommand("script_run", f"there is no {name!r}", advice=PUT)
    if file.suffix != ".py" and not os.access(file, os.X_OK):
        raise BadCommand("script_run", f"{name} may not be run", advice=f"chmod +x {name}")
    return file


def script_commands(scripts: Scripts) -> list[Command]:
    """For every surface."""

    async def run(asked: Script) -> int:
        return scripts.run(asked)

    async def running(asked: Number) -> bool:
        return asked.id in scripts.running

    async def stop(asked: Number) -> str:
        if not await scripts.stop(asked.id):
            raise BadCommand("script_stop", f"no script {asked.id} is running")
        return "stopped"

    return [
        Command("script_run", "Run a program of the box's folder “scripts”.", Script, run),
        Command("script_running", "Does the script of that number still run?", Number, running, asks=True),
        Command("script_stop", "End a script and what it has started.", Number, stop),
    ]
