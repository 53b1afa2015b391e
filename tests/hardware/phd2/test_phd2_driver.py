"""What PHD2's wire can do to its driver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hardware.devices import J2000, DeviceSpec, GuideState, Settle
from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused
from hardware.phd2.guider import Phd2Guider
from hardware.phd2.opener import Phd2Opener
from hardware.simulator.opener import SimulatorOpener
from tests import indi_rig
from tests.phd2_server import Phd2Server

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SETTLE = Settle(1.5, 10.0, 60.0)


@asynccontextmanager
async def phd2() -> AsyncIterator[Phd2Server]:
    opener = SimulatorOpener.demo(indi_rig.utc_clock())
    mount = await opener.mount(DeviceSpec("simulator", "Mount"))
    await mount.unpark()
    await mount.slew(J2000((mount.axes.believed_hour_angle(0.0) + 30) % 360, 30.0))  # 2 h east
    guider = await opener.guider(DeviceSpec("simulator", "Guider"))
    async with Phd2Server(guider).running() as running:
        yield running


@asynccontextmanager
async def bench() -> AsyncIterator[tuple[Phd2Opener, Phd2Server]]:
    """Made within the test: only there the clock is virtual."""
    async with phd2() as server, Phd2Opener().running() as opener:
        yield opener, server


async def opened(opener: Phd2Opener, server: Phd2Server) -> Phd2Guider:
    return await opener.guider(DeviceSpec("phd2", "PHD2", {"port": server.port}))


async def test_where_nobody_listens_it_is_missing() -> None:
    async with Phd2Opener().running() as opener:
        with pytest.raises(DeviceMissing, match=r"no PHD2 answers at 127\.0\.0\.1:1") as missing:
            await opener.guider(DeviceSpec("phd2", "PHD2", {"port": 1}))
        assert "Enable Server" in missing.value.advice
        with pytest.raises(DeviceRefused, match="port"):
            await opener.guider(DeviceSpec("phd2", "PHD2", {"port": 0}))


async def test_its_gear_is_connected_when_it_is_not() -> None:
    async with bench() as (opener, server):
        server.connected = False
        await opened(opener, server)
        assert server.connected


async def test_a_dither_waits_until_the_settling_before_is_over() -> None:
    async with bench() as (opener, server):
        guider = await opened(opener, server)
        await guider.start(SETTLE)
        clock = asyncio.get_running_loop().time
        began = clock()
        await asyncio.gather(guider.dither(5.0, False, SETTLE), _a_moment_later(guider))
        assert clock() - began == pytest.approx(20.0, abs=0.5)
        assert [one["method"] for one in server.asked].count("dither") == 2


async def _a_moment_later(guider: Phd2Guider) -> None:
    await asyncio.sleep(0.1)
    await guider.dither(5.0, False, SETTLE)


async def test_that_settling_is_never_done_is_an_error_in_time() -> None:
    async with bench() as (opener, server):
        guider = await opened(opener, server)
        await guider.start(SETTLE)
        server.says_done = False
        with pytest.raises(DeviceError, match="did not say that it has settled"):
            await guider.dither(5.0, False, SETTLE)


async def test_what_failed_is_told_in_phd2s_own_words() -> None:
    async with bench() as (opener, server):
        guider = await opened(opener, server)
        starting = asyncio.create_task(guider.start(SETTLE))
        await asyncio.sleep(1)
        server.tell("Alert", Msg="The star moved too little", Type="warning")
        server.tell("CalibrationFailed", Reason="RA calibration failed")
        with pytest.raises(DeviceError, match=r"RA calibration failed \(PHD2: The star moved too little\)"):
            await starting


async def test_a_broken_connection_is_a_loss_for_whoever_waits() -> None:
    async with bench() as (opener, server):
        guider = await opened(opener, server)
        starting = asyncio.create_task(guider.start(SETTLE))
        await asyncio.sleep(1)
        server.drop()
        with pytest.raises(DeviceLost):
            await starting
        assert guider.lost
        with pytest.raises(DeviceLost):
            await guider.status()
        again = await opened(opener, server)
        assert (await again.status()).state is not GuideState.PAUSED


async def test_a_phd2_that_does_not_answer_is_lost_in_time() -> None:
    async with bench() as (opener, server):
        guider = await opened(opener, server)
        server.mute = True
        began = asyncio.get_running_loop().time()
        with pytest.raises(DeviceLost, match="no answer to stop_capture for 10 s"):
            await guider.stop()
        assert asyncio.get_running_loop().time() - began == pytest.approx(10.0)
        assert guider.lost


async def test_an_unknown_scale_tells_no_arcseconds() -> None:
    async with bench() as (opener, server):
        server.scale = None
        guider = await opened(opener, server)
        await guider.start(SETTLE)
        status = await guider.status()
        assert status.rms_px == pytest.approx(0.5)
        assert status.rms_arcsec is None
