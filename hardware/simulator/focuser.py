"""The simulated focuser: steps per second, backlash when turning outward, stops where it is cancelled."""

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky


class SimulatedFocuser:
    """It reports the knob; the tube follows with some play, as in a real one."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    @property
    def travel(self) -> range:
        return range(self._sky.world.focuser.travel + 1)

    async def position(self) -> int:
        return round(self._sky.drawtube.knob.now())

    async def celsius(self) -> float | None:
        return self._sky.celsius

    async def move_to(self, position: int) -> None:
        if position not in self.travel:
            raise DeviceRefused(self.name, f"{position} is outside 0 to {self.travel[-1]}")
        await self._sky.drawtube.move(self.name, position, self._sky.world.focuser.steps_per_second)
