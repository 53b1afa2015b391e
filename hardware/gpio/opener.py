"""From a profile's DeviceSpec to an open device on the header."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hardware.devices import DeviceSpec
from hardware.errors import DeviceMissing
from hardware.gpio.board import SYSFS, GpioBoard, keeps_outputs
from hardware.gpio.display import GpioTextDisplay, oled
from hardware.gpio.outputs import GpioOutput
from hardware.gpio.panel import GpioButton, GpioBuzzer, GpioStatusLight
from hardware.gpio.pins import Pins
from hardware.gpio.roof import GpioRoof
from hardware.gpio.sensors import GpioParkSensor, GpioPowerMonitor, GpioSafetyMonitor
from hardware.opening import Opener
from hardware.wiring import (
    Lamp,
    Monitor,
    Nothing,
    Outlet,
    RoofWiring,
    Screen,
    Sounder,
    Switch,
    wired,
)

log = logging.getLogger(__name__)

KEEPS = (
    "%s: this kernel leaves its relays as they are should Nightbox die; add dtparam=strict_gpiod to "
    "/boot/firmware/config.txt and restart the Pi (docs/wiring.md)"
)


class Held(Protocol):
    """Something that has claimed pins."""

    def release(self) -> None:
        """Give them back."""
        ...


D = TypeVar("D", bound=Held)


class GpioOpener(Opener):
    """Opens devices on the header; use it within `running`. A device that is opened again is closed first.

    `factory` is gpiozero's pin factory (None: this computer's own lines), `sysfs` where the kernel tells of
    the board, `screen` makes luma's device for a display. Settings are refused by name (hardware/wiring.py).
    """

    def __init__(
        self, factory: Any = None, sysfs: Path = SYSFS, screen: Callable[[Screen], Any] = oled
    ) -> None:
        self._pins, self._sysfs, self._screen = Pins(factory), sysfs, screen
        self._held: dict[tuple[str, str], Held] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["GpioOpener"]:
        """Nothing is claimed before it is opened; on leaving outputs are off and all pins given back."""
        try:
            yield self
        finally:
            while self._held:
                self._held.popitem()[1].release()
            self._pins.close()

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        """The computer, when it has a header."""
        try:
            model = (await self._pins.factory("GPIO")).board_info.model
        except DeviceMissing:
            return []
        return [(f"Raspberry Pi {model}", ("pins", "board"))]

    async def roof(self, spec: DeviceSpec) -> GpioRoof:
        wiring = wired(RoofWiring(), spec)
        if keeps_outputs(self._sysfs):
            log.warning(KEEPS, spec.name)
        return await self._open("roof", spec, lambda factory: GpioRoof(spec.name, factory, wiring))

    async def safety_monitor(self, spec: DeviceSpec) -> GpioSafetyMonitor:
        wiring = wired(Monitor(), spec)
        return await self._open("monitor", spec, lambda pins: GpioSafetyMonitor(spec.name, pins, wiring))

    async def park_sensor(self, spec: DeviceSpec) -> GpioParkSensor:
        wiring = wired(Switch(), spec)
        return await self._open("sensor", spec, lambda pins: GpioParkSensor(spec.name, pins, wiring))

    async def power_monitor(self, spec: DeviceSpec) -> GpioPowerMonitor:
        wiring = wired(Switch(), spec)
        return await self._open("power", spec, lambda pins: GpioPowerMonitor(spec.name, pins, wiring))

    async def output(self, spec: DeviceSpec) -> GpioOutput:
        wiring = wired(Outlet(), spec)
        return await self._open("output", spec, lambda pins: GpioOutput(spec.name, pins, wiring))

    async def button(self, spec: DeviceSpec) -> GpioButton:
        wiring = wired(Switch(), spec)
        return await self._open("button", spec, lambda pins: GpioButton(spec.name, pins, wiring))

    async def status_light(self, spec: DeviceSpec) -> GpioStatusLight:
        wiring = wired(Lamp(), spec)
        return await self._open("light", spec, lambda pins: GpioStatusLight(spec.name, pins, wiring))

    async def buzzer(self, spec: DeviceSpec) -> GpioBuzzer:
        wiring = wired(Sounder(), spec)
        return await self._open("buzzer", spec, lambda pins: GpioBuzzer(spec.name, pins, wiring))

    async def text_display(self, spec: DeviceSpec) -> GpioTextDisplay:
        screen = wired(Screen(), spec)
        self._give_back("display", spec)
        display = await GpioTextDisplay.opened(spec.name, screen, self._screen)
        self._held["display", spec.name] = display
        return display

    async def board(self, spec: DeviceSpec) -> GpioBoard:
        wired(Nothing(), spec)
        self._give_back("board", spec)
        board = await GpioBoard.opened(spec.name, self._sysfs)
        self._held["board", spec.name] = board
        return board

    async def _open(self, kind: str, spec: DeviceSpec, make: Callable[[Any], D]) -> D:
        factory = await self._pins.factory(spec.name)
        self._give_back(kind, spec)
        device = make(factory)
        self._held[kind, spec.name] = device
        return device

    def _give_back(self, kind: str, spec: DeviceSpec) -> None:
        """Whoever opens a device again gets its pins: the one opened before is closed."""
        if held := self._held.pop((kind, spec.name), None):
            held.release()
