"""Focusers that know no position, as INDI's simulator can be one: relative moves are counted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.devices import Focuser
from hardware.errors import DeviceRefused
from hardware.indi.counted_focuser import CHUNK, MIDDLE
from hardware.indi.opener import IndiOpener
from hardware.indi.properties import Remote
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
NAME = "Focuser Simulator"


@pytest.fixture
async def opener(tmp_path: Path) -> AsyncIterator[IndiOpener]:
    async with IndiOpener.start(indi_rig.settings(tmp_path, "focus"), indi_rig.utc_clock()) as opener:
        session = await opener._connection.session(10.0)
        remote = Remote(session, opener._connection.link, NAME)
        await remote.until("Mode", lambda _: True)
        await remote.set("Mode", {"Relative": True})
        yield opener


async def position_in_the_driver(opener: IndiOpener) -> None:
    session = await opener._connection.session(10.0)
    assert Remote(session, opener._connection.link, NAME).find("ABS_FOCUS_POSITION") is None


async def test_moves_are_counted_and_outlive_a_reconnection(opener: IndiOpener) -> None:
    focuser: Focuser = await opener.focuser(indi_rig.spec("Focuser"))
    await position_in_the_driver(opener)
    assert await focuser.position() == MIDDLE
    await focuser.move_to(MIDDLE + CHUNK + 200)
    await focuser.move_to(MIDDLE - 300)
    assert await focuser.position() == MIDDLE - 300
    with pytest.raises(DeviceRefused, match="outside"):
        await focuser.move_to(-1)
    again: Focuser = await opener.focuser(indi_rig.spec("Focuser"))
    assert await again.position() == MIDDLE - 300


async def test_a_stop_lets_the_piece_end_so_that_the_count_is_true(opener: IndiOpener) -> None:
    focuser: Focuser = await opener.focuser(indi_rig.spec("Focuser"))
    moving = asyncio.create_task(focuser.move_to(MIDDLE + 100 * CHUNK))
    await asyncio.sleep(0.3)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    stands = await focuser.position()
    assert stands != MIDDLE + 100 * CHUNK
    assert (stands - MIDDLE) % CHUNK == 0
    await focuser.move_to(MIDDLE)
    assert await focuser.position() == MIDDLE
