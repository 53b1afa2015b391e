"""Park sensor, cover, flat panel, mains and battery."""

import asyncio
from typing import Any

import pytest

from hardware.devices import Cover, CoverState, FlatPanel, Mount, ParkSensor, PowerMonitor
from hardware.errors import DeviceRefused

pytestmark = pytest.mark.asyncio
SIMULATOR = pytest.param("simulator", marks=[pytest.mark.looptime])
GPIO = pytest.param("gpio", marks=[pytest.mark.looptime])
INDI = [pytest.param(name, marks=[pytest.mark.indi]) for name in ("indi", "indi by pyindi")]
ALPACA = pytest.param("alpaca")
POWER_BOX = [
    pytest.param(name, marks=[pytest.mark.indi]) for name in ("indi power box", "indi power box by pyindi")
]
sensed = pytest.mark.parametrize("driver", [SIMULATOR, GPIO, *INDI, ALPACA], indirect=True)
powered = pytest.mark.parametrize("driver", [SIMULATOR, GPIO, *POWER_BOX, ALPACA], indirect=True)
boxed = pytest.mark.parametrize("driver", [SIMULATOR, *POWER_BOX, ALPACA], indirect=True)


@sensed
async def test_the_park_sensor_agrees_with_a_mount_that_was_parked(driver: Any) -> None:
    mount: Mount = await driver.open("mount")
    sensor: ParkSensor = await driver.open("park_sensor")
    await mount.unpark()
    await mount.track(True)
    assert await sensor.parked() is False
    await mount.park()
    assert await sensor.parked() is True


@boxed
async def test_the_cover_opens_and_closes(driver: Any) -> None:
    cover: Cover = await driver.open("cover")
    await cover.open()
    assert await cover.state() is CoverState.OPEN
    await cover.open()  # already there: nothing to do
    closing = asyncio.create_task(cover.close())
    await asyncio.sleep(1.0)
    assert await cover.state() is CoverState.MOVING
    await closing
    assert await cover.state() is CoverState.CLOSED


@boxed
async def test_a_cancelled_cover_stops_and_does_not_pretend(driver: Any) -> None:
    cover: Cover = await driver.open("cover")
    await cover.open()
    await cover.close()
    opening = asyncio.create_task(cover.open())
    await asyncio.sleep(1.0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    # One that nothing can stop is waited for.
    assert await cover.state() in {CoverState.UNKNOWN, CoverState.OPEN}
    await cover.close()
    assert await cover.state() is CoverState.CLOSED


@boxed
async def test_the_panel_shines_as_it_was_told_and_refuses_what_it_cannot(driver: Any) -> None:
    panel: FlatPanel = await driver.open("flat_panel")
    for level in (panel.brightest, 1, 0):
        await panel.light(level)
        assert await panel.level() == level
    for outside in (panel.brightest + 1, -1):
        with pytest.raises(DeviceRefused):
            await panel.light(outside)
    assert await panel.level() == 0


@powered
async def test_power_is_read(driver: Any) -> None:
    monitor: PowerMonitor = await driver.open("power_monitor")
    power = await monitor.power()
    assert power.mains in {True, False, None}
    assert power.battery_percent is None or 0 <= power.battery_percent <= 100
