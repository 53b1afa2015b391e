"""A small OLED display on the I2C bus, by luma.oled, which is installed only where there is one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from hardware.errors import DeviceLost, DeviceMissing
from hardware.wiring import Screen
from hardware.worker import Worker

# Pillow's own small letters, in pixels; one more between the lines.
LETTER_WIDTH, LETTER_HEIGHT = 6, 10
WITHIN_SECONDS = 5.0
ADVICE = (
    "Check its four wires, switch I2C on (raspi-config), and its address with: i2cdetect -y 1. "
    "luma.oled comes with: pip install nightbox[display]."
)


class GpioTextDisplay:
    """Satisfies TextDisplay; made by `opened`. A line is drawn only when it changed."""

    def __init__(self, name: str, device: Any, worker: Worker) -> None:
        self.name, self.lost = name, False
        self._device, self._worker = device, worker
        self._shown: tuple[str, ...] | None = None
        self._drawing = asyncio.Lock()

    @classmethod
    async def opened(cls, name: str, screen: Screen, make: Callable[[Screen], Any]) -> "GpioTextDisplay":
        """DeviceMissing without luma.oled, without the bus, or when nothing answers on it."""
        worker = Worker(name)
        try:
            device = await worker.call_within(WITHIN_SECONDS, make, screen)
        except Exception as none:  # luma has an error for each bus; all mean the same
            worker.close()
            raise DeviceMissing(name, f"there is no display ({none})", advice=ADVICE) from none
        return cls(name, device, worker)

    @property
    def rows(self) -> int:
        return int(self._device.height) // LETTER_HEIGHT

    @property
    def columns(self) -> int:
        return int(self._device.width) // LETTER_WIDTH

    async def show(self, lines: Sequence[str]) -> None:
        """DeviceLost when the display does not take it."""
        wanted = tuple(line[: self.columns] for line in lines[: self.rows])
        async with self._drawing:
            if wanted == self._shown:
                return
            try:
                await self._worker.call_within(WITHIN_SECONDS, _draw, self._device, wanted)
            except Exception as failed:
                self.lost = True
                raise DeviceLost(self.name, f"it does not take the text ({failed})") from failed
            self._shown = wanted

    def release(self) -> None:
        """Nothing more will be shown; the last text stays."""
        self.lost = True
        self._worker.close()


def oled(screen: Screen) -> Any:
    """The display on the bus; ImportError and luma's own errors without."""
    from luma.core.interface.serial import i2c  # noqa: PLC0415 - an extra that is not always installed
    from luma.oled.device import sh1106, ssd1306  # noqa: PLC0415

    kind = {"ssd1306": ssd1306, "sh1106": sh1106}[screen.chip]
    device = kind(i2c(screen.i2c_port, screen.i2c_address), width=screen.width, height=screen.height)
    device.persist = True  # else the last words vanish with the process
    device.contrast(screen.contrast)
    return device


def _draw(device: Any, lines: tuple[str, ...]) -> None:
    from luma.core.render import canvas  # noqa: PLC0415
    from PIL import ImageFont  # noqa: PLC0415

    font = ImageFont.load_default_imagefont()
    with canvas(device) as draw:
        for row, line in enumerate(lines):
            draw.text((0, row * LETTER_HEIGHT - 1), line, font=font, fill="white")
