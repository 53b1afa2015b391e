"""The simulated roof: it takes its time, and stopped half-way it is neither open nor closed."""

from hardware.devices import RoofState
from hardware.simulator.sky import Sky


class SimulatedRoof:
    """A roll-off roof; 0 is closed, 1 open."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def state(self) -> RoofState:
        if self._sky.roof.moving:
            return RoofState.MOVING
        return {0.0: RoofState.CLOSED, 1.0: RoofState.OPEN}.get(self._sky.roof.now(), RoofState.UNKNOWN)

    async def open(self) -> None:
        await self._sky.roof.go(self.name, 1.0, 1 / self._sky.world.roof.seconds)

    async def close(self) -> None:
        await self._sky.roof.go(self.name, 0.0, 1 / self._sky.world.roof.seconds)
