"""Contacts: which level means what, edges in time, wires that are cut or loose."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.devices import Power
from hardware.errors import DeviceError, DeviceLost, DeviceRefused
from hardware.gpio.opener import GpioOpener
from tests.electrics import spec

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.fixture
async def pins() -> MockFactory:
    return MockFactory()


@pytest.fixture
async def opener(pins: MockFactory) -> AsyncIterator[GpioOpener]:
    async with GpioOpener(pins).running() as opener:
        yield opener


def drive(pin: Any, high: bool) -> None:
    pin.drive_high() if high else pin.drive_low()


@pytest.mark.parametrize("pull", ["up", "down", "none"])
@pytest.mark.parametrize("active", ["high", "low"])
@pytest.mark.parametrize("means", ["unsafe", "safe"])
async def test_every_way_to_wire_a_monitor(
    pins: MockFactory, opener: GpioOpener, pull: str, active: str, means: str
) -> None:
    monitor = await opener.safety_monitor(
        spec("Rain", pin="GPIO17", pull=pull, active=active, active_means=means, debounce_seconds=0)
    )
    for high in (True, False, True):
        drive(pins.pin(17), high)
        await asyncio.sleep(0)
        is_active = high is (active == "high")
        assert await monitor.safe() is (is_active is (means == "safe"))


async def test_as_it_comes_a_cut_wire_is_unsafe_not_parked_and_without_mains(
    pins: MockFactory, opener: GpioOpener
) -> None:
    """The pull-up alone is left: the pin is high."""
    monitor = await opener.safety_monitor(spec("Rain", pin=17))
    sensor = await opener.park_sensor(spec("Park", pin=27))
    power = await opener.power_monitor(spec("Mains", pin=22))
    assert [pins.pin(n).pull for n in (17, 27, 22)] == ["up"] * 3
    assert not await monitor.safe()
    assert not await sensor.parked()
    assert await power.power() == Power(mains=False)
    for number in (17, 27, 22):
        pins.pin(number).drive_low()
    await asyncio.sleep(0.1)
    assert await monitor.safe()
    assert await sensor.parked()
    assert await power.power() == Power(mains=True)


async def test_rain_is_told_at_its_first_edge_and_dryness_after_a_rest(
    pins: MockFactory, opener: GpioOpener
) -> None:
    pin = pins.pin(17)
    monitor = await opener.safety_monitor(spec("Rain", pin=17, debounce_seconds=0.5))
    pin.drive_low()
    await asyncio.sleep(1.0)
    await monitor.changed()
    assert await monitor.safe()
    loop, waiting = asyncio.get_running_loop(), asyncio.create_task(monitor.changed())
    await asyncio.sleep(1.0)
    wet = loop.time()
    pin.drive_high()
    await waiting
    assert loop.time() == wet
    pin.drive_low()
    assert not await monitor.safe()
    await monitor.changed()
    assert loop.time() == pytest.approx(wet + 0.5)
    assert await monitor.safe()


async def test_an_edge_while_nobody_waits_is_not_lost(pins: MockFactory, opener: GpioOpener) -> None:
    sensor = await opener.park_sensor(spec("Park", pin=17))
    pins.pin(17).drive_low()
    await asyncio.sleep(1.0)
    async with asyncio.timeout(1.0):
        await sensor.changed()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60.0):
            await sensor.changed()
    first, second = (asyncio.create_task(sensor.changed()) for _ in range(2))
    await asyncio.sleep(0)
    pins.pin(17).drive_high()
    async with asyncio.timeout(1.0):
        await asyncio.gather(first, second)


async def test_a_level_whose_edge_was_missed_is_seen_by_the_next_question(
    pins: MockFactory, opener: GpioOpener
) -> None:
    monitor = await opener.safety_monitor(spec("Rain", pin=17))
    pins.pin(17).drive_low()
    await asyncio.sleep(1.0)
    assert await monitor.safe()
    pins.pin(17)._state = True  # without its callback
    assert not await monitor.safe()


async def test_a_loose_wire_is_no_answer(pins: MockFactory, opener: GpioOpener) -> None:
    monitor = await opener.safety_monitor(spec("Rain", pin=17, pull="none"))
    for half_wave in range(200):
        drive(pins.pin(17), half_wave % 2 == 0)
        await asyncio.sleep(0.01)
    with pytest.raises(DeviceError, match="GPIO17 flutters"):
        await monitor.safe()
    await asyncio.sleep(0.1)
    assert await monitor.safe(), "it rests again, low"


async def test_a_pin_that_fails_is_lost_and_opened_again(
    pins: MockFactory, opener: GpioOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = await opener.park_sensor(spec("Park", pin=17))

    def broken() -> bool:
        raise OSError(19, "No such device")

    monkeypatch.setattr(pins.pin(17), "_get_state", broken)
    with pytest.raises(DeviceLost, match="No such device"):
        await sensor.parked()
    assert sensor.lost
    monkeypatch.undo()
    again = await opener.park_sensor(spec("Park", pin=17))
    assert not again.lost
    assert not await again.parked()


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        ({"pin": 17, "pul": "up"}, "'pul'"),
        ({"pin": 17, "pull": "sideways"}, "sideways"),
        ({"pin": 17, "debounce_seconds": -1}, "less than 0"),
        ({"pin": 17, "debounce_seconds": "short"}, "not a number"),
        ({"pin": "BOARD2"}, "BOARD2 is not a GPIO"),
        ({"pin": 40}, "not on the header"),
        ({"pin": True}, "True is not a pin"),
        ({"pin": 17.5}, "17.5 is not a pin"),
        ({"pin": "GPIO0"}, "ID memory"),
        ({}, "names no pin"),
        ({"pin": "GPIO2", "pull": "down"}, "GPIO2 cannot be claimed"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(opener: GpioOpener, setup: Any, said: str) -> None:
    with pytest.raises(DeviceRefused, match=said) as refused:
        await opener.park_sensor(spec("Park", **setup))
    assert refused.value.device == "Park"
    await opener.park_sensor(spec("Park", pin="bcm17"))


async def test_two_devices_cannot_have_the_same_pin(opener: GpioOpener) -> None:
    await opener.park_sensor(spec("Park", pin=17))
    with pytest.raises(DeviceRefused, match="GPIO17 is in use"):
        await opener.safety_monitor(spec("Rain", pin="BOARD11"))
