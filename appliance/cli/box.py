"""The running box: what a person can ask of it, and one night's work."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from appliance.api import Arguments, Command
from appliance.bus import Bus, Said
from appliance.cli.console import Console
from appliance.errors import DeviceError, NightboxError
from appliance.imaging.calculator import Calculator
from appliance.jobs import Jobs
from appliance.journal import Journal, Run
from appliance.observer import Observer
from appliance.pointing.park import park
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.checks import check_filters
from appliance.sequence.night import Gate, Night
from appliance.sequence.plan import Plan
from appliance.sequence.resume import plan_key, unfinished
from appliance.sequence.runner import run_plan
from appliance.sky.catalogue import Target
from appliance.solve.solution import Solver
from appliance.surfaces.report import write_report

JOURNAL, LOG = "journal.sqlite", "nightbox.log"


@dataclass(slots=True)
class Box:
    """Everything that runs, wired by `compose.running_box`; `url` is the phone page."""

    profile: Profile
    plan: Plan
    targets: tuple[Target, ...]
    folder: Path
    bus: Bus
    observer: Observer
    journal: Journal
    console: Console
    calculator: Calculator
    solvers: tuple[Solver, ...]
    rig: Rig
    jobs: Jobs
    gate: Gate
    url: str = ""

    def say(self, text: str, problem: NightboxError | None = None) -> None:
        """One line for the person at the telescope; with a problem, a warning with its code and advice."""
        if problem is None:
            self.bus.publish(Said(source="box", text=text))
        else:
            self.bus.publish(
                Said(source="box", level="warning", text=text, code=problem.code, advice=problem.advice)
            )

    @property
    def images(self) -> Path:
        return self.folder / "images"

    @property
    def journal_path(self) -> Path:
        return self.folder / JOURNAL

    @property
    def log_path(self) -> Path:
        return self.folder / LOG

    @property
    def preview(self) -> Path:
        return self.folder / "preview.jpg"

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    async def sequence(self) -> str:
        """One night's work: go on with the plan where it stopped, or begin it; then write the report.

        Returns the outcome, "complete" or "incomplete".
        """
        await self._connect()
        run = await self._run()
        self.console.run = run
        try:
            return await run_plan(self._night(run))
        finally:
            await asyncio.shield(self._write_report(run))

    async def _write_report(self, run: int) -> None:
        """The night's outcome does not depend on it."""
        try:
            await write_report(self.journal, run, self.report)
        except NightboxError as failure:
            self.say(failure.sentence, failure)

    async def _connect(self) -> None:
        """Open every device of the profile and check the plan against what is there; nothing moves."""
        self.say("Connect the rig …")
        await self.rig.open()
        check_filters(self.plan, self.rig)
        self.say("The rig is connected.")

    async def _run(self) -> int:
        """The journal's run: the unfinished one of this plan, or a new one."""
        if (old := await unfinished(self.journal, self.plan)) is not None:
            self.say(f"Going on with “{self.plan.name}” where it stopped.")
            await self.journal.change(Run, old.id, ended=None, outcome="running")
            return old.id
        new = Run(plan=self.plan.name, plan_key=plan_key(self.plan), started=self.observer.unix())
        return await self.journal.add(new)

    def _night(self, run: int) -> Night:
        return Night(
            profile=self.profile, plan=self.plan, targets=self.targets, rig=self.rig,
            journal=self.journal, run=run, observer=self.observer, calculator=self.calculator,
            solvers=self.solvers, images=self.images, preview=self.preview,
            publish=self.bus.publish, gate=self.gate,
        )  # fmt: skip

    async def park(self) -> None:
        """Park the mount, if it is there and not parked; what else is missing does not matter."""
        try:
            await self.rig.open()
        except DeviceError:
            if not self.rig.has_mount:
                raise
        await park(self.rig.mount, self.bus.publish)

    async def leave_safe(self) -> None:
        """The end of the box: the sequence stopped, and the mount parked if it was ever connected.

        DeviceError when it was and cannot be parked.
        """
        await self.jobs.stop_all()
        if self.rig.had_mount:
            await self.park()


def commands(box: Box) -> list[Command]:
    """What every surface offers."""

    async def start(_: Arguments) -> str:
        box.gate.resume()
        if box.jobs.running("sequence"):
            return "running"
        box.jobs.start("sequence", box.sequence())
        return "started"

    async def pause(_: Arguments) -> str:
        box.gate.pause()
        box.say("Pausing after this sub.")
        return "pausing"

    async def stop(_: Arguments) -> str:
        box.gate.resume()
        return "stopped" if await box.jobs.stop("sequence") else "nothing was running"

    async def park_(_: Arguments) -> str:
        await asyncio.shield(box.jobs.start("park", box.park()))
        return "parked"

    return [
        Command("start", "Start the plan, or go on after Pause or Stop.", Arguments, start),
        Command("pause", "Pause after the running sub.", Arguments, pause),
        Command("stop", "Stop now; the running sub is lost, everything saved stays.", Arguments, stop),
        Command("park", "Park the mount.", Arguments, park_),
    ]
