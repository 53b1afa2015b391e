"""Roof, weather, satellites."""

import asyncio
from typing import Any

import pytest

from hardware.devices import Gnss, ObservingConditions, Roof, RoofState, SafetyMonitor

pytestmark = pytest.mark.asyncio


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


async def test_the_weather_is_read_and_judged(driver: Any) -> None:
    monitor: SafetyMonitor = await driver.open("safety_monitor")
    assert await monitor.safe() is True
    station: ObservingConditions = await driver.open("observing_conditions")
    conditions = await station.conditions()
    assert conditions.celsius is not None
    assert -50 < conditions.celsius < 60


async def test_a_fix_is_a_place_and_the_time(driver: Any) -> None:
    gnss: Gnss = await driver.open("gnss")
    before = asyncio.get_running_loop().time()
    fix = await gnss.fix()
    assert -90 <= fix.site.latitude_deg <= 90
    assert -180 <= fix.site.longitude_deg < 180
    assert fix.utc_unix > 1_700_000_000
    assert before <= fix.at <= asyncio.get_running_loop().time()
