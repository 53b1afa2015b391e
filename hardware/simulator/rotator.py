"""The simulated rotator: the short way round, at a constant rate."""

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky


class SimulatedRotator:
    """It turns the frame by its own angle."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def angle(self) -> float:
        return self._sky.rotator.now() % 360

    async def rotate_to(self, degrees: float) -> None:
        if not 0 <= degrees < 360:
            raise DeviceRefused(self.name, f"{degrees:g}° is not an angle from 0 to 360")
        rotator = self._sky.rotator
        turn = (degrees - rotator.now() + 180) % 360 - 180
        await rotator.go(self.name, rotator.now() + turn, self._sky.world.rotator.deg_s)
