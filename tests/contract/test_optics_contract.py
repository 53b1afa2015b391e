"""Focuser, filter wheel, rotator."""

import asyncio
from typing import Any

import pytest

from hardware.devices import FilterWheel, Focuser, Rotator
from hardware.errors import DeviceRefused

pytestmark = pytest.mark.asyncio


async def test_the_focuser_stands_where_it_was_sent(driver: Any) -> None:
    focuser: Focuser = await driver.open("focuser")
    start = await focuser.position()
    for goal in (start + 500, start - 500, start - 500):
        await focuser.move_to(goal)
        assert await focuser.position() == goal
    celsius = await focuser.celsius()
    assert celsius is None or -60 < celsius < 60


async def test_the_focuser_refuses_to_leave_its_travel_and_does_not_move(driver: Any) -> None:
    focuser: Focuser = await driver.open("focuser")
    start = await focuser.position()
    for outside in (focuser.travel[-1] + 1, focuser.travel[0] - 1):
        with pytest.raises(DeviceRefused):
            await focuser.move_to(outside)
    assert await focuser.position() == start


async def test_a_cancelled_move_leaves_the_focuser_at_rest(driver: Any) -> None:
    focuser: Focuser = await driver.open("focuser")
    moving = asyncio.create_task(focuser.move_to(await focuser.position() + 15_000))
    await asyncio.sleep(0.2)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    stopped = await focuser.position()
    await asyncio.sleep(3)
    assert await focuser.position() == stopped


async def test_the_wheel_stands_at_the_filter_that_was_selected(driver: Any) -> None:
    wheel: FilterWheel = await driver.open("filter_wheel")
    assert len(set(wheel.filters)) == len(wheel.filters) > 1
    for name in (wheel.filters[2], wheel.filters[0], wheel.filters[0]):
        await wheel.select(name)
        assert await wheel.selected() == name


async def test_the_wheel_refuses_a_filter_it_does_not_have(driver: Any) -> None:
    wheel: FilterWheel = await driver.open("filter_wheel")
    before = await wheel.selected()
    with pytest.raises(DeviceRefused) as refused:
        await wheel.select("Kryptonite")
    assert "Kryptonite" in refused.value.sentence
    assert await wheel.selected() == before


async def test_the_rotator_stands_at_its_angle(driver: Any) -> None:
    rotator: Rotator = await driver.open("rotator")
    for degrees in (12.0, 3.5):
        await rotator.rotate_to(degrees)
        assert await rotator.angle() == pytest.approx(degrees, abs=0.2)


async def test_a_cancelled_rotation_stops(driver: Any) -> None:
    rotator: Rotator = await driver.open("rotator")
    turning = asyncio.create_task(rotator.rotate_to(170.0))
    await asyncio.sleep(1.5)
    turning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turning
    stopped = await rotator.angle()
    assert 0 < stopped < 170
    await asyncio.sleep(1.5)
    assert await rotator.angle() == pytest.approx(stopped, abs=0.01)
