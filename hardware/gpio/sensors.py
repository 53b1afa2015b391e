"""Sensors with one contact: rain and other verdicts, the parked telescope, the mains."""

import asyncio
from typing import Any

from hardware.devices import Power
from hardware.gpio.inputs import Input, OnPin
from hardware.wiring import Monitor, Switch


class _Contact(OnPin):
    """`changed` returns at the next turn of the answer, or at once when one came since it last returned.

    All who wait at that moment are told.
    """

    def __init__(self, name: str, factory: Any, wiring: Switch, *, quick: bool) -> None:
        self._news = asyncio.Event()
        self._input = Input(name, factory, wiring, quick=quick, tell=lambda _: self._news.set())

    async def changed(self) -> None:
        await self._news.wait()
        self._news.clear()


class GpioSafetyMonitor(_Contact):
    """Satisfies SafetyMonitor: unsafe at the first edge, safe again once the contact rests."""

    def __init__(self, name: str, factory: Any, wiring: Monitor) -> None:
        self._unsafe_is_active = wiring.active_means == "unsafe"
        super().__init__(name, factory, wiring, quick=self._unsafe_is_active)

    async def safe(self) -> bool:
        return self._input.active() is not self._unsafe_is_active


class GpioParkSensor(_Contact):
    """Satisfies ParkSensor: active is parked; not parked at the first edge."""

    def __init__(self, name: str, factory: Any, wiring: Switch) -> None:
        super().__init__(name, factory, wiring, quick=False)

    async def parked(self) -> bool:
        return self._input.active()


class GpioPowerMonitor(_Contact):
    """Satisfies PowerMonitor: active is mains present; lost at the first edge. It knows no battery."""

    def __init__(self, name: str, factory: Any, wiring: Switch) -> None:
        super().__init__(name, factory, wiring, quick=False)

    async def power(self) -> Power:
        return Power(mains=self._input.active())
