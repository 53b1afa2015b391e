"""Outlets, the light and the buzzer, as their pins show them."""

from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.errors import DeviceRefused, DeviceUnsupported
from hardware.gpio.opener import GpioOpener
from tests.electrics import spec

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.fixture
async def pins() -> MockFactory:
    return MockFactory(pin_class=MockPWMPin)


@pytest.fixture
async def opener(pins: MockFactory) -> GpioOpener:
    return GpioOpener(pins)


@pytest.mark.parametrize(("active", "off", "on"), [("high", 0, 1), ("low", 1, 0)])
async def test_a_relay_is_off_until_it_is_switched(
    pins: MockFactory, opener: GpioOpener, active: str, off: int, on: int
) -> None:
    output = await opener.output(spec("Outlet", pin=5, active=active))
    assert not output.dimmable
    assert pins.pin(5).state == off
    await output.set_level(1.0)
    assert pins.pin(5).state == on
    with pytest.raises(DeviceRefused, match="cannot be dimmed"):
        await output.set_level(0.5)
    assert await output.level() == 1.0


async def test_a_heater_is_dimmed_by_pulses(pins: MockFactory, opener: GpioOpener) -> None:
    heater = await opener.output(
        spec("Dew", pin=12, active="low", dimmable=True, frequency=50, at_start=0.25)
    )
    assert heater.dimmable
    assert pins.pin(12).frequency == 50
    assert pins.pin(12).state == pytest.approx(0.75)
    assert await heater.level() == pytest.approx(0.25)
    await heater.set_level(0.6)
    assert pins.pin(12).state == pytest.approx(0.4)


async def test_a_start_that_a_relay_cannot_hold_is_refused(opener: GpioOpener) -> None:
    with pytest.raises(DeviceRefused, match="dimmed"):
        await opener.output(spec("Outlet", pin=5, at_start=0.5))
    with pytest.raises(DeviceRefused, match=r"1\.5 is more than 1"):
        await opener.output(spec("Outlet", pin=5, at_start=1.5))


async def test_a_pin_that_cannot_pulse_says_so() -> None:
    opener = GpioOpener(MockFactory())
    with pytest.raises(DeviceUnsupported, match="GPIO12 cannot be dimmed"):
        await opener.output(spec("Dew", pin=12, dimmable=True))


@pytest.mark.parametrize(("common", "shown"), [("cathode", [1.0, 0.5, 0.0]), ("anode", [0.0, 0.5, 1.0])])
async def test_the_light_has_three_colours(
    pins: MockFactory, opener: GpioOpener, common: str, shown: list[float]
) -> None:
    light = await opener.status_light(spec("Light", red_pin=16, green_pin=20, blue_pin=21, common=common))
    dark = 0.0 if common == "cathode" else 1.0
    assert [pins.pin(n).state for n in (16, 20, 21)] == [dark] * 3
    await light.show(1.0, 0.5, 0.0)
    assert [pins.pin(n).state for n in (16, 20, 21)] == shown
    with pytest.raises(DeviceRefused):
        await light.show(1.0, 2.0, 0.0)
    assert [pins.pin(n).state for n in (16, 20, 21)] == shown


async def test_a_light_with_a_taken_pin_gives_the_others_back(opener: GpioOpener) -> None:
    await opener.output(spec("Outlet", pin=21))
    with pytest.raises(DeviceRefused, match="GPIO21 is in use"):
        await opener.status_light(spec("Light", red_pin=16, green_pin=20, blue_pin=21))
    await opener.output(spec("Other", pin=16))


async def test_a_passive_buzzer_gets_its_tone(pins: MockFactory, opener: GpioOpener) -> None:
    buzzer = await opener.buzzer(spec("Buzzer", pin=26, passive=True))
    assert pins.pin(26).state == 0
    await buzzer.on(880.0)
    assert (pins.pin(26).frequency, pins.pin(26).state) == (880.0, 0.5)
    await buzzer.on()
    assert pins.pin(26).frequency == 2000.0
    await buzzer.off()
    assert pins.pin(26).state == 0
    with pytest.raises(DeviceRefused, match="Hz"):
        await buzzer.on(0.1)


async def test_an_active_buzzer_has_one_tone(pins: MockFactory, opener: GpioOpener) -> None:
    buzzer = await opener.buzzer(spec("Buzzer", pin=26, active="low"))
    for hz in (None, 440.0):
        await buzzer.on(hz)
        assert pins.pin(26).state == 0
        await buzzer.off()
        assert pins.pin(26).state == 1


@pytest.mark.parametrize("setup", [{}, {"red_pin": 1, "green_pin": 2, "blue_pin": 3}, {"red_pin": 16}])
async def test_a_light_needs_all_its_pins(opener: GpioOpener, setup: Any) -> None:
    with pytest.raises(DeviceRefused, match="_pin"):
        await opener.status_light(spec("Light", **setup))
