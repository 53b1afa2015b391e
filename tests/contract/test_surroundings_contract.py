"""Roof, weather, satellites."""

import asyncio
from typing import Any

import pytest

from hardware.devices import Gnss, ObservingConditions, Roof, RoofState, SafetyMonitor
from hardware.errors import DeviceError

pytestmark = pytest.mark.asyncio
EVERY = (
    pytest.param("simulator", marks=[pytest.mark.looptime]),
    pytest.param("indi", marks=[pytest.mark.indi]),
    pytest.param("indi by pyindi", marks=[pytest.mark.indi]),
    pytest.param("gpio", marks=[pytest.mark.looptime]),
)
on_pins_too = pytest.mark.parametrize("driver", EVERY, indirect=True)


by_network_too = pytest.mark.parametrize("driver", [*EVERY, pytest.param("alpaca")], indirect=True)


@by_network_too
async def test_the_roof_opens_and_closes(driver: Any) -> None:
    roof: Roof = await driver.open("roof")
    await roof.open()
    assert await roof.state() is RoofState.OPEN
    await roof.open()  # already there: nothing to do
    closing = asyncio.create_task(roof.close())
    await asyncio.sleep(1.0)
    assert await roof.state() is RoofState.MOVING
    await closing
    assert await roof.state() is RoofState.CLOSED


@by_network_too
async def test_a_cancelled_roof_stops_and_does_not_pretend(driver: Any) -> None:
    roof: Roof = await driver.open("roof")
    await roof.close()
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(1.0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert await roof.state() is RoofState.UNKNOWN
    await roof.close()
    assert await roof.state() is RoofState.CLOSED


@by_network_too
async def test_a_roof_that_anybody_set_in_motion_can_be_stopped(driver: Any) -> None:
    roof: Roof = await driver.open("roof")
    await roof.close()
    await roof.stop()  # it stands: nothing to do
    assert await roof.state() is RoofState.CLOSED
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(1.0)
    await roof.stop()
    assert await roof.state() is RoofState.UNKNOWN
    with pytest.raises(DeviceError):
        await opening
    await roof.close()
    assert await roof.state() is RoofState.CLOSED


@on_pins_too
async def test_the_weather_is_judged(driver: Any) -> None:
    monitor: SafetyMonitor = await driver.open("safety_monitor")
    assert await monitor.safe() is True


async def test_the_weather_is_read(driver: Any) -> None:
    station: ObservingConditions = await driver.open("observing_conditions")
    conditions = await station.conditions()
    assert conditions.celsius is not None
    assert -50 < conditions.celsius < 60


# Alpaca has no satellite receivers.
@pytest.mark.parametrize(
    "driver",
    [
        pytest.param("simulator", marks=[pytest.mark.looptime]),
        pytest.param("indi", marks=[pytest.mark.indi]),
        pytest.param("indi by pyindi", marks=[pytest.mark.indi]),
    ],
    indirect=True,
)
async def test_a_fix_is_a_place_and_the_time(driver: Any) -> None:
    gnss: Gnss = await driver.open("gnss")
    before = asyncio.get_running_loop().time()
    fix = await gnss.fix()
    assert -90 <= fix.site.latitude_deg <= 90
    assert -180 <= fix.site.longitude_deg < 180
    assert fix.utc_unix > 1_700_000_000
    assert before <= fix.at <= asyncio.get_running_loop().time()
