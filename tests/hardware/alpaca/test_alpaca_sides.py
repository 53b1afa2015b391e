"""What only some Alpaca drivers can: to set the mount's side of the pier, and a dome that follows."""

from collections.abc import AsyncIterator

import pytest

from hardware.alpaca.opener import AlpacaOpener
from hardware.devices import J2000, PierSide
from tests import alpaca_rig, indi_rig

pytestmark = [pytest.mark.asyncio]


@pytest.fixture
async def server() -> AsyncIterator[alpaca_rig.Running]:
    async with alpaca_rig.server() as running:
        yield running


async def test_the_side_of_the_pier_is_set(server: alpaca_rig.Running) -> None:
    mount = await AlpacaOpener(indi_rig.utc_clock()).mount(server.spec("mount"))
    await mount.unpark()
    await mount.slew(J2000(300.0, 78.0))
    assert mount.side_setter is not None
    for side in (PierSide.EAST, PierSide.WEST, PierSide.EAST):
        await mount.side_setter.turn_to(side)
        status = await mount.status()
        assert (status.pier_side, status.slewing) == (side, False)


async def test_a_dome_follows_or_stands(server: alpaca_rig.Running) -> None:
    roof = await AlpacaOpener(indi_rig.utc_clock()).roof(server.spec("roof"))
    assert roof.slaving is not None
    assert await roof.slaving.follows()
    for on in (False, True):
        await roof.slaving.follow(on)
        assert await roof.slaving.follows() is on
