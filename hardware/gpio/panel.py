"""The front panel: push buttons, a light of three colours, a buzzer."""

import asyncio
from typing import Any

from hardware.errors import DeviceRefused
from hardware.gpio.inputs import Input, OnPin
from hardware.gpio.pins import Claimed, dimmed_pin, output_pin
from hardware.wiring import HERTZ, Lamp, Sounder, Switch

OWN_HERTZ = 2000.0


class GpioButton(OnPin):
    """Satisfies Button: active is pressed, at the first edge; released once the contact rests."""

    def __init__(self, name: str, factory: Any, wiring: Switch) -> None:
        self._turns: asyncio.Queue[bool] = asyncio.Queue()
        self._input = Input(name, factory, wiring, quick=True, tell=self._turns.put_nowait)

    @property
    def pressed(self) -> bool:
        return self._input.level

    async def changed(self) -> bool:
        return await self._turns.get()


class GpioStatusLight(Claimed):
    """Satisfies StatusLight; dark until it is told."""

    def __init__(self, name: str, factory: Any, wiring: Lamp) -> None:
        super().__init__(name)
        high = wiring.common == "cathode"
        pins = (wiring.red_pin, wiring.green_pin, wiring.blue_pin)
        try:
            for pin in pins:
                self._hold(dimmed_pin(factory, name, pin, active_high=high, hertz=wiring.frequency))
        except BaseException:
            self.release()
            raise

    async def show(self, red: float, green: float, blue: float) -> None:
        colours = (red, green, blue)
        if not all(0.0 <= one <= 1.0 for one in colours):
            raise DeviceRefused(self.name, f"{red:g}, {green:g}, {blue:g} are not all 0 to 1")
        for pin, share in zip(self._held, colours, strict=True):
            self._set(pin, share)


class GpioBuzzer(Claimed):
    """Satisfies Buzzer: a passive one gets its tone by pulsing, an active one has its own."""

    def __init__(self, name: str, factory: Any, wiring: Sounder) -> None:
        super().__init__(name)
        high, self._passive = wiring.active == "high", wiring.passive
        pin = (
            dimmed_pin(factory, name, wiring.pin, active_high=high, hertz=OWN_HERTZ)
            if wiring.passive
            else output_pin(factory, name, wiring.pin, active_high=high)
        )
        self._pin = self._hold(pin)

    async def on(self, hz: float | None = None) -> None:
        """DeviceRefused for a frequency outside 1 to 10,000 Hz."""
        if hz is not None and not HERTZ["least"] <= hz <= HERTZ["most"]:
            raise DeviceRefused(self.name, f"{hz:g} Hz is not {HERTZ['least']:g} to {HERTZ['most']:g}")
        if self._passive:
            self._ask(lambda: setattr(self._pin, "frequency", hz or OWN_HERTZ))
        self._set(self._pin, 0.5 if self._passive else 1.0)

    async def off(self) -> None:
        self._set(self._pin, 0.0)
