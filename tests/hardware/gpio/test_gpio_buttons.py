"""Push buttons: every press and release, in order; the same on pins and in the simulator."""

import asyncio
from collections.abc import Callable

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.devices import Button
from hardware.gpio.opener import GpioOpener
from hardware.simulator.opener import SimulatorOpener
from tests import indi_rig
from tests.electrics import spec

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
Finger = Callable[[bool], None]


@pytest.fixture(params=["gpio", "simulator"])
async def button(request: pytest.FixtureRequest) -> tuple[Button, Finger]:
    if request.param == "gpio":
        pins = MockFactory()
        pin = pins.pin(23)
        on_pin = await GpioOpener(pins).button(spec("Start", pin=23))
        return on_pin, lambda down: pin.drive_low() if down else pin.drive_high()
    opener = SimulatorOpener.demo(indi_rig.utc_clock())
    other, presses = await opener.button(spec("Stop")), opener.sky.buttons
    assert not other.pressed
    button = await opener.button(spec("Start"))
    return button, lambda down: presses.press("Start") if down else presses.let_go("Start")


def is_down(button: Button) -> bool:
    return button.pressed


async def test_presses_and_releases_come_in_order_and_none_is_lost(button: tuple[Button, Finger]) -> None:
    start, finger = button
    assert not is_down(start)
    waiting = asyncio.create_task(start.changed())
    await asyncio.sleep(1.0)
    pressed_at = asyncio.get_running_loop().time()
    finger(True)
    assert await waiting is True
    assert asyncio.get_running_loop().time() == pressed_at, "a press is felt at once"
    assert is_down(start)
    for down in (False, True, False):
        finger(down)
        await asyncio.sleep(0.2)
    assert [await start.changed() for _ in range(3)] == [False, True, False]
    assert not is_down(start)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5.0):
            await start.changed()


async def test_a_wait_that_is_given_up_loses_no_press(button: tuple[Button, Finger]) -> None:
    start, finger = button
    waiting = asyncio.create_task(start.changed())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    finger(True)
    async with asyncio.timeout(1.0):
        assert await start.changed() is True


async def test_bounces_are_one_press() -> None:
    pins = MockFactory()
    start = await GpioOpener(pins).button(spec("Start", pin=23))
    for _ in range(5):
        pins.pin(23).drive_low()
        await asyncio.sleep(0.002)
        pins.pin(23).drive_high()
        await asyncio.sleep(0.003)
    pins.pin(23).drive_low()
    await asyncio.sleep(1.0)
    pins.pin(23).drive_high()
    await asyncio.sleep(1.0)
    assert [await start.changed() for _ in range(2)] == [True, False]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5.0):
            await start.changed()


async def test_buttons_survive_the_controller_but_not_its_listeners() -> None:
    opener = SimulatorOpener.demo(indi_rig.utc_clock())
    start = await opener.button(spec("Start"))
    opener.sky.buttons.press("Start")
    left = opener.sky.survivor(indi_rig.utc_clock())
    again = await SimulatorOpener(left).button(spec("Start"))
    assert again.pressed
    left.buttons.let_go("Start")
    assert await again.changed() is False
    assert await start.changed() is True
    assert start.pressed, "the old sky stays as it was"
