"""Playing one night: the controller lives, is killed, lives again, until the night is over."""

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from appliance.box.assembly import World as Given
from appliance.box.assembly import assembled, check_space, check_tonight, checked, served
from appliance.box.box import JOURNAL, Box
from appliance.bus import Said
from appliance.imaging.calculator import Holds, LocalCalculator
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.client import phone
from appliance.rehearsal.disk import Disk, Stage
from appliance.rehearsal.leaks import Held
from appliance.rehearsal.owners import watched
from appliance.rehearsal.scenario import LONGEST_SECONDS, Scenario
from appliance.rehearsal.sketching import FastCalculator, SketchSolver
from appliance.rehearsal.troubled import troubled, troubled_solver
from appliance.rehearsal.troubled_journal import troubled_journal
from appliance.rehearsal.witness import Witness, WitnessedBus
from appliance.rig import Opener
from appliance.sequence.beside import beside
from appliance.sequence.resume import is_complete
from appliance.solve.near import NearSolver
from appliance.solve.process import Finished
from appliance.solve.solution import Solver
from hardware.simulator.faults import Fault, FaultKind
from hardware.simulator.faulty import DEVICES, FaultyOpener
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.stars.catalogue import stars_within
from hardware.virtual_time import VirtualLoop

# What the page would show every few seconds nobody looks at.
VITALS_SECONDS = 60.0
SECTIONS = {"safety": "safety_monitor"}  # where a fault names a device otherwise than the profile
ROOM_BYTES = 10**12
NO_SAVE_SECONDS = 1800.0  # who is to die within a save and makes none dies all the same


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the controller said, and when (UTC since 1970)."""

    at: float
    said: Said


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """How the night went; `outcome` is the sequence's, or "endless". `steps` counts turns of the loop.

    `roof_open`: there is a roof, and it is not closed at the end.
    """

    scenario: Scenario
    outcome: str
    ends: float
    crashes: int
    steps: int
    sky: Sky
    heard: tuple[Heard, ...]
    breaches: tuple[Breach, ...]
    roof_open: bool = False


class Killed(BaseException):
    """The controller is gone, between two steps."""


def play(scenario: Scenario, seen: Callable[[float], None] = lambda _: None) -> Played:
    """The whole night in virtual time; NeverUp, BadInput and so on as the box says them at its start.

    `seen` is told the moment (UTC since 1970) whenever time moves.
    """
    night = _Night(scenario, seen)
    while True:
        try:
            outcome = night.live()
            break
        except Killed:
            night.die()
        except Exception:
            night.give_up()
            raise
    return night.over(outcome)


class _Night:
    """What outlives the controller: the sky, the clock, the witness."""

    def __init__(self, scenario: Scenario, seen: Callable[[float], None]) -> None:
        self.scenario, self.seen = scenario, seen
        self.sky = Sky(scenario.world, self.utc, scenario.faults)
        self.loop = VirtualLoop(0.0, self.step, self.look)
        self.witness = Witness(scenario, self.sky, lambda: scenario.begins + self.loop.now)
        self.crashes = [one for one in scenario.faults.every if one.kind is FaultKind.CRASH]
        self.crashes.sort(key=lambda one: one.begins)
        self.died = self.steps = self.last_steps = 0
        self.disk = Disk(scenario.folder / "images")
        self.saves: int | None = None  # when it was about to die within the next one
        self.heard: list[Heard] = []
        self.held = Held.now()

    def utc(self, moment: float | None) -> float:
        """The true time."""
        return self.scenario.begins + (self.loop.now if moment is None else moment)

    def step(self) -> None:
        """Before every turn of the loop: die if that is the plan."""
        if self.died < len(self.crashes) and self.utc(None) >= self.crashes[self.died].begins:
            crash = self.crashes[self.died]
            # So many steps after its moment: any two steps of the controller may have it between them.
            self.last_steps += 1
            if self._within_save(crash) if crash.amount < 0 else self.last_steps > crash.amount:
                raise Killed

    def _within_save(self, crash: Fault) -> bool:
        """Has the next save come? It is then wound back to where the power failed."""
        self.saves = self.disk.saves if self.saves is None else self.saves
        return self.disk.saves > self.saves or self.utc(None) > crash.begins + NO_SAVE_SECONDS

    def _stage(self, crash: Fault) -> Stage:
        aimed = crash.amount < 0 and self.saves is not None and self.disk.saves > self.saves
        return Stage(int(-crash.amount) % Stage.SAVED) if aimed else Stage.SAVED

    def look(self) -> None:
        """Before time moves."""
        self.witness.look()
        self.seen(self.utc(None))

    def live(self) -> str:
        """One life of the controller."""
        self.held = Held.now()
        return self.loop.run_until_complete(self._life())

    def die(self) -> None:
        """Nothing of it goes on but the hardware, and that for as long as it takes to start again."""
        crash = self.crashes[self.died]
        _never_collect((self.loop, asyncio.all_tasks(self.loop)))
        if self.scenario.fast:  # of frames with pixels the real disk takes care
            self.disk.cut(self.died + 1, self._stage(crash))
        self.died, self.last_steps, self.saves = self.died + 1, 0, None
        self.steps += self.loop.steps
        self.witness.crashed(self.died)
        self.sky = self.sky.survivor(self.utc)
        self.loop = VirtualLoop(self.loop.now + max(1.0, crash.seconds), self.step, self.look)
        self.witness.reborn(self.sky)

    def give_up(self) -> None:
        """It did not begin, or stands still for ever."""
        if left := asyncio.all_tasks(self.loop):
            _never_collect((self.loop, left))
        else:
            self.loop.close()

    async def _life(self) -> str:
        scenario, folder = self.scenario, self.scenario.folder
        async with AsyncExitStack() as stack:
            journal = await troubled_journal(folder / JOURNAL, scenario.faults, self.utc)
            stack.push_async_callback(journal.close)
            if self.died and await is_complete(journal, scenario.plan):
                return "complete"  # it died at its very end: nobody presses Start again
            given = self._given()
            targets = checked(scenario.profile, scenario.plan, folder, given.observer)
            await check_space(journal, scenario.plan, folder, self._free_bytes)
            await check_tonight(scenario.profile, journal, scenario.plan, targets, given.observer)
            box = await stack.enter_async_context(
                assembled(scenario.profile, scenario.plan, targets, folder, journal, given)
            )
            api = await stack.enter_async_context(served(box))
            await stack.enter_async_context(beside(phone(api, scenario.faults, self.utc)))
            return await self._until_over(box)

    async def _until_over(self, box: Box) -> str:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                box.start()
                return await box.ended() or "stopped"
        except TimeoutError:
            return "endless"
        except Exception:  # noqa: BLE001 - the box has said what and why, and the witness has heard it
            return "failed"

    def _given(self) -> Given:
        """The world as the controller meets it."""
        scenario = self.scenario
        # Whoever starts asks the machine's clock once; what that clock does later is no matter.
        jump = scenario.faults.begun(FaultKind.CLOCK_JUMP, self.utc(None))
        opener = FaultyOpener(SimulatorOpener(self.sky), scenario.faults, self.utc, feeds(scenario.profile))
        calculator: Holds = FastCalculator(self.disk.sync) if scenario.fast else LocalCalculator()
        solver: Solver = SketchSolver() if scenario.fast else NearSolver(stars_within)
        return Given(
            observer=Observer(scenario.profile.site.place(), scenario.begins + jump, 0.0),
            clock_known=lambda: not jump,
            opener=watched(cast(Opener, opener), self.witness.breaches),
            calculator=troubled(calculator, scenario.faults, self.utc),
            solvers=lambda _: (troubled_solver(solver, scenario.faults, self.utc),),
            show=self._hear,
            bus=WitnessedBus(self.witness),
            vitals_seconds=VITALS_SECONDS,
            free_bytes=self._free_bytes,
            run=_pretend,
            in_use=self.died > 0,
        )

    def _free_bytes(self, _: Path) -> int:
        """Of the night's own disk, whatever this machine's is."""
        full = self.scenario.faults.active(FaultKind.DISK_FULL, self.utc(None))
        return 0 if full else ROOM_BYTES

    def _hear(self, said: Said, _: str) -> None:
        self.heard.append(Heard(self.utc(None), said))

    def over(self, outcome: str) -> Played:
        """The last look, on the loop whose time it is; then the loop is closed."""
        self.witness.leaks(self.loop, self.held)
        roof_open = self.loop.run_until_complete(self._last_look(outcome))
        self.loop.close()
        breaches = tuple(self.witness.breaches.found.values())
        return Played(
            self.scenario, outcome, self.utc(None), self.died, self.steps + self.loop.steps, self.sky,
            tuple(self.heard), breaches, roof_open,
        )  # fmt: skip

    async def _last_look(self, outcome: str) -> bool:
        self.witness.end(outcome)
        return self.scenario.profile.roof is not None and not self.sky.roof.closed


def feeds(profile: Profile) -> dict[str, frozenset[str]]:
    """Which kinds of device, as faults name them, each output of the profile feeds."""
    fed: dict[str, frozenset[str]] = {}
    for kind in DEVICES:
        found: object = getattr(profile, SECTIONS.get(kind, kind.replace(" ", "_")))
        for section in found if isinstance(found, tuple) else (found,):
            if section is not None and section.power_output:
                fed[section.power_output] = fed.get(section.power_output, frozenset()) | {kind}
    return fed


async def _pretend(*_: object) -> Finished:
    """A rehearsal starts none of the profile's programs: each of them would have succeeded at once."""
    return Finished(0, "not run: this is a rehearsal")


def _never_collect(left: object) -> None:
    """What a killed controller left half-way must not go on: collected, its `finally` would run."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(left))
