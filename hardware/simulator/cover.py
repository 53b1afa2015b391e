"""The simulated telescope cover, and the light panel in it."""

from hardware.devices import CoverState
from hardware.errors import DeviceRefused
from hardware.simulator.shutter import Shutter
from hardware.simulator.sky import Sky


class SimulatedCover:
    """A motorised cover; it turns round on its way when told to."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def state(self) -> CoverState:
        cover = self._sky.cover
        if cover.moving:
            return CoverState.MOVING
        return CoverState.OPEN if cover.open else CoverState.CLOSED if cover.closed else CoverState.UNKNOWN

    async def open(self) -> None:
        await self._go(Shutter.OPEN)

    async def close(self) -> None:
        await self._go(Shutter.CLOSED)

    async def _go(self, goal: float) -> None:
        await self._sky.cover.go_to(self.name, goal, self._sky.world.cover.seconds)


class SimulatedFlatPanel:
    """A panel on the cover's inside: its light falls into the telescope while the cover is closed."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    @property
    def brightest(self) -> int:
        return self._sky.world.panel.brightest

    async def level(self) -> int:
        return self._sky.panel_level

    async def light(self, level: int) -> None:
        if not 0 <= level <= self.brightest:
            raise DeviceRefused(self.name, f"level {level} is not 0 to {self.brightest}")
        self._sky.panel_level = level
