"""A whole box with a roof in virtual time: its weather, its troubles and its crashes are the test's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from appliance.box.assembly import World, assembled, checked, opened_journal
from appliance.box.box import Box
from appliance.bus import Alarm, Bus, Said
from appliance.imaging.calculator import LocalCalculator
from appliance.observer import Observer
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rig import Opener
from appliance.solve.near import NearSolver
from hardware.asked import Asked
from hardware.devices import (
    J2000,
    Camera,
    Conditions,
    DeviceSpec,
    Mount,
    ObservingConditions,
    ParkSensor,
    RoofState,
)
from hardware.errors import DeviceError, DeviceLost, DeviceMissing
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World as Rig
from hardware.stars.catalogue import stars_within
from hardware.virtual_time import VirtualLoop
from tests.appliance.sequence.night_rig import EVENING, PROFILE, SITE

UP = J2000(40.0, 60.0)
WITHIN, CLEAR_MINUTES = 120.0, 5.0
WITH_ROOF: dict[str, Any] = {
    **PROFILE,
    "roof": {"driver": "simulator", "name": "Roof"},
    "park_sensor": {"driver": "simulator", "name": "Switch"},
    "weather": {"driver": "simulator", "name": "Weather"},
    "safety": {"roof_within_seconds": WITHIN, "clear_minutes": CLEAR_MINUTES},
}


@dataclass
class Troubles:
    """What is wrong now; everything may be changed at any time."""

    rain: float = 0.0
    cloud_percent: float | None = None
    weather_silent: bool = False
    weather_lost: bool = False
    mount_stuck: bool = False
    mount_silent: bool = False
    mount_gone: bool = False
    switch_fails: bool = False
    camera_lost: bool = False


class Station(Asked):
    """A weather station."""

    def __init__(self, troubles: Troubles) -> None:
        self.name, self.lost, self._troubles = "Weather", False, troubles

    async def conditions(self) -> Conditions:
        self.lost = self.lost or self._troubles.weather_lost
        if self.lost:
            raise DeviceLost(self.name, "it is gone")
        if self._troubles.weather_silent:
            await asyncio.Event().wait()
        return Conditions(rain_mm_h=self._troubles.rain, cloud_percent=self._troubles.cloud_percent)


class LosableCamera:
    """The simulator's camera, whose plug can be pulled."""

    def __init__(self, camera: Camera, troubles: Troubles) -> None:
        if troubles.camera_lost:
            raise DeviceLost("Camera", "nothing answers where it was")
        self._camera, self._troubles, self._gone = camera, troubles, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._camera, name)

    @property
    def lost(self) -> bool:
        self._gone = self._gone or self._troubles.camera_lost
        return self._gone


class TroubledMount:
    """The simulator's mount; it may be stuck, or say nothing."""

    def __init__(self, mount: Mount, troubles: Troubles) -> None:
        self._mount, self._troubles = mount, troubles

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mount, name)

    @property
    def lost(self) -> bool:
        return self._troubles.mount_gone or self._mount.lost

    async def status(self) -> Any:
        if self.lost:
            raise DeviceLost("Mount", "it is gone")
        if self._troubles.mount_silent:
            await asyncio.Event().wait()
        return await self._mount.status()

    async def park(self) -> None:
        if self._troubles.mount_stuck:
            raise DeviceError("Mount", "the motor stalled")
        await self._mount.park()


class TroubledSwitch(Asked):
    """The simulator's park sensor."""

    name, lost = "Switch", False

    def __init__(self, sensor: ParkSensor, troubles: Troubles) -> None:
        self._sensor, self._troubles = sensor, troubles

    async def parked(self) -> bool:
        if self._troubles.switch_fails:
            raise DeviceError(self.name, "its wire is broken")
        return await self._sensor.parked()


class TroubledOpener:
    """The simulator's opener with the troubles of the test."""

    def __init__(self, sky: Sky, troubles: Troubles) -> None:
        self._simulator, self._troubles = SimulatorOpener(sky), troubles

    def __getattr__(self, name: str) -> Any:
        return getattr(self._simulator, name)

    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions:
        if self._troubles.weather_lost:
            raise DeviceLost(spec.name, "it does not come back")
        return Station(self._troubles)

    async def camera(self, spec: DeviceSpec) -> Camera:
        return cast(Camera, LosableCamera(await self._simulator.camera(spec), self._troubles))

    async def mount(self, spec: DeviceSpec) -> Mount:
        if self._troubles.mount_gone:
            raise DeviceMissing("Mount", "nothing answers where it was")
        return cast(Mount, TroubledMount(await self._simulator.mount(spec), self._troubles))

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        return TroubledSwitch(await self._simulator.park_sensor(spec), self._troubles)


class Killed(BaseException):
    """The controller is gone."""


_killed: list[object] = []  # what a killed controller leaves must not be finalised, it never went on


@dataclass
class Site:
    """The hardware outlives the box; `live` is one life of the controller, `crash_at` its end."""

    folder: Path
    profile: Profile
    troubles: Troubles = field(default_factory=Troubles)
    said: list[tuple[float, Said]] = field(default_factory=list)
    alarms: list[tuple[float, Alarm]] = field(default_factory=list)
    crash_at: float = float("inf")
    moved_unparked: list[float] = field(default_factory=list)
    begins: float = EVENING
    free_bytes: int = 10**12
    in_use: bool = False
    abandoned: bool = False

    def __post_init__(self) -> None:
        self.loop = VirtualLoop(on_step=self._step)
        with _current(self.loop):
            self.sky = Sky(Rig(site=SITE), self.utc)

    def utc(self, moment: float | None) -> float:
        return self.begins + (self.loop.now if moment is None else moment)

    def _step(self) -> None:
        """Holds the promise before every turn of the loop: the roof moves over a parked telescope only."""
        with _current(self.loop):
            if self.sky.roof.moving and not self.sky.at_park:
                self.moved_unparked.append(self.loop.now)
        if self.loop.now >= self.crash_at:
            raise Killed

    def live(self, plan: Plan, story: Callable[["Site", Box], Coroutine[Any, Any, None]]) -> None:
        """One life of the controller, on the very same hardware as the one before."""
        try:
            self.loop.run_until_complete(self._life(plan, story))
        except Killed:
            _killed.extend([self.loop, asyncio.all_tasks(self.loop)])
            self.crash_at = float("inf")
            old = self.loop
            with _current(old):
                self.sky = self.sky.survivor(self.utc)
            self.loop = VirtualLoop(old.now + 5.0, self._step)
            old.close()
        assert not self.moved_unparked

    def close(self) -> None:
        """The end of the world."""
        assert not asyncio.all_tasks(self.loop)
        self.loop.close()

    async def _life(self, plan: Plan, story: Callable[["Site", Box], Coroutine[Any, Any, None]]) -> None:
        async with self.box(plan) as box:
            await story(self, box)

    @asynccontextmanager
    async def box(self, plan: Plan) -> AsyncIterator[Box]:
        async with AsyncExitStack() as stack:
            journal = await opened_journal(self.folder, stack)
            targets = checked(self.profile, plan, self.folder, Observer(SITE, self.begins, 0.0))
            world = World(
                observer=Observer(SITE, self.begins, 0.0),
                opener=cast(Opener, TroubledOpener(self.sky, self.troubles)),
                calculator=LocalCalculator(),
                solvers=lambda _: (NearSolver(stars_within),),
                show=lambda said, _: self.said.append((self.loop.now, said)),
                bus=HeardBus(self),
                free_bytes=lambda _: self.free_bytes,
                in_use=self.in_use,
                abandoned=self.abandoned,
            )
            yield await stack.enter_async_context(
                assembled(self.profile, plan, targets, self.folder, journal, world)
            )

    async def until(self, happened: Callable[[], bool], within: float = 3600.0) -> float:
        """Wait, looking twice a virtual second; returns the moment."""
        async with asyncio.timeout(within):
            while not happened():  # noqa: ASYNC110 - what is looked at has no event
                await asyncio.sleep(0.5)
        return self.loop.now

    def heard(self, words: str) -> bool:
        return any(words in said.text for _, said in self.said)

    def codes(self) -> list[str]:
        """Of all that was said but what a person wanted."""
        return [said.code for _, said in self.said if said.code and said.source != "night"]

    @property
    def shut(self) -> bool:
        """Parked in truth, under a closed roof."""
        with _current(self.loop):
            return self.sky.at_park and self.sky.roof.closed


class HeardBus(Bus):
    """The box's notice board; alarms are kept."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site

    def publish(self, message: Any) -> None:
        if isinstance(message, Alarm):
            self._site.alarms.append((self._site.loop.now, message))
        super().publish(message)


@contextmanager
def _current(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """The sky reads the running loop's clock, also from outside of it."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def profile(**changes: Any) -> Profile:
    """The rig with a roof; a section that is None is left out."""
    values = {**WITH_ROOF, **changes}
    return Profile.model_validate({name: value for name, value in values.items() if value is not None})


def stand_in(seconds: float) -> Callable[[Box], Awaitable[str]]:
    """A night's work without pixels: roof, unpark, slew, so many seconds of work in all, park, close."""
    left = [seconds]

    async def work(box: Box) -> str:
        await box.rig.open()
        roof, mount = box.rig.roof, box.rig.mount
        if roof is not None and await roof.state() is not RoofState.OPEN:
            await mount.park()
            await roof.open()
        await mount.unpark()
        await mount.slew(UP)
        while left[0] > 0:
            await asyncio.sleep(10.0)
            left[0] -= 10.0
        await mount.park()
        if roof is not None:
            await roof.close()
        return "complete"

    return work
