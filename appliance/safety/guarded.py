"""Mount, roof and cover, wrapped so that every way in asks the interlock first."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from appliance.errors import DeviceError, DeviceLost
from appliance.rig import Opener
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.interlock import Command
from hardware.devices import (
    J2000,
    AxisMotion,
    Cover,
    CoverState,
    DeviceSpec,
    Direction,
    Mount,
    ParkSensor,
    PierSide,
    PowerMonitor,
    Roof,
    RoofState,
    SideSetter,
    Slaving,
)
from hardware.passing import PassingMount


class GuardedMount(PassingMount):
    """Satisfies Mount; guide pulses are passed on: there are none while it is parked."""

    def __init__(self, mount: Mount, gate: Gatekeeper) -> None:
        super().__init__(mount)
        self._gate = gate

    @property
    def side_setter(self) -> "GuardedSideSetter | None":
        setter = self._mount.side_setter
        return None if setter is None else GuardedSideSetter(self.name, setter, self._gate)

    @property
    def motion(self) -> "GuardedMotion | None":
        motion = self._mount.motion
        return None if motion is None else GuardedMotion(self.name, motion, self._gate)

    async def slew(self, target: J2000) -> None:
        async with self._gate.allowing(self.name, Command.SLEW):
            await self._mount.slew(target)

    async def track(self, on: bool) -> None:
        async with self._gate.allowing(self.name, Command.TRACK if on else Command.STOP_TRACKING):
            await self._mount.track(on)

    async def park(self) -> None:
        async with self._gate.allowing(self.name, Command.PARK):
            await self._mount.park()

    async def unpark(self) -> None:
        async with self._gate.allowing(self.name, Command.UNPARK):
            await self._mount.unpark()


class GuardedSideSetter:
    """Satisfies SideSetter: to turn to another side of the pier is a slew."""

    def __init__(self, name: str, setter: SideSetter, gate: Gatekeeper) -> None:
        self._name, self._setter, self._gate = name, setter, gate

    async def turn_to(self, side: PierSide) -> None:
        async with self._gate.allowing(self._name, Command.SLEW):
            await self._setter.turn_to(side)


class GuardedMotion:
    """Satisfies AxisMotion: to turn an axis by hand is a slew."""

    def __init__(self, name: str, motion: AxisMotion, gate: Gatekeeper) -> None:
        self._name, self._motion, self._gate = name, motion, gate

    @property
    def rates(self) -> tuple[str, ...]:
        return self._motion.rates

    async def move(self, direction: Direction, rate: int) -> None:
        async with self._gate.allowing(self._name, Command.SLEW):
            await self._motion.move(direction, rate)


class GuardedRoof:
    """Satisfies Roof. One that is where it should go is not moved, so nothing can speak against it."""

    def __init__(self, roof: Roof, gate: Gatekeeper) -> None:
        self._roof, self._gate = roof, gate

    @property
    def name(self) -> str:
        return self._roof.name

    @property
    def lost(self) -> bool:
        return self._roof.lost

    @property
    def slaving(self) -> Slaving | None:
        return self._roof.slaving

    async def state(self) -> RoofState:
        return await self._roof.state()

    async def open(self) -> None:
        await self._move(Command.OPEN_ROOF, RoofState.OPEN, self._roof.open)

    async def close(self) -> None:
        await self._move(Command.CLOSE_ROOF, RoofState.CLOSED, self._roof.close)
        self._gate.ask_daylight(False)

    async def stop(self) -> None:
        await self._gate.halt_roof()

    async def _move(
        self, command: Command, goal: RoofState, movement: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        if not await self._is(goal):
            async with self._gate.allowing(self.name, command):
                await self._gate.watched(self.name, movement())

    async def _is(self, goal: RoofState) -> bool:
        """One that contradicts itself is judged by the interlock, which says what may be done then."""
        try:
            return await self._roof.state() is goal
        except DeviceLost:
            raise
        except DeviceError:
            return False


class GuardedCover:
    """Satisfies Cover. It closes for everybody, and opens to the sky only where that is allowed."""

    def __init__(self, cover: Cover, gate: Gatekeeper) -> None:
        self._cover, self._gate = cover, gate

    @property
    def name(self) -> str:
        return self._cover.name

    @property
    def lost(self) -> bool:
        return self._cover.lost

    async def state(self) -> CoverState:
        return await self._cover.state()

    async def open(self) -> None:
        if await self.state() is not CoverState.OPEN:
            async with self._gate.allowing(self.name, Command.OPEN_COVER):
                await self._cover.open()

    async def close(self) -> None:
        async with self._gate.allowing(self.name, Command.CLOSE_COVER):
            await self._cover.close()


class GuardedOpener:
    """An Opener whose mount, roof and cover ask the gatekeeper; everything else is passed on unchanged."""

    def __init__(self, opener: Opener, gate: Gatekeeper) -> None:
        self._opener, self._gate = opener, gate

    def __getattr__(self, kind: str) -> Any:
        return getattr(self._opener, kind)

    async def mount(self, spec: DeviceSpec) -> Mount:
        mount = self._gate.mount = await self._opener.mount(spec)
        return GuardedMount(mount, self._gate)

    async def roof(self, spec: DeviceSpec) -> Roof:
        roof = self._gate.roof = await self._opener.roof(spec)
        return GuardedRoof(roof, self._gate)

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        self._gate.park_sensor = await self._opener.park_sensor(spec)
        return self._gate.park_sensor

    async def cover(self, spec: DeviceSpec) -> Cover:
        return GuardedCover(await self._opener.cover(spec), self._gate)

    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor:
        self._gate.power_monitor = await self._opener.power_monitor(spec)
        return self._gate.power_monitor


def guarded(opener: Opener, gate: Gatekeeper) -> Opener:
    """The same devices; no way in passes by the interlock."""
    return cast(Opener, GuardedOpener(opener, gate))
