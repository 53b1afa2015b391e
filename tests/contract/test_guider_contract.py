"""The simulated guider, and PHD2's driver over the real wire with the same guider behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from hardware.devices import (
    J2000,
    DeviceSpec,
    GuideMark,
    Guider,
    GuideState,
    GuideStep,
    Marked,
    Mount,
    Settle,
)
from hardware.errors import DeviceError, DeviceRefused
from hardware.phd2.opener import Phd2Opener
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests import indi_rig
from tests.phd2_server import Phd2Server

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.looptime,
    pytest.mark.parametrize("driver", ["simulator", "phd2"]),
]
SETTLE = Settle(1.5, 10.0, 60.0)


@dataclass
class Bench:
    """A guider on a mount that points at something and tracks."""

    guider: Guider
    mount: Mount
    sky: Sky

    async def off_after(self, seconds: float) -> float:
        """Arcseconds that the telescope wanders in so many seconds, in declination."""
        before = self.sky.axes.truth().dec_deg
        await asyncio.sleep(seconds)
        return 3600 * abs(self.sky.axes.truth().dec_deg - before)


@asynccontextmanager
async def bench_of(driver: str) -> AsyncIterator[Bench]:
    """Made within the test: only there the clock is virtual."""
    utc = indi_rig.utc_clock()
    faults = Faults((Fault(FaultKind.GUIDE_STAR_LOST, utc(None) + 1000, 300),))
    opener = SimulatorOpener(Sky(World(), utc, faults))
    mount = await opener.mount(DeviceSpec("simulator", "Mount"))
    await mount.unpark()
    await mount.slew(J2000((mount.axes.believed_hour_angle(0.0) + 30) % 360, 30.0))  # 2 h east
    simulated = await opener.guider(DeviceSpec("simulator", "Guider"))
    if driver == "simulator":
        yield Bench(simulated, mount, opener.sky)
        return
    async with Phd2Server(simulated).running() as server, Phd2Opener().running() as phd2:
        guider = await phd2.guider(DeviceSpec("phd2", "PHD2", {"port": server.port}))
        yield Bench(guider, mount, opener.sky)


async def test_it_holds_the_telescope_until_it_is_stopped(driver: str) -> None:
    async with bench_of(driver) as bench:
        assert (await bench.guider.status()).state is GuideState.STOPPED
        assert await bench.off_after(600) > 1
        await bench.guider.start(SETTLE)
        status = await bench.guider.status()
        assert status.state is GuideState.GUIDING
        assert status.rms_px is not None
        assert status.rms_arcsec == pytest.approx(3 * status.rms_px)
        assert await bench.off_after(200) < 0.01
        await bench.guider.stop()
        assert (await bench.guider.status()).state is GuideState.STOPPED
        assert await bench.off_after(600) > 1
        await bench.guider.stop()


async def test_the_first_start_calibrates_and_later_ones_do_not(driver: str) -> None:
    async with bench_of(driver) as bench:
        clock = asyncio.get_running_loop().time
        seconds = []
        for _ in range(2):
            began = clock()
            await bench.guider.start(SETTLE)
            seconds.append(clock() - began)
            await bench.guider.stop()
        assert seconds[0] == pytest.approx(seconds[1] + 60)
        await bench.guider.forget_calibration()
        began = clock()
        await bench.guider.start(SETTLE)
        assert clock() - began == pytest.approx(seconds[0])


async def test_stopped_while_it_starts_it_guides_no_more(driver: str) -> None:
    async with bench_of(driver) as bench:
        starting = asyncio.create_task(bench.guider.start(SETTLE))
        await asyncio.sleep(70)
        starting.cancel()
        await asyncio.wait({starting})
        assert starting.cancelled()
        await asyncio.sleep(5)
        assert (await bench.guider.status()).state is GuideState.STOPPED


async def test_a_dither_moves_the_star_and_settles(driver: str) -> None:
    async with bench_of(driver) as bench:
        with pytest.raises(DeviceRefused, match="dither"):
            await bench.guider.dither(5.0, False, SETTLE)
        await bench.guider.start(SETTLE)
        before = bench.sky.axes.truth()
        await bench.guider.dither(5.0, False, SETTLE)
        after = bench.sky.axes.truth()
        assert 0.1 < 3600 * abs(after.dec_deg - before.dec_deg) <= 15.01
        assert (await bench.guider.status()).state is GuideState.GUIDING
        here = bench.sky.axes.truth().dec_deg
        await bench.guider.dither(5.0, True, SETTLE)
        assert bench.sky.axes.truth().dec_deg == pytest.approx(here, abs=1e-9)


async def test_paused_it_drifts_and_resumed_it_is_back(driver: str) -> None:
    async with bench_of(driver) as bench:
        await bench.guider.start(SETTLE)
        before = bench.sky.axes.truth().dec_deg
        await bench.guider.pause()
        assert (await bench.guider.status()).state is GuideState.PAUSED
        assert await bench.off_after(300) > 0.5
        await bench.guider.resume()
        assert (await bench.guider.status()).state is GuideState.GUIDING
        assert bench.sky.axes.truth().dec_deg == pytest.approx(before, abs=1e-9)
        await bench.guider.pause()
        await bench.guider.stop()
        assert (await bench.guider.status()).state is GuideState.STOPPED


async def test_a_lost_star_is_told_and_found_again(driver: str) -> None:
    async with bench_of(driver) as bench:
        await asyncio.sleep(800)
        await bench.guider.start(SETTLE)
        await asyncio.sleep(250)
        status = await bench.guider.status()
        assert (status.state, status.rms_px) == (GuideState.LOST, None)
        await asyncio.sleep(300)
        assert (await bench.guider.status()).state is GuideState.GUIDING


async def test_without_a_star_it_does_not_start(driver: str) -> None:
    async with bench_of(driver) as bench:
        await asyncio.sleep(1000)
        with pytest.raises(DeviceError, match="no star"):
            await bench.guider.start(SETTLE)
        assert (await bench.guider.status()).state is GuideState.STOPPED


async def test_a_calibration_turns_round_with_the_telescope(driver: str) -> None:
    async with bench_of(driver) as bench:
        with pytest.raises(DeviceError, match="flip"):
            await bench.guider.flip_calibration()
        await bench.guider.start(SETTLE)
        await bench.guider.stop()
        shown = (await bench.mount.status()).pointing
        await bench.mount.slew(J2000((shown.ra_deg - 60) % 360, 30.0))  # across the meridian
        with pytest.raises(DeviceError, match="not settled"):
            await bench.guider.start(SETTLE)
        await bench.guider.flip_calibration()
        await bench.guider.start(SETTLE)
        assert (await bench.guider.status()).state is GuideState.GUIDING


async def test_settling_is_told_until_it_is_over(driver: str) -> None:
    async with bench_of(driver) as bench:
        starting = asyncio.create_task(bench.guider.start(Settle(1.5, 100.0, 300.0)))
        told = []
        while not starting.done():
            status = await bench.guider.status()
            told.append((status.state, status.settling))
            await asyncio.wait({starting}, timeout=10.0)
        assert told[-1] == (GuideState.GUIDING, True)
        assert (GuideState.CALIBRATING, False) in told
        await starting
        assert not (await bench.guider.status()).settling


async def test_what_it_saw_is_told_once_and_in_order(driver: str) -> None:
    async with bench_of(driver) as bench:
        await bench.guider.start(SETTLE)
        await bench.guider.status()
        trace = bench.guider.trace
        assert trace is not None
        assert trace.arcsec_per_px == 3.0
        assert trace.profile == {"simulator": "Simulator", "phd2": "Small rig"}[driver]
        seen = trace.count
        await bench.guider.dither(5.0, False, SETTLE)
        await asyncio.sleep(6.0)
        await bench.guider.status()
        new = trace.after(seen)
        steps = [one for one in new if isinstance(one, GuideStep)]
        assert steps
        assert all(one.snr and abs(one.ra_px) < 3.0 for one in steps)
        assert Marked.SETTLED in [one.what for one in new if isinstance(one, GuideMark)]
        assert [one.at for one in new] == sorted(one.at for one in new)
        assert trace.after(trace.count) == ()
