"""The simulated front panel: its buttons are pressed, and its lights looked at, in the sky."""

import asyncio
from collections.abc import Sequence

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky

ROWS, COLUMNS = 6, 21
OWN_HERTZ, LOWEST_HERTZ, HIGHEST_HERTZ = 2000.0, 1.0, 10_000.0


class SimulatedButton:
    """A button without bounce."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._told, self._news = len(sky.buttons.history), asyncio.Event()
        sky.buttons.listen(self._news.set)

    @property
    def pressed(self) -> bool:
        return self.name in self._sky.buttons.down

    async def changed(self) -> bool:
        while True:
            self._news.clear()
            while self._told < len(self._sky.buttons.history):
                name, pressed = self._sky.buttons.history[self._told]
                self._told += 1
                if name == self.name:
                    return pressed
            await self._news.wait()


class SimulatedStatusLight:
    """Dark until it is told."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def show(self, red: float, green: float, blue: float) -> None:
        if not all(0.0 <= one <= 1.0 for one in (red, green, blue)):
            raise DeviceRefused(self.name, f"{red:g}, {green:g}, {blue:g} are not all 0 to 1")
        self._sky.light = (red, green, blue)


class SimulatedBuzzer:
    """It can sound any tone."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def on(self, hz: float | None = None) -> None:
        if hz is not None and not LOWEST_HERTZ <= hz <= HIGHEST_HERTZ:
            raise DeviceRefused(self.name, f"{hz:g} Hz is not {LOWEST_HERTZ:g} to {HIGHEST_HERTZ:g}")
        self._sky.buzzer = OWN_HERTZ if hz is None else hz

    async def off(self) -> None:
        self._sky.buzzer = 0.0


class SimulatedTextDisplay:
    """As large as the small OLED displays are."""

    lost = False
    rows, columns = ROWS, COLUMNS

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def show(self, lines: Sequence[str]) -> None:
        self._sky.display = tuple(line[:COLUMNS] for line in lines[:ROWS])
