"""A whole small night in virtual time: the built-in simulator, a real journal, and troubles on demand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from appliance.asking import Questions
from appliance.bus import Message, Said
from appliance.focus.triggers import FocusWish
from appliance.guide.letting_go import letting_go
from appliance.imaging.calculator import Held, LocalCalculator
from appliance.imaging.stars import StarField
from appliance.journal import Journal, Run, Sub, SubState
from appliance.observer import Observer
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rig import Opener, Rig, output_place
from appliance.safety.performing import Performer, Switch
from appliance.sequence.checks import resolve
from appliance.sequence.desk import Desk
from appliance.sequence.night import Gate, Night
from appliance.sequence.resume import plan_key, unfinished
from appliance.sequence.runner import run_plan
from appliance.sequence.settings import horizon_of
from appliance.solve.near import NearSolver
from appliance.solve.process import RunScript, run_program
from appliance.solve.solution import Hint, Solution, Solver
from hardware.devices import Camera, DeviceSpec, Exposure, Frame, Mount, MountStatus, Sensor, Site
from hardware.errors import DeviceError, DeviceLost, DeviceMissing
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from hardware.stars.catalogue import stars_within

SITE = Site(48.1, 11.6, 520.0)
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC: the Milky Way overhead, astronomical night
SUB_SECONDS = 20.0  # tells subs from looks

PROFILE: dict[str, Any] = {
    "name": "test rig",
    "site": {"latitude_deg": SITE.latitude_deg, "longitude_deg": SITE.longitude_deg, "elevation_m": 520.0},
    "telescope": {"focal_length_mm": 200.0, "aperture_mm": 50.0},
    "camera": {
        "driver": "simulator", "name": "Camera", "celsius": -10.0, "gain": 120,
        "setup": {
            "width": 640, "height": 512, "focal_length_mm": 200.0, "aperture_mm": 50.0, "faint_stars": False,
        },
    },
    "mount": {"driver": "simulator", "name": "Mount"},
    "focuser": {"driver": "simulator", "name": "Focuser"},
    "filter_wheel": {"driver": "simulator", "name": "Wheel", "setup": {"filters": "L,R,G"}},
    "focus": {"step": 120, "overshoot": 200, "seconds": 8.0, "points": 7},
    "cooling": {"degrees_per_minute": 60.0, "stable_seconds": 4.0},
    "centring": {"seconds": 10.0, "tolerance_arcsec": 20.0},
    "dither": {"settle_seconds": 1.0},
}  # fmt: skip


def plan(*steps: tuple[str, int], name: str = "M33", **changes: Any) -> Plan:
    """A plan of one target that begins in focus; steps are (filter, count)."""
    few = [{"filter": name, "seconds": SUB_SECONDS, "count": count} for name, count in steps]
    values = {"name": "plan", "target": [{"name": name, "step": few}]}
    quick = {
        "focus_at_start": False, "focus_on_resume": False, "focus_on_filter_change": False, "cool": False,
    }  # fmt: skip
    return Plan.model_validate({**values, **quick, **changes})


@dataclass
class Troubles:
    """What goes wrong, and what happened: `spoil` may raise in the middle of a sub, given its order."""

    spoil: Callable[[int], None] = lambda _: None
    look: Callable[[int], None] = lambda _: None
    reopens: bool = True
    subs: int = 0
    looks: int = 0
    begun: list[Exposure] = field(default_factory=list)
    opened: int = 0


class TroubledCamera:
    """The simulator's camera with the troubles of the test; lost for good once it raised DeviceLost."""

    def __init__(self, camera: Camera, troubles: Troubles) -> None:
        self._camera, self._troubles = camera, troubles
        self.name, self.cooler, self.lost = camera.name, camera.cooler, False

    @property
    def sensor(self) -> Sensor:
        return self._camera.sensor

    async def expose(self, exposure: Exposure) -> Frame:
        if self.lost:
            raise DeviceLost(self.name, "it is lost")
        troubles = self._troubles
        troubles.begun.append(exposure)
        frame = await self._camera.expose(exposure)
        try:
            if exposure.seconds == SUB_SECONDS:
                troubles.subs += 1
                troubles.spoil(troubles.subs)
            else:
                troubles.looks += 1
                troubles.look(troubles.looks)
        except DeviceLost:
            self.lost = True
            raise
        return frame


class TestSensor:
    """The switch under the parked telescope; `stuck` False or True: it always says so."""

    __test__ = False
    name, lost = "Park sensor", False

    def __init__(self, mount: Mount, stuck: bool | None = None) -> None:
        self._mount, self.stuck = mount, stuck

    async def parked(self) -> bool:
        return (await self._mount.status()).parked if self.stuck is None else self.stuck


class StuckMount:
    """A mount that fails to park."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mount, name)

    async def park(self) -> None:
        raise DeviceError("Mount", "the motor stalled")


@dataclass
class TroubledOpener:
    """The simulator's opener; the camera, and where asked the mount, are wrapped."""

    simulator: SimulatorOpener
    troubles: Troubles
    wrap: Callable[[Mount], object] = lambda mount: mount
    sensor: bool | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.simulator, name)

    async def camera(self, spec: DeviceSpec) -> Camera:
        self.troubles.opened += 1
        if self.troubles.opened > 1 and not self.troubles.reopens:
            raise DeviceLost(spec.name, "it does not answer")
        return TroubledCamera(await self.simulator.camera(spec), self.troubles)

    async def mount(self, spec: DeviceSpec) -> Mount:
        return cast(Mount, self.wrap(await self.simulator.mount(spec)))

    async def park_sensor(self, spec: DeviceSpec) -> TestSensor:
        return TestSensor(await self.simulator.mount(DeviceSpec("simulator", "Mount")), self.sensor)

    async def none(self, spec: DeviceSpec) -> None:
        """No test has one."""
        raise DeviceMissing(spec.name, "there is none")

    power_monitor = none


def switching(rig: Rig) -> Switch:
    """Outputs that nobody tends."""

    async def switch(name: str, level: float, _: float) -> None:
        await rig.bring(output_place(name))
        await rig.output(name).set_level(level)

    return switch


class Blind:
    """A solver that solves only so many fields."""

    name = "blind"

    def __init__(self, solves: int) -> None:
        self.solves, self.real = solves, NearSolver(stars_within)

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        if hint.centre is not None:
            self.solves -= 1
        if self.solves < 0:
            return await self.real.solve(stars, Hint(None))  # which it cannot: SolveFailed
        return await self.real.solve(stars, hint, image)


class SlowCalculator(LocalCalculator):
    """Holding a frame takes some virtual seconds before anything is done with it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @asynccontextmanager
    async def hold(self, pixels: Any) -> AsyncIterator[Held]:
        await asyncio.sleep(self._seconds)
        async with super().hold(pixels) as held:
            yield held


@dataclass
class Box:
    """What a composition root would have wired, and what was said."""

    folder: Path
    journal: Journal
    rig: Rig
    observer: Observer
    gate: Gate
    troubles: Troubles
    profile: Profile
    solvers: tuple[Solver, ...]
    said: list[Message]
    calculator: Any = field(default_factory=LocalCalculator)
    wish: FocusWish = field(default_factory=FocusWish)
    run_program: RunScript = run_program
    jobs: "list[asyncio.Task[str]]" = field(default_factory=list)
    sky: Sky = field(kw_only=True)

    def __post_init__(self) -> None:
        self.questions = Questions(self.said.append, self.observer.unix)
        self.desk = Desk(self.observer.unix)

    @property
    def performer(self) -> Performer:
        rig, publish, switch = self.rig, self.said.append, switching(self.rig)
        return Performer(self.profile, rig, publish, self.questions, switch, run_program, self.folder)

    @property
    def images(self) -> Path:
        return self.folder / "images"

    async def night(self, work: Plan) -> Night:
        """A run of the plan, the unfinished one if there is one, as the box makes it."""
        old = await unfinished(self.journal, work)
        run = old.id if old else await self.journal.add(
            Run(plan=work.name, plan_key=plan_key(work), started=self.observer.unix())
        )  # fmt: skip
        return Night(
            profile=self.profile, plan=work, targets=resolve(work), rig=self.rig, journal=self.journal,
            run=run, observer=self.observer, calculator=self.calculator, solvers=self.solvers,
            images=self.images, preview=self.folder / "preview.jpg", publish=self.said.append, gate=self.gate,
            actions=self.performer, focus_wish=self.wish, questions=self.questions, desk=self.desk,
            horizon=horizon_of(self.profile), run_program=self.run_program,
        )  # fmt: skip

    async def run(self, work: Plan) -> str:
        return await run_plan(await self.night(work))

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait, looking twice a virtual second."""
        while not happened():  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.5)

    async def start(self, work: Plan) -> "asyncio.Task[str]":
        self.jobs.append(asyncio.create_task(run_plan(await self.night(work))))
        return self.jobs[-1]

    async def mount(self) -> MountStatus:
        return await self.rig.mount.status()

    async def subs(self, *states: SubState) -> list[Sub]:
        every = await self.journal.read(Sub)
        return [sub for sub in every if not states or sub.state in states]

    async def saved(self) -> list[tuple[str, int]]:
        """(filter, number) of what is saved, after a look that each one has its file."""
        subs = await self.subs(SubState.SAVED)
        assert sorted(sub.file or "" for sub in subs) == self.files()
        return sorted((sub.filter, sub.number) for sub in subs)

    def files(self) -> list[str]:
        found = [path for path in self.images.rglob("*") if path.is_file()]
        return sorted(path.relative_to(self.images).as_posix() for path in found)

    def lines(self, level: str = "") -> list[Said]:
        said = [message for message in self.said if isinstance(message, Said)]
        return [line for line in said if not level or line.level == level]

    def codes(self, level: str = "") -> list[str]:
        return [line.code for line in self.lines(level) if line.code]


@asynccontextmanager
async def box_in(
    folder: Path,
    troubles: Troubles | None = None,
    *,
    mount: Callable[[Mount], object] = lambda mount: mount,
    sensor: bool | None = None,
    at: float = EVENING,
    world: dict[str, Any] | None = None,
    **sections: dict[str, Any],
) -> AsyncIterator[Box]:
    """An open rig over a fresh or earlier journal in `folder`, at a moment (UTC seconds).

    `mount` wraps the simulator's; `sensor` is what a stuck park sensor says; `sections` change the profile,
    `world` the simulated world.
    """
    troubles = troubles or Troubles()
    values = {name: {**PROFILE.get(name, {}), **changes} for name, changes in sections.items()}
    profile = Profile.model_validate({**PROFILE, **values})
    observer = Observer(SITE, epoch_unix=at)
    sky = Sky(World(site=SITE, **(world or {})), observer.unix)
    opener = TroubledOpener(SimulatorOpener(sky), troubles, mount, sensor)
    said: list[Message] = []
    plain = cast(Opener, opener)
    rig = Rig(profile, letting_go(plain, said.append) if profile.guider else plain, said.append)
    journal = await Journal.open(folder / "journal.sqlite")
    try:
        await rig.open()
        solvers: tuple[Solver, ...] = (NearSolver(stars_within),)
        box = Box(folder, journal, rig, observer, Gate(), troubles, profile, solvers, said, sky=sky)
        try:
            yield box
        finally:
            for job in box.jobs:
                job.cancel()
            await asyncio.gather(*box.jobs, return_exceptions=True)
    finally:
        await journal.close()
