"""Parts of simulated devices, at the end of their device's line."""

from hardware.devices import AxisMotion, Cooler, Direction, GuidePort, PierSide, SideSetter, Slaving
from hardware.simulator.line import Line


class FaultyCooler:
    """The cooler of a camera, at the end of the camera's line."""

    def __init__(self, cooler: Cooler, line: Line) -> None:
        self._cooler, self._line = cooler, line

    async def celsius(self) -> float:
        return await self._line.ask(self._cooler.celsius)

    async def power_percent(self) -> float | None:
        return await self._line.ask(self._cooler.power_percent)

    async def aim(self, celsius: float) -> None:
        await self._line.tell(lambda: self._cooler.aim(celsius))

    async def off(self) -> None:
        await self._line.tell(self._cooler.off)


class FaultySideSetter:
    """What turns the mount to a side of the pier, on the mount's line."""

    def __init__(self, setter: SideSetter, line: Line) -> None:
        self._setter, self._line = setter, line

    async def turn_to(self, side: PierSide) -> None:
        await self._line.tell(lambda: self._setter.turn_to(side))


class FaultyGuidePort:
    """Guide pulses on the mount's line."""

    def __init__(self, port: GuidePort, line: Line) -> None:
        self._port, self._line = port, line

    async def pulse(self, direction: Direction, seconds: float) -> None:
        await self._line.tell(lambda: self._port.pulse(direction, seconds))


class FaultyMotion:
    """The mount's axes by hand, on the mount's line."""

    def __init__(self, motion: AxisMotion, line: Line) -> None:
        self._motion, self._line = motion, line

    @property
    def rates(self) -> tuple[str, ...]:
        return self._motion.rates

    async def move(self, direction: Direction, rate: int) -> None:
        await self._line.tell(lambda: self._motion.move(direction, rate))


class FaultySlaving:
    """A dome's following, on the dome's line."""

    def __init__(self, slaving: Slaving, line: Line) -> None:
        self._slaving, self._line = slaving, line

    async def follows(self) -> bool:
        return await self._line.ask(self._slaving.follows)

    async def follow(self, on: bool) -> None:
        await self._line.tell(lambda: self._slaving.follow(on))
