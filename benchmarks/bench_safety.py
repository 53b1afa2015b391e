"""From a rain sensor's edge to the first command that protects the telescope, under full load.

`python -m benchmarks.bench_safety`. The whole box is wired as at night, on the built-in simulator's rig: a
sub is being exposed, the mount is not parked, the roof is open. The rain sensor is the real one of the
header on a mock pin of gpiozero's: its edge comes on a thread of its own, and goes by gpiozero's callback,
our debouncing and the safety watch. Meanwhile frames of 26 megapixels are held,
measured, solved, written as FITS and previewed without a pause, two at a time, by the calculator process and
the solver; journal, log and vitals do their work.

Told is the time from the moment the thread was to wake up until the exposure is aborted, and until the
mount is told to park. What a sub does on its way out (its place in the journal) comes between the two. The
lag of an empty loop in a process of its own, beside it, is what the machine adds.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPin
from numpy.typing import NDArray

from appliance.box.assembly import World, assembled, checked, opened_journal
from appliance.box.box import Box
from appliance.bus import Bus
from appliance.imaging.calculator import Calculator
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from appliance.observer import Observer
from appliance.plan import Plan, Step, Target
from appliance.profile import Profile
from appliance.rig import Opener
from appliance.sequence.beside import beside
from appliance.sequence.subs import Wanted, expose_sub
from appliance.solve.engine import EngineSolver
from appliance.solve.near import NearSolver
from appliance.solve.solution import Hint, Solver
from benchmarks.bench_solve import PLACES, draw
from benchmarks.lag import control
from hardware.devices import Camera, DeviceSpec, Exposure, Frame, FrameKind, Mount, SafetyMonitor, Site
from hardware.gpio.opener import GpioOpener
from hardware.simulator.opener import SimulatorOpener
from hardware.stars.catalogue import stars_within

EDGES = 100
GOAL_MS = 100.0
PIN = 5
APART_SECONDS = 0.7  # and a bit, so that no edge falls on the same beat as another
SITE = Site(48.1, 11.6, 520.0)
FACTS = SubFacts(kind=FrameKind.LIGHT, seconds=60, started=datetime(2026, 1, 31, tzinfo=UTC))
PLACE = "Andromeda"
WIDTH, HEIGHT, SCALE = 6248, 4176, 1.0


def device(name: str, **setup: float | str | bool) -> dict[str, Any]:
    """A simulated one."""
    return {"driver": "simulator", "name": name, "setup": setup}


PROFILE = Profile.model_validate({
    "name": "bench",
    "site": {"latitude_deg": SITE.latitude_deg, "longitude_deg": SITE.longitude_deg},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": device("Camera"),
    "mount": device("Mount", settle_seconds=0.0),
    "roof": device("Roof", start="open", seconds=0.05),
    "park_sensor": device("Switch"),
    "safety_monitor": device("Rain"),
    "weather": device("Weather"),
    "power": device("Power"),
    "safety": {"clear_minutes": 0.0},
})  # fmt: skip
PLAN = Plan(
    name="Benchmark", night="any", target=(Target(name="M31", step=(Step(seconds=600.0, count=999),)),)
)


@dataclass(slots=True)
class Moments:
    """Seconds from each edge to what followed; `edge` is the newest one's moment (monotonic)."""

    edge: float = 0.0
    aborted: list[float] = field(default_factory=list)
    parked: list[float] = field(default_factory=list)
    exposing: asyncio.Event = field(default_factory=asyncio.Event)
    parking: asyncio.Event = field(default_factory=asyncio.Event)


class Contact(MockPin):  # type: ignore[misc]
    """A pin with a contact to ground, stronger than its pull, that is closed while it is dry."""

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        self.drive_low()


class Rain:
    """A sensor on a mock pin."""

    def __init__(self) -> None:
        self.factory = MockFactory(pin_class=Contact)
        self._pin = self.factory.pin(PIN)

    def tell(self, wet: bool) -> None:
        """On whatever thread: as the kernel reports an edge."""
        if wet:
            self._pin.drive_high()
        else:
            self._pin.drive_low()


class TimedCamera:
    """Notes when its exposure is aborted."""

    def __init__(self, camera: Camera, moments: Moments) -> None:
        self._camera, self._moments = camera, moments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._camera, name)

    async def expose(self, exposure: Exposure) -> Frame:
        self._moments.exposing.set()
        try:
            return await self._camera.expose(exposure)
        except asyncio.CancelledError:
            self._moments.aborted.append(time.monotonic() - self._moments.edge)
            raise


class TimedMount:
    """Notes when it is told to park."""

    def __init__(self, mount: Mount, moments: Moments) -> None:
        self._mount, self._moments = mount, moments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mount, name)

    async def park(self) -> None:
        self._moments.parked.append(time.monotonic() - self._moments.edge)
        self._moments.parking.set()
        await self._mount.park()


class TimedOpener:
    """The simulator's opener, its devices timed."""

    def __init__(self, opener: SimulatorOpener, header: GpioOpener, moments: Moments) -> None:
        self._opener, self._header, self._moments = opener, header, moments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opener, name)

    async def camera(self, spec: DeviceSpec) -> Camera:
        return cast(Camera, TimedCamera(await self._opener.camera(spec), self._moments))

    async def mount(self, spec: DeviceSpec) -> Mount:
        return cast(Mount, TimedMount(await self._opener.mount(spec), self._moments))

    async def safety_monitor(self, _: DeviceSpec) -> SafetyMonitor:
        return await self._header.safety_monitor(DeviceSpec("gpio", "Rain", {"pin": PIN}))


async def one_long_sub(box: Box) -> str:
    """The night's work from where it matters: the roof open, the telescope out, a sub under way."""
    await box.rig.open()
    roof = box.rig.roof
    assert roof is not None
    await roof.open()
    await box.rig.mount.unpark()
    run = await box._run()  # noqa: SLF001
    step = box.plan.sky[0].step[0]
    await expose_sub(box._night(run), Wanted(box.targets[0], step, "bench", 1))  # noqa: SLF001
    return "complete"


async def load(calculator: Calculator, pixels: NDArray[np.uint16], folder: Path, name: str) -> None:
    """A frame after the other, for ever."""
    engine = EngineSolver()
    solver: Solver = NearSolver(stars_within) if engine.missing() else engine
    hint, number = Hint(PLACES[PLACE], 3.0, SCALE), 0
    while True:
        async with calculator.hold(pixels) as held:
            stars = await held.stars(StarSettings())
            path = folder / f"{name}{number}.fits"
            await asyncio.gather(solver.solve(stars, hint), held.save(path, FACTS))
            await held.preview(folder / f"{name}.jpg", 1280)
            path.unlink()
        number += 1


def drip(rain: Rain, moments: Moments, at: float) -> None:
    """The thread: an edge at a moment, as the kernel would report it."""
    time.sleep(max(0.0, at - time.monotonic()))
    moments.edge = at
    rain.tell(True)


async def edges(rain: Rain, moments: Moments) -> None:
    """Rain, all that follows, dry again, and by itself the next sub."""
    for number in range(EDGES):
        await moments.exposing.wait()
        moments.exposing.clear()
        moments.parking.clear()
        at = time.monotonic() + APART_SECONDS + 0.013 * (number % 17)
        thread = threading.Thread(target=drip, args=(rain, moments, at))
        thread.start()
        await moments.parking.wait()
        thread.join()
        rain.tell(False)


def told(name: str, seconds: list[float]) -> None:
    """One row."""
    worst = 1e3 * max(seconds)
    print(f"{name:24}{1e3 * median(seconds):10.1f}{worst:10.1f}{len(seconds):8d}")


async def measured(row: str, folder: Path, work: Callable[[Calculator], list[Any]]) -> Moments:
    """All edges, beside some work."""
    moments, rain = Moments(), Rain()
    async with AsyncExitStack() as stack:
        calculator = await stack.enter_async_context(Calculator.start())
        journal = await opened_journal(folder, stack)
        observer = Observer(SITE)
        targets = checked(PROFILE, PLAN, folder, observer)
        header = await stack.enter_async_context(GpioOpener(rain.factory).running())
        opener = TimedOpener(SimulatorOpener.demo(observer.unix, SITE), header, moments)
        world = World(
            observer=observer, opener=cast(Opener, opener), calculator=calculator,
            solvers=lambda _: (NearSolver(stars_within),), show=lambda *_: None, bus=Bus(),
        )  # fmt: skip
        box = await stack.enter_async_context(assembled(PROFILE, PLAN, targets, folder, journal, world))
        for chore in work(calculator):
            await stack.enter_async_context(beside(chore))
        while not box.watch.may_run:  # noqa: ASYNC110 - the state has no event
            await asyncio.sleep(0.05)
        box.start()
        await edges(rain, moments)
    told(f"{row}, abort", moments.aborted)
    told(f"{row}, park", moments.parked)
    return moments


async def main() -> None:
    """Idle, and under full load."""
    Box.sequence = one_long_sub  # type: ignore[method-assign, assignment]
    pixels = draw(PLACES[PLACE], WIDTH, HEIGHT, SCALE)
    print(f"from the edge of a rain sensor to the first protective commands, ms ({EDGES} edges)")
    print(f"{'':24}{'median':>10}{'worst':>10}{'edges':>8}")
    with tempfile.TemporaryDirectory() as name:
        quiet, busy = Path(name) / "quiet", Path(name) / "busy"
        quiet.mkdir()
        busy.mkdir()
        await measured("idle", quiet, lambda _: [])
        frames = partial(load, pixels=pixels, folder=busy)
        with control() as empty:
            began = time.monotonic()
            loaded = await measured("full load", busy, lambda it: [frames(it, name=one) for one in "ab"])
            ended = time.monotonic()
        worst, usual, _ = empty.between(began, ended)
        print(f"empty loop beside it: worst lag {worst:.1f} ms, 99.9 % {usual:.1f} ms")
    first = 1e3 * max(loaded.aborted)
    print(f"goal: the first command within {GOAL_MS:g} ms under full load; worst {first:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
