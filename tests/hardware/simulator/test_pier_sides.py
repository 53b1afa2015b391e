"""Pier sides as mounts have them: those that flip, that refuse, that stay; that lie; and where they stop."""

import asyncio

import pytest

from hardware.devices import J2000, Direction, PierSide, Site
from hardware.errors import DeviceRefused
from hardware.simulator.faults import FaultKind
from tests.hardware.simulator.skies import apart_arcsec, exact, fault, mount_of, rig_with, up_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
EAST, WEST = PierSide.EAST, PierSide.WEST
MINUTES_PER_DEG = 4 / 1.0027379


async def test_a_flip_turns_both_axes_half_round_and_comes_back_to_the_target() -> None:
    rig = rig_with(exact())
    mount, loop = await mount_of(rig), asyncio.get_running_loop()
    target = up_at(rig.sky, -1, 50.0)
    await mount.slew(target)
    assert (await mount.status()).pier_side is WEST
    assert rig.sky.rotation_deg == 15
    await asyncio.sleep(60 * 2 * MINUTES_PER_DEG)
    assert rig.sky.axes.pier_side is WEST
    assert rig.sky.axes.past_meridian_deg == pytest.approx(1, abs=0.15)
    before = loop.time()
    await mount.slew(target)
    assert loop.time() - before == pytest.approx(180 / 3 + 2)
    assert (await mount.status()).pier_side is EAST
    assert rig.sky.axes.past_meridian_deg == 0
    assert rig.sky.rotation_deg == 195
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01


async def test_the_side_of_a_sync_does_not_matter() -> None:
    rig = rig_with(exact(ra_error_arcmin=5.0, dec_error_arcmin=-4.0))
    mount = await mount_of(rig)
    target = up_at(rig.sky, -1, 50.0)
    await mount.slew(target)
    await mount.sync(rig.sky.axes.truth())
    await asyncio.sleep(60 * 2 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is EAST
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01
    start = rig.sky.axes.truth()
    await mount.guide_port.pulse(Direction.NORTH, 2.0)
    assert 3600 * (rig.sky.axes.truth().dec_deg - start.dec_deg) == pytest.approx(15, abs=0.01)


async def test_one_that_refuses_does_so_until_the_target_is_far_enough_past() -> None:
    rig = rig_with(exact(at_meridian="refuses", flip_after_deg=5.0))
    mount = await mount_of(rig)
    target = up_at(rig.sky, -1)
    await mount.slew(target)
    await asyncio.sleep(60 * 4 * MINUTES_PER_DEG)
    with pytest.raises(DeviceRefused, match="5° past the meridian"):
        await mount.slew(target)
    assert rig.sky.axes.pier_side is WEST
    await asyncio.sleep(60 * 2.1 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is EAST
    await mount.slew(up_at(rig.sky, 2))  # it is on that side: nothing to change
    assert rig.sky.axes.pier_side is EAST


async def test_one_that_stays_says_nothing_and_tracks_on_past_the_meridian() -> None:
    rig = rig_with(exact(at_meridian="stays", flip_after_deg=5.0))
    mount = await mount_of(rig)
    target = up_at(rig.sky, -1)
    await mount.slew(target)
    await asyncio.sleep(60 * 4 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert (await mount.status()).pier_side is WEST
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01
    assert rig.sky.axes.past_meridian_deg == pytest.approx(3, abs=0.2)
    await asyncio.sleep(60 * 2.1 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert (await mount.status()).pier_side is EAST
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01


@pytest.mark.parametrize("manner", ["flips", "refuses", "stays"])
async def test_from_the_park_position_either_side_is_free(manner: str) -> None:
    rig = rig_with(exact(at_meridian=manner))
    await (await mount_of(rig)).slew(up_at(rig.sky, 1))
    assert rig.sky.axes.pier_side is EAST


async def test_below_the_pole_it_flips_from_east_to_west() -> None:
    rig = rig_with(exact(at_meridian="stays", flip_after_deg=5.0))
    mount = await mount_of(rig)
    target = up_at(rig.sky, 179, 75.0)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is EAST
    await asyncio.sleep(60 * 3 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is EAST
    assert rig.sky.axes.past_meridian_deg == pytest.approx(2, abs=0.2)
    await asyncio.sleep(60 * 4 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is WEST
    assert rig.sky.axes.past_meridian_deg == 0
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01


async def test_at_its_limit_it_stops_without_a_word_and_only_a_slew_leads_away() -> None:
    rig = rig_with(exact(limit_past_meridian_deg=10.0))
    mount, axes = await mount_of(rig), rig.sky.axes
    target = up_at(rig.sky, -5)
    await mount.slew(target)
    await asyncio.sleep(60 * 14 * MINUTES_PER_DEG)
    assert (await mount.status()).tracking
    await asyncio.sleep(60 * 6 * MINUTES_PER_DEG)
    assert not (await mount.status()).tracking
    assert axes.hour_angle_deg == pytest.approx(10, abs=0.001)
    assert axes.past_meridian_deg == pytest.approx(10, abs=0.001)
    assert rig.sky.past_limit_deg < 1e-6
    assert apart_arcsec(axes.truth(), target) > 3600
    with pytest.raises(DeviceRefused, match="limit"):
        await mount.track(True)
    await mount.slew(target)
    assert axes.pier_side is EAST
    assert (await mount.status()).tracking


async def test_who_is_told_from_the_wrong_side_is_past_the_limit_and_stands() -> None:
    rig = rig_with(exact(), fault(FaultKind.NO_FLIP, 0.0))
    mount = await mount_of(rig)
    await mount.slew(up_at(rig.sky, -5))
    await mount.slew(up_at(rig.sky, 20))
    status = await mount.status()
    assert (status.pier_side, status.tracking) == (WEST, False)
    assert rig.sky.past_limit_deg == pytest.approx(5, abs=0.3)


async def test_a_flip_that_does_not_flip_lasts_as_long_as_the_fault() -> None:
    rig = rig_with(exact(), fault(FaultKind.NO_FLIP, 0.0, 3600))
    mount, target = await mount_of(rig), up_at(rig.sky, -1)
    await mount.slew(target)
    await asyncio.sleep(60 * 3 * MINUTES_PER_DEG)
    await mount.slew(target)
    assert (await mount.status()).pier_side is WEST
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01
    await asyncio.sleep(3600)
    await mount.slew(target)
    assert (await mount.status()).pier_side is EAST


async def test_the_side_it_tells_may_be_wrong_or_a_guess_or_nothing() -> None:
    truthful = rig_with(exact(), fault(FaultKind.WRONG_PIER_SIDE, 0.0, 60.0))
    liar = rig_with(exact(at_meridian="stays", pier_side="lies"))
    silent = rig_with(exact(pier_side="silent"), fault(FaultKind.WRONG_PIER_SIDE, 0.0))
    mounts = [await mount_of(rig) for rig in (truthful, liar, silent)]
    await asyncio.gather(*(mount.slew(up_at(liar.sky, -0.5)) for mount in mounts))
    told = [(await mount.status()).pier_side for mount in mounts]
    assert told == [EAST, WEST, None]
    await asyncio.sleep(600)
    told = [(await mount.status()).pier_side for mount in mounts]
    assert told == [WEST, EAST, None]
    assert {mount.axes.pier_side for mount in mounts} == {WEST}


async def test_tracking_that_is_silently_off_loses_just_that_time() -> None:
    rig = rig_with(
        exact(),
        fault(FaultKind.TRACKING_OFF, 100.0, 60.0),
        fault(FaultKind.TRACKING_OFF, 140.0, 40.0),
        fault(FaultKind.TRACKING_OFF, 300.0, 1.0),
    )
    mount = await mount_of(rig)
    target = up_at(rig.sky, -30)
    await mount.slew(target)
    await asyncio.sleep(80)
    assert ((await mount.status()).tracking, rig.sky.axes.really_tracking) == (True, False)
    await asyncio.sleep(300)
    assert rig.sky.axes.really_tracking
    lost = 3600 * ((rig.sky.axes.truth().ra_deg - target.ra_deg + 180) % 360 - 180)
    assert lost == pytest.approx(81 * 15.041, rel=1e-4)


async def test_a_cancelled_flip_is_where_it_is() -> None:
    rig = rig_with(exact())
    mount = await mount_of(rig)
    await mount.slew(up_at(rig.sky, -1, 50.0))
    for seconds, side in ((10, WEST), (20, EAST)):
        flip = asyncio.ensure_future(mount.slew(up_at(rig.sky, 1, 50.0)))
        await asyncio.sleep(seconds)
        flip.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flip
        assert rig.sky.axes.pier_side is side
        status = await mount.status()
        assert not status.slewing
        where = rig.sky.axes.truth()
        await asyncio.sleep(60)
        assert apart_arcsec(rig.sky.axes.truth(), where) < 0.01


async def test_in_the_south_it_is_the_other_pole() -> None:
    rig = rig_with(exact(), site=Site(-33.0, 11.6))
    mount, target = await mount_of(rig), up_at(rig.sky, 5, -50.0)
    assert rig.sky.at_park
    assert (await mount.status()).pointing.dec_deg == -90
    await mount.slew(target)
    assert rig.sky.axes.pier_side is EAST
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01
    await mount.slew(J2000(up_at(rig.sky, -5).ra_deg, -20.0))
    assert rig.sky.axes.pier_side is WEST
    await mount.park()
    assert rig.sky.at_park
