"""The running box: what a person can ask of it, and one night's work."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.asking import Questions
from appliance.box.focus_commands import shown_wish
from appliance.box.lending import lending
from appliance.box.programs import found_by_scripts
from appliance.box.scribe import Scribe
from appliance.box.startup import Start, start_up
from appliance.box.wanted import Wanted
from appliance.box.wished import OVER, PAUSED, RESUMED, STARTED, Wish, started_words
from appliance.box.wished import SOURCE as NIGHT
from appliance.bus import Alarm, Bus, NeedsPerson, Said
from appliance.byhand.hand import Hand
from appliance.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DiskFull,
    NightboxError,
    StartRefused,
    StorageFailed,
)
from appliance.focus.triggers import FocusWish
from appliance.imaging.calculator import Holds
from appliance.imaging.disk import Free, free_bytes
from appliance.jobs import Jobs
from appliance.journal import Journal, Run
from appliance.leases import Leases
from appliance.observer import Observer
from appliance.outputs.outputs import Outputs
from appliance.plan import Plan
from appliance.pointing.park import park
from appliance.pointing.pier import Pier
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.interlock import Verdict
from appliance.safety.performing import Performer
from appliance.safety.watch import Watch
from appliance.sequence.checks import check_filters, check_focus_filter, check_sky
from appliance.sequence.desk import Desk
from appliance.sequence.finish import finish
from appliance.sequence.messages import SequenceState
from appliance.sequence.night import Gate, Night
from appliance.sequence.resume import plan_key, settle_interrupted, unfinished
from appliance.sequence.runner import run_plan
from appliance.sequence.settings import horizon_of
from appliance.sequence.waiting import ROOM_SECONDS
from appliance.sky.catalogue import Target
from appliance.solve.process import RunScript, run_program
from appliance.solve.solution import Solver
from appliance.surfaces.report import write_report
from hardware.devices import RoofState

STOP_SECONDS = 120.0
ANSWER_SECONDS = 10.0
NO_RUN = 0  # what is done by hand belongs to no night's work
JOURNAL, LOG = "journal.sqlite", "nightbox.log"


@dataclass(slots=True)
class Box:
    """Everything that runs, wired by `assembly.assembled`; `url` is the phone page, `jsonrpc_port` where
    JSON-RPC listens, 0 while it does not.
    """

    profile: Profile
    plan: Plan
    targets: tuple[Target, ...]
    folder: Path
    bus: Bus
    observer: Observer
    journal: Journal
    scribe: Scribe
    calculator: Holds
    solvers: tuple[Solver, ...]
    rig: Rig
    jobs: Jobs
    gate: Gate
    watch: Watch
    outputs: Outputs
    questions: Questions
    clock_known: Callable[[], bool]
    interlock: Gatekeeper
    performer: Performer
    free_on: Free = free_bytes
    url: str = ""
    jsonrpc_port: int = 0
    script_environment: Mapping[str, str] = field(default_factory=dict)
    run_program: RunScript = run_program
    night: Night | None = field(init=False, default=None)
    written: Plan = field(init=False)
    desk: Desk = field(init=False)
    wanted: Wanted = field(init=False)
    leases: Leases = field(init=False)
    hand: Hand = field(init=False)
    keywords: list[tuple[str, str]] = field(init=False, default_factory=list)
    focus_wish: FocusWish = field(init=False)
    wish: Wish | None = field(init=False, default=None)  # of a person, left by a controller that died
    _known: bool = field(init=False, default=False)
    _latest: Night | None = field(init=False, default=None)
    ended_by_list: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.focus_wish = shown_wish(self.bus)
        self.written, self.desk = self.plan, Desk(self.observer.unix)
        self.wanted = Wanted(self.jobs, self.sequence, self._may_run, self._wait, self._give_up, self._over)
        free, publish = self.wanted.consider, self.bus.publish
        self.leases = lending(self.profile, self.jobs, self.gate, self.watch, publish, free)
        self.hand = Hand(self._night(NO_RUN))

    def _may_run(self) -> bool:
        return self.watch.may_run and not self.leases.lent

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

    def start(self) -> str:
        """Start the plan or go on with it: "started", "running" already, or "waiting" until it is safe.

        BadCommand when something else has the gear.
        """
        paused = self.gate.paused
        self.gate.resume()
        self._unpause()
        answer = self.wanted.start()
        if paused or answer != "running":
            self._decide(started_words(self.plan), STARTED)
        return answer

    def go_on(self, wish: Wish) -> str:
        """As `start`, for a person who started the night before the controller died."""
        if wish.paused:
            self._pause()
        self._decide("Nightbox ended in the middle of the night, and goes on by itself.", RESUMED)
        return self.wanted.start()

    def pause(self) -> str:
        """The sequence waits before its next sub, until `start`."""
        self._pause()
        self._decide("Pausing after this sub.", PAUSED)
        return "pausing"

    def _pause(self) -> None:
        self.gate.pause()
        self.bus.publish(NeedsPerson(source="box", text=PAUSED_TEXT, since=self.observer.unix()))

    def _unpause(self) -> None:
        asked = (one for one in self.bus.states() if isinstance(one, NeedsPerson) and one.source == "box")
        if any(one.text for one in asked):
            self.bus.publish(NeedsPerson(source="box"))

    def _over(self, how: str) -> None:
        self._unpause()
        self._decide(f"The night is over: {how}.", OVER)

    def _decide(self, text: str, code: str) -> None:
        """What the next controller must know of a person's wish."""
        self.bus.publish(Said(source=NIGHT, text=text, code=code))

    async def ended(self) -> str | None:
        """Wait for the end of what was started: "complete" or "incomplete", None when a person stopped it.

        Raises what the sequence raised. That safety makes it wait is no end.
        """
        return await self.wanted.ended()

    def _wait(self) -> None:
        doing = "Waiting until it is safe"
        if self.watch.may_run:
            doing = "Waiting for what is lent"
            self.say(f"{doing}: {self.leases.lent}.")
        elif self.watch.verdict is not Verdict.UNKNOWN:  # that will last for a moment only
            self.say(f"{doing}: {self.watch.why_not}.")
        self._show(phase="waiting", doing=doing)

    def _give_up(self) -> None:
        self._show(phase="ended", doing="stopped")

    def _show(self, phase: str, doing: str) -> None:
        """The sequence's state while it does not run itself."""
        idle = SequenceState(source="sequence", phase="idle", plan=self.plan.name, total=self.plan.total)
        last = next((state for state in self.bus.states() if isinstance(state, SequenceState)), idle)
        rest = replace(last, phase=phase, doing=doing, exposing_since=None, exposing_until=None, until=None)
        self.bus.publish(rest)

    async def sequence(self) -> str:
        """One night's work: go on with the plan where it stopped, or begin it; then write the report.

        Returns the outcome, "complete" or "incomplete".
        """
        self.hand.forget()
        await self._begin()
        run = await self._run_when_room()
        self.scribe.run, self.ended_by_list = run, False
        try:
            self._latest = self.night = self._night(run)
            outcome = await run_plan(self.night)
            self.ended_by_list = True
            return outcome
        finally:
            self.night = None
            await asyncio.shield(self._close_run(run))

    async def end_by_day(self) -> str:
        """The night is over and it is not safe yet: the rig rests already, and what else the plan wants
        at the end is done. Returns the outcome, "incomplete".
        """
        self.say("It dawns, and it is not safe: the night ends here.")
        if (run := await unfinished(self.journal, self.plan)) is not None:
            try:
                await finish(self._night(run.id))
                await self.journal.change(Run, run.id, ended=self.observer.unix(), outcome="incomplete")
            except NightboxError as failure:
                self.say(failure.sentence, failure)
            await self._close_run(run.id)
        self._show(phase="ended", doing="incomplete")
        return "incomplete"

    async def _close_run(self, run: int) -> None:
        """What a full disk left open, then the report; the night's outcome does not depend on either."""
        with suppress(StorageFailed):  # settled at the next start
            await settle_interrupted(self._night(run))
        await self._write_report(run)

    async def _write_report(self, run: int) -> None:
        try:
            await write_report(self.journal, run, self.report)
        except NightboxError as failure:
            self.say(failure.sentence, failure)

    async def _begin(self) -> None:
        """Everything before the night itself; what ends it there is shown as an end of the night."""
        self.bus.publish(Alarm(source="sequence"))  # what an earlier end left is in good hands now
        self._show(phase="starting", doing="Starting")
        phase, doing = "failed", "The start failed"
        try:
            await self._know()
            await self._connect()
            phase = ""
        except (StartRefused, asyncio.CancelledError):
            phase, doing = "ended", "stopped"
            raise
        finally:
            if phase:
                self._show(phase, doing)

    async def _know(self) -> None:
        """Once in the box's life, where nobody watches: time, place and pole; then the plan is judged."""
        section = self.profile.lonely
        if section is None or self._known:
            return
        start = Start(
            section, self.rig, self.journal, self.observer, self.questions, self.clock_known, self.bus.publish
        )
        await start_up(start)
        if await unfinished(self.journal, self.plan) is None:
            check_sky(self.plan, self.targets, self.observer, horizon_of(self.profile))
        self._known = True

    async def _connect(self) -> None:
        """Open every device of the profile and check the plan against what is there; nothing moves.

        When the night has begun before, the sequence waits for what is away: it was there then.
        """
        self.say("Connect the rig …")
        try:
            await self.rig.open()
        except (DeviceLost, DeviceMissing) as away:
            if await unfinished(self.journal, self.plan) is None:
                raise
            self.say(f"{away.sentence.rstrip('.')}; waiting for it to come back.", away)
        if not self.rig.away({"filter wheel"}):
            check_filters(self.plan, self.rig)
            check_focus_filter(self.profile, self.rig)
        if not self.rig.away(self.rig.kinds - self.rig.outputs):
            self.say("The rig is connected.")

    async def _run_when_room(self) -> int:
        """A night that was begun waits until the journal can be written: nobody else would end it."""
        said = ""
        while True:
            try:
                return await self._run()
            except DiskFull as full:
                if await unfinished(self.journal, self.plan) is None:
                    raise
                if not said:
                    said = f"{full.sentence.rstrip('.')}; waiting until there is room."
                    self.say(said, full)
                    self._show(phase="waiting", doing="Waiting for room on the disk")
            await asyncio.sleep(ROOM_SECONDS)

    async def _run(self) -> int:
        """The journal's run: the unfinished one of this plan, or a new one."""
        if (old := await unfinished(self.journal, self.plan)) is not None:
            self.say(f"Going on with “{self.plan.name}” where it stopped.")
            await self.journal.change(Run, old.id, ended=None, outcome="running")
            return old.id
        new = Run(plan=self.plan.name, plan_key=plan_key(self.plan), started=self.observer.unix())
        return await self.journal.add(new)

    def latest_pier(self) -> Pier | None:
        """What the newest run has learned of the side that the telescope is on."""
        return self._latest.pier if self._latest else None

    def _night(self, run: int) -> Night:
        return Night(
            profile=self.profile, plan=self.plan, targets=self.targets, rig=self.rig,
            journal=self.journal, run=run, observer=self.observer, calculator=self.calculator,
            solvers=self.solvers, images=self.images, preview=self.preview,
            publish=self.bus.publish, gate=self.gate, actions=self.performer,
            free_on=self.free_on, keywords=self.keywords, focus_wish=self.focus_wish,
            questions=self.questions, desk=self.desk, horizon=horizon_of(self.profile),
            run_program=self.run_program, script_environment=lambda: found_by_scripts(
                self.profile, self.jsonrpc_port, self.script_environment
            ),
        )  # fmt: skip

    async def park(self) -> None:
        """Park the mount, if it is there and not parked; what else is missing does not matter."""
        try:
            await self.rig.open()
        except DeviceError:
            if not self.rig.has_mount:
                raise
        await park(self.rig.mount, self.bus.publish)

    async def stop(self, *, for_good: bool = True) -> bool:
        """Stop everything that was asked for; False when nothing was. `for_good` as in Wanted."""
        wanted = await self.wanted.stop(for_good=for_good)
        busy = bool(self.jobs.busy())
        await self.jobs.stop_all()
        return wanted or busy

    async def leave_safe(self) -> None:
        """The end of the box: the sequence stopped; if the mount was ever connected all that the list for the
        end says, the roof closed unless the plan leaves it open: nobody watches the sky any more.

        DeviceError when that cannot be done. When it is not safe, it is safety's work: it has its time.
        """
        self.leases.close("the end of the night")
        stopping = asyncio.create_task(self.stop())
        try:
            # What is then still being saved commands nothing, and has its time afterwards.
            await asyncio.wait({stopping}, timeout=STOP_SECONDS)
            await self.watch.settled()
            if self.watch.verdict is not Verdict.UNSAFE and self.rig.had_mount:
                await self.performer.end(roof=self.plan.close_roof_at_end, again=self.ended_by_list)
        except BaseException:
            self.leases.close("")  # the box may live on
            raise
        finally:
            await stopping

    async def at_rest(self) -> bool:
        """Could the rig be left alone for good: parked, the roof closed unless the plan leaves it open?"""
        roof = self.rig.roof
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                parked = (await self.rig.mount.status()).parked
                closed = roof is None or await roof.state() is RoofState.CLOSED
        except (DeviceError, TimeoutError):
            return False
        return parked and (closed or not self.plan.close_roof_at_end)


PAUSED_TEXT = "Paused: Start goes on."
