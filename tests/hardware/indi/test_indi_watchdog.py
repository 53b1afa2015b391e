"""INDI's own watchdog on the simulators: unfed it parks the mount, then the dome; else it rests."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from hardware.devices import IndiGuard, Mount, Roof, RoofState
from hardware.errors import DeviceError
from hardware.indi.opener import IndiOpener
from tests.indi_rig import settings, spec, utc_clock

pytestmark = [pytest.mark.indi, pytest.mark.asyncio]
SECONDS = 4.0


async def test_unfed_it_parks_the_mount_and_then_closes_the_dome(tmp_path: Path) -> None:
    server = settings(tmp_path, "telescope", "dome")
    server = type(server)(server.socket, server.port, (*server.drivers, "indi_watchdog"), server.home)
    async with IndiOpener.start(server, utc_clock()) as opener:
        mount = await opener.mount(spec("Telescope"))
        roof = await opener.roof(spec("Dome"))
        await roof.open()
        guard = IndiGuard(mount.name, roof.name, SECONDS, server.port)
        watchdog = await opener.watchdog(guard)
        for _ in range(int(SECONDS) * 2):  # longer than it would wait
            await watchdog.feed()
            await asyncio.sleep(0.7)
        assert not (await mount.status()).slewing
        assert await roof.state() is RoofState.OPEN
        await watchdog.disarm()
        await asyncio.sleep(SECONDS + 1)
        assert not (await mount.status()).slewing

        watchdog = await opener.watchdog(guard)
        assert not watchdog.lost
        async with asyncio.timeout(60):
            assert await _order(mount, roof) == ["parked", "closed"]


async def _order(mount: Mount, roof: Roof) -> list[str]:
    """What came first."""
    seen: list[str] = []
    while len(seen) < 2:
        with contextlib.suppress(DeviceError):
            if "parked" not in seen and (await mount.status()).parked:
                seen.append("parked")
            if "closed" not in seen and await roof.state() is not RoofState.OPEN:
                assert "parked" in seen
                if await roof.state() is RoofState.CLOSED:
                    seen.append("closed")
        await asyncio.sleep(0.05)
    return seen
