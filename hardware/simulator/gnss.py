"""The simulated satellite receiver: it knows the world's site and time."""

import asyncio

from hardware.devices import Fix
from hardware.simulator.sky import Sky


class SimulatedGnss:
    """Every fix takes a moment."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def fix(self) -> Fix:
        await asyncio.sleep(self._sky.world.gnss.fix_seconds)
        at = asyncio.get_running_loop().time()
        return Fix(self._sky.world.site, self._sky.utc(at), at)
