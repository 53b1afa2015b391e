"""The simulated camera's cooler: it approaches its aim with a lag, and cannot reach below its power."""

import asyncio

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky

COLDEST, WARMEST = -60.0, 40.0


class SimulatedCooler:
    """A way to the chip's temperature; the law is Chip's."""

    def __init__(self, camera: str, sky: Sky) -> None:
        self._camera, self._sky = camera, sky

    async def celsius(self) -> float:
        return self._sky.chip_celsius

    async def power_percent(self) -> float | None:
        if self._sky.chip.aim is None:
            return 0.0
        pull = self._sky.celsius - self._sky.chip_celsius
        return min(100.0, max(0.0, 100 * pull / self._sky.world.camera.cooler_reach_celsius))

    async def aim(self, celsius: float) -> None:
        if not COLDEST <= celsius <= WARMEST:
            raise DeviceRefused(self._camera, f"{celsius:g} °C is not {COLDEST:g} to {WARMEST:g}")
        self._turn(celsius)

    async def off(self) -> None:
        self._turn(None)

    def _turn(self, aim: float | None) -> None:
        sky = self._sky
        sky.chip.turn(sky.world.camera, sky.celsius, asyncio.get_running_loop().time(), aim)
