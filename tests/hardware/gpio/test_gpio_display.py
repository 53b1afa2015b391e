"""Text on an OLED display, drawn on luma's own dummy device."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from luma.core.device import dummy

from hardware.errors import DeviceLost, DeviceMissing, DeviceRefused
from hardware.gpio.display import oled
from hardware.gpio.opener import GpioOpener
from hardware.virtual_time import VirtualLoop
from hardware.wiring import Screen
from tests.electrics import spec


def run(work: Coroutine[Any, Any, None]) -> None:
    loop = VirtualLoop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


def screen(made: Screen) -> Any:
    return dummy(width=made.width, height=made.height, mode="1")


def lit(device: Any, row: int) -> int:
    """How many pixels of a line of text are lit."""
    line = device.image.convert("L").crop((0, row * 10, device.width, row * 10 + 10))
    return sum(1 for value in line.tobytes() if value)


def test_lines_are_drawn_from_the_top_and_what_does_not_fit_is_left_out() -> None:
    made: list[Any] = []

    def make(wanted: Screen) -> Any:
        made.append(screen(wanted))
        return made[0]

    async def text() -> None:
        display = await GpioOpener(screen=make).text_display(spec("Display"))
        assert (display.rows, display.columns) == (6, 21)
        await display.show(["Nightbox", "", "M31  sub 12 of 40"])
        assert [lit(made[0], row) > 0 for row in range(6)] == [True, False, True, False, False, False]
        first = made[0].image.tobytes()
        await display.show(["Nightbox"])
        assert [lit(made[0], row) > 0 for row in range(3)] == [True, False, False]
        await display.show(["Nightbox", "", "M31  sub 12 of 40 and more that is cut"] + [""] * 9)
        assert lit(made[0], 2) > 0
        assert made[0].image.tobytes() != first
        await asyncio.gather(*(display.show([f"{n}"]) for n in range(3)))

    run(text())


def test_a_small_display_has_fewer_lines() -> None:
    async def size() -> None:
        display = await GpioOpener(screen=screen).text_display(spec("Display", height=32, chip="sh1106"))
        assert (display.rows, display.columns) == (3, 21)

    run(size())


def test_a_display_that_is_pulled_out_is_lost() -> None:
    def make(wanted: Screen) -> Any:
        device = screen(wanted)

        def broken(_image: Any) -> None:
            raise OSError(121, "Remote I/O error")

        device.display = broken
        return device

    async def show() -> None:
        display = await GpioOpener(screen=make).text_display(spec("Display"))
        with pytest.raises(DeviceLost, match="Remote I/O error"):
            await display.show(["Hello"])
        assert display.lost

    run(show())


def test_without_a_bus_there_is_no_display() -> None:
    async def nothing() -> None:
        with pytest.raises(DeviceMissing, match="there is no display") as missing:
            await GpioOpener(screen=oled).text_display(spec("Display", i2c_port=22))
        assert "i2cdetect" in missing.value.advice
        with pytest.raises(DeviceRefused, match="hd44780"):
            await GpioOpener(screen=screen).text_display(spec("Display", chip="hd44780"))

    run(nothing())
