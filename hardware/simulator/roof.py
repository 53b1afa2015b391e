"""The simulated roof: it takes its time, and stopped half-way it is neither open nor closed."""

from hardware.devices import RoofState, Slaving
from hardware.errors import DeviceRefused
from hardware.simulator.shutter import Shutter
from hardware.simulator.sky import Sky


class SimulatedRoof:
    """A roll-off roof with two limit switches and one motor."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._follows = sky.world.roof.dome
        self.slaving: Slaving | None = self if sky.world.roof.dome else None

    async def follows(self) -> bool:
        return self._follows

    async def follow(self, on: bool) -> None:
        self._follows = on

    async def state(self) -> RoofState:
        roof = self._sky.roof
        if roof.moving:
            return RoofState.MOVING
        return RoofState.OPEN if roof.open else RoofState.CLOSED if roof.closed else RoofState.UNKNOWN

    async def open(self) -> None:
        """DeviceRefused while it is closing, `close` while it is opening: its motor must stand first."""
        await self._go(Shutter.OPEN)

    async def close(self) -> None:
        await self._go(Shutter.CLOSED)

    async def stop(self) -> None:
        """Half-way is neither open nor closed."""
        if self._sky.roof.moving:
            self._sky.roof.halt()

    async def _go(self, goal: float) -> None:
        roof = self._sky.roof
        if roof.moving_to not in {None, goal}:
            raise DeviceRefused(
                self.name, "it moves the other way", advice="Stop it, or wait until it stands, and try again."
            )
        await roof.go_to(self.name, goal, self._sky.world.roof.seconds)
