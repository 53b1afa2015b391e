"""The simulated park sensor: a switch that the telescope presses, whatever the mount believes of itself."""

from hardware.asked import Asked
from hardware.simulator.sky import Sky


class SimulatedParkSensor(Asked):
    """Pressed while the tube rests at the park position and does not follow the sky."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def parked(self) -> bool:
        return self._sky.at_park
