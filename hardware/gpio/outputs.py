"""A channel behind a pin: a relay, or a transistor that dims."""

from typing import Any

from hardware.errors import DeviceRefused
from hardware.gpio.pins import Claimed, dimmed_pin, output_pin
from hardware.wiring import Outlet


class GpioOutput(Claimed):
    """Satisfies Output."""

    def __init__(self, name: str, factory: Any, wiring: Outlet) -> None:
        super().__init__(name)
        self.dimmable = wiring.dimmable
        high, start = wiring.active == "high", self._fitting(wiring.at_start)
        if wiring.dimmable:
            pin = dimmed_pin(factory, name, wiring.pin, active_high=high, start=start, hertz=wiring.frequency)
        else:
            pin = output_pin(factory, name, wiring.pin, active_high=high, start=bool(start))
        self._pin = self._hold(pin)

    async def level(self) -> float:
        return float(self._ask(lambda: self._pin.value))

    async def set_level(self, level: float) -> None:
        self._set(self._pin, self._fitting(level))

    def _fitting(self, level: float) -> float:
        if not 0.0 <= level <= 1.0:
            raise DeviceRefused(self.name, f"level {level:g} is not 0 to 1")
        if not self.dimmable and level not in {0.0, 1.0}:
            advice = "Set 0 or 1; or wire it for dimming and write dimmable = true in its setup."
            raise DeviceRefused(self.name, f"it cannot be dimmed to {level:g}", advice=advice)
        return level
