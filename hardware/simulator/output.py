"""The simulated outputs: heaters and outlets that hold what they were set to."""

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky


class SimulatedOutput:
    """One channel; off until it is set."""

    lost = False
    dimmable = True

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def level(self) -> float:
        return self._sky.outputs.get(self.name, 0.0)

    async def set_level(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise DeviceRefused(self.name, f"level {level:g} is not 0 to 1")
        self._sky.outputs[self.name] = level
