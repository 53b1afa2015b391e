"""The simulated computer."""

from hardware.asked import Asked
from hardware.devices import BoardHealth
from hardware.simulator.sky import Sky


class SimulatedBoard(Asked):
    """As well as the sky says it is."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def health(self) -> BoardHealth:
        return self._sky.board
