"""The simulated camera's cooler: it approaches its aim with a lag, and cannot reach below its power."""

import asyncio
from math import exp

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky

COLDEST, WARMEST = -60.0, 40.0


class SimulatedCooler:
    """First-order lag: the distance to the goal shrinks by e every `cooler_lag_seconds`."""

    def __init__(self, camera: str, sky: Sky) -> None:
        self._camera, self._sky = camera, sky
        self._from: tuple[float, float] | None = None
        self._aim: float | None = None

    async def celsius(self) -> float:
        return self.temperature()

    async def power_percent(self) -> float | None:
        if self._aim is None:
            return 0.0
        pull = self._sky.celsius - self.temperature()
        return min(100.0, max(0.0, 100 * pull / self._sky.world.camera.cooler_reach_celsius))

    async def aim(self, celsius: float) -> None:
        if not COLDEST <= celsius <= WARMEST:
            raise DeviceRefused(self._camera, f"{celsius:g} °C is not {COLDEST:g} to {WARMEST:g}")
        self._turn(celsius)

    async def off(self) -> None:
        self._turn(None)

    def temperature(self) -> float:
        """Sensor temperature now, °C; that of the air before the cooler was first used."""
        if self._from is None:
            return self._sky.celsius
        start, since = self._from
        elapsed = asyncio.get_running_loop().time() - since
        left = exp(-elapsed / self._sky.world.camera.cooler_lag_seconds)
        return self._goal() + (start - self._goal()) * left

    def _goal(self) -> float:
        air = self._sky.celsius
        reach = air - self._sky.world.camera.cooler_reach_celsius
        return air if self._aim is None else min(air, max(self._aim, reach))

    def _turn(self, aim: float | None) -> None:
        self._from = self.temperature(), asyncio.get_running_loop().time()
        self._aim = aim
