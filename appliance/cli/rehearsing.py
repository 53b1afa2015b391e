"""The page's “Rehearse tonight”: the rehearsal in a process of its own, beside the box and behind it."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import appliance
from appliance.api import Api, Arguments, Command
from appliance.box.box import Box
from appliance.bus import Said, State
from appliance.errors import BadCommand
from appliance.plan import Plan, Target, step_keys
from appliance.profile import Section
from appliance.sequence.resume import unfinished
from appliance.solve.process import program
from hardware.worker import Worker

SOURCE = "rehearsal"
WITHIN_SECONDS = 900.0
GENTLEST = 19  # nice: the box itself comes first
ROOT = Path(appliance.__file__).parent.parent
SENTENCE = "Play tonight in seconds, and see what to expect and what to correct. Nothing moves."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One problem as the page shows it."""

    sentence: str
    remedy: str
    serious: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal(State):
    """The rehearsal on the page. `phase` is running, done or failed; `verdict` is one line of its own.

    `page` True: the whole of it is at the page's /rehearsal.
    """

    phase: str
    verdict: str = ""
    good: bool = False
    problems: tuple[Foreseen, ...] = ()
    planned: int = 0
    expected: int = 0
    page: bool = False


@dataclass(slots=True)
class Rehearsals:
    """At most one at a time. `program` is what is run, with the plan and the options after it."""

    box: Box
    api: Api
    program: Sequence[str] = (sys.executable, "-P", "-m", "appliance", "rehearse")
    within: float = WITHIN_SECONDS
    task: "asyncio.Task[None] | None" = field(default=None, init=False)

    @property
    def html(self) -> Path:
        """Where the page of the newest rehearsal is."""
        return self.box.folder / "rehearsal.html"

    async def start(self, _: Arguments) -> str:
        """Begin, and answer at once; BadCommand while a night runs, which needs the machine for itself."""
        if self.task is not None and not self.task.done():
            return "running"
        if self.box.jobs.running("sequence"):
            raise BadCommand(
                "rehearse", "the night itself is running", advice="Rehearse before Start, or after the end."
            )
        self.task = asyncio.create_task(self._rehearse(), name="rehearsal")
        return "started"

    async def end(self) -> None:
        """Stop the one that runs, for the end of the box."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task

    async def _rehearse(self) -> None:
        self._show(phase="running", verdict="Rehearsing tonight …")
        left = await self._left()
        if left is None:
            return self._failed("Every sub of the plan is saved already.")
        with tempfile.TemporaryDirectory(prefix="nightbox-rehearse-") as name:
            worker = Worker("rehearsal")
            try:
                plan, profile = await worker.call(self._write, Path(name), left)
            finally:
                worker.close()
            try:
                async with asyncio.timeout(self.within):
                    code, told, complaint = await self._run(plan, profile)
            except TimeoutError:
                return self._failed(f"The rehearsal took more than {self.within / 60:.0f} minutes.")
        result = _read(told)
        if result is None:
            return self._failed(complaint or f"The rehearsal ended with code {code} and said nothing.")
        return self._done(result)

    async def _left(self) -> Plan | None:
        """What Start would take: the plan without what an unfinished run of it has saved; None: nothing."""
        plan, journal = self.box.plan, self.box.journal
        run = await unfinished(journal, plan)
        return plan if run is None else without(plan, await journal.saved(run.id))

    def _write(self, folder: Path, plan: Plan) -> tuple[Path, Path]:
        """The plan and the profile as the box has them, whatever has become of their files."""
        box = self.box
        storage = box.profile.storage.model_copy(update={"folder": box.folder})
        profile = box.profile.model_copy(update={"storage": storage})
        return _json(folder / "plan.json", plan), _json(folder / "profile.json", profile)

    async def _run(self, plan: Path, profile: Path) -> tuple[int, bytes, str]:
        command = (
            *self.program,
            str(plan),
            "--profile",
            str(profile),
            "--json",
            "--html",
            str(self.html.absolute()),
        )
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"PYTHONPATH": paths}
        async with program(command, plan.parent, asyncio.subprocess.PIPE, environment) as process:
            with suppress(ProcessLookupError):  # it has ended already
                os.setpriority(os.PRIO_PROCESS, process.pid, GENTLEST)
            told, complaint = await process.communicate()
            return process.returncode or 0, told, complaint.decode(errors="replace").strip()

    def _done(self, result: dict[str, Any]) -> None:
        problems = tuple(
            Foreseen(one["sentence"], one["remedy"], one["serious"]) for one in result["problems"]
        )
        self.api.rehearsal = self.html
        self._show(
            phase="done", verdict=result["verdict"], good=result["good"], problems=problems,
            planned=result["planned"], expected=result["expected"], page=True,
        )  # fmt: skip
        level = "info" if result["good"] else "warning"
        self.box.bus.publish(Said(source=SOURCE, level=level, text=f"Rehearsal: {result['verdict']}"))

    def _failed(self, why: str) -> None:
        self._show(phase="failed", verdict=why, page=self.api.rehearsal is not None)
        self.box.bus.publish(Said(source=SOURCE, level="warning", text=f"No rehearsal: {why}"))

    def _show(self, **values: Any) -> None:
        self.box.bus.publish(Rehearsal(source=SOURCE, **values))


def without(plan: Plan, saved: Mapping[str, Set[int]]) -> Plan | None:
    """The plan that is left when these subs are saved, by step key; None when none is."""
    targets: dict[int, Target] = {}
    for index, (target, keys) in enumerate(zip(plan.sky, step_keys(plan), strict=True)):
        left = [
            step.model_copy(
                update={"count": step.count - len(saved.get(key, set()) & set(range(1, step.count + 1)))}
            )
            for step, key in zip(target.step, keys, strict=True)
        ]
        if steps := tuple(step for step in left if step.count):
            targets[index] = target.model_copy(update={"step": steps})
    return plan.keeping(targets)


def _json(path: Path, section: Section) -> Path:
    path.write_text(section.model_dump_json(exclude_unset=True), encoding="utf-8")
    return path


def _read(told: bytes) -> dict[str, Any] | None:
    """The result, None for anything else."""
    try:
        result = json.loads(told)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


@asynccontextmanager
async def rehearsals(box: Box, api: Api) -> AsyncIterator[None]:
    """Offer the command as long as the block lasts; a rehearsal that runs then is ended."""
    made = Rehearsals(box, api)
    api.register(Command("rehearse", SENTENCE, Arguments, made.start))
    try:
        yield
    finally:
        await made.end()
