"""A focuser within the profile's limits, left in peace after a move."""

import asyncio

import pytest

from hardware.errors import DeviceRefused
from hardware.geared import GearedFocuser, Limits
from tests.appliance.focus.fake_focus import FakeFocuser

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


async def test_it_stays_within_both_limits() -> None:
    inner = FakeFocuser(1000, range(5001))
    focuser = GearedFocuser(inner, Limits(lowest=500, highest=9000))
    assert (focuser.travel[0], focuser.travel[-1]) == (500, 5000)
    await focuser.move_to(500)
    for outside in (499, 5001):
        with pytest.raises(DeviceRefused, match="500 to 5000"):
            await focuser.move_to(outside)
    assert inner.moves == [500]
    assert await focuser.position() == 500
    assert focuser.name == inner.name


async def test_it_rests_after_each_move() -> None:
    focuser = GearedFocuser(FakeFocuser(1000), Limits(settle_seconds=3.0))
    began = asyncio.get_running_loop().time()
    await focuser.move_to(3000)
    assert asyncio.get_running_loop().time() - began == pytest.approx(1.0 + 3.0)


async def test_limits_that_leave_nothing_are_refused() -> None:
    with pytest.raises(DeviceRefused, match="outside the limits"):
        GearedFocuser(FakeFocuser(1000, range(5001)), Limits(lowest=6000))
