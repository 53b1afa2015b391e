"""The simulated mount, focuser, wheel, rotator, roof, weather and GNSS receiver."""

import asyncio
from math import cos, hypot, radians

import pytest

from hardware.devices import J2000, DeviceSpec, Direction, PierSide, RoofState, Site
from hardware.errors import DeviceError, DeviceRefused
from hardware.simulator.mount import SimulatedMount
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sphere import on_sphere, sidereal_deg

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SPEC = DeviceSpec("simulator", "Sim")


def utc(moment: float | None) -> float:
    return 1.79e9 + (asyncio.get_running_loop().time() if moment is None else moment)


@pytest.fixture
def rig() -> SimulatorOpener:
    return SimulatorOpener.demo(utc)


def up_at(rig: SimulatorOpener, hour_angle_deg: float, dec_deg: float = 40.0) -> J2000:
    lst = sidereal_deg(rig.sky.utc(None), rig.sky.world.site.longitude_deg)
    return J2000((lst - hour_angle_deg) % 360, dec_deg)


def apart_arcsec(a: J2000, b: J2000) -> float:
    east = (a.ra_deg - b.ra_deg + 180) % 360 - 180
    return 3600 * hypot(east * cos(radians(b.dec_deg)), a.dec_deg - b.dec_deg)


async def unparked(rig: SimulatorOpener, **setup: float) -> SimulatedMount:
    mount = await rig.mount(DeviceSpec("simulator", "Mount", dict(setup)))
    await mount.unpark()
    return mount


async def test_sidereal_time_is_the_almanac_s() -> None:
    # Meeus, Astronomical Algorithms, example 12.b: 1987 April 10, 19h21m00s UT
    assert sidereal_deg(545080860.0, 0.0) == pytest.approx(128.7378734, abs=1e-5)


async def test_angles_past_a_pole_come_down_on_the_other_side() -> None:
    assert on_sphere(10.0, 91.0) == J2000(190.0, 89.0)
    assert on_sphere(-30.0, -95.0) == J2000(150.0, -85.0)


async def test_a_parked_mount_refuses_to_move_and_unparked_it_slews_at_its_rate(rig: SimulatorOpener) -> None:
    mount = await rig.mount(SPEC)
    target = up_at(rig, -30)
    for refused in (mount.slew(target), mount.sync(target), mount.track(True)):
        with pytest.raises(DeviceRefused, match="parked"):
            await refused
    await mount.unpark()
    before = asyncio.get_running_loop().time()
    await mount.slew(target)
    status = await mount.status()
    assert apart_arcsec(status.pointing, target) < 0.01
    assert (status.tracking, status.parked, status.slewing) == (True, False, False)
    took = asyncio.get_running_loop().time() - before
    assert 50 / 3 + 2 <= took <= 180 / 3 + 2  # 50 degrees of declination at least


async def test_it_refuses_what_is_below_its_horizon(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    with pytest.raises(DeviceRefused, match="horizon"):
        await mount.slew(up_at(rig, 180, 20.0))
    with pytest.raises(DeviceRefused, match="horizon"):
        await mount.slew(J2000(0.0, -60.0))


async def test_a_sync_takes_the_hidden_error_away(rig: SimulatorOpener) -> None:
    mount, target = await unparked(rig), up_at(rig, -30)
    await mount.slew(target)
    assert 240 < apart_arcsec(rig.sky.axes.truth(), target) < 600
    await mount.sync(rig.sky.axes.truth())
    await mount.slew(target)
    assert apart_arcsec(rig.sky.axes.truth(), target) < 30
    assert apart_arcsec((await mount.status()).pointing, target) < 1


async def test_tracking_drifts_a_little_and_standing_still_a_lot(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    await mount.slew(up_at(rig, -30))
    start = rig.sky.axes.truth()
    await asyncio.sleep(600)
    assert 1 < apart_arcsec(rig.sky.axes.truth(), start) < 6
    await mount.track(False)
    still = rig.sky.axes.truth()
    await asyncio.sleep(60)
    moved = (rig.sky.axes.truth().ra_deg - still.ra_deg) % 360
    assert moved * 3600 == pytest.approx(60 * 15.041, rel=1e-4)


async def test_cancelled_a_slew_stops_on_the_way(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    target = up_at(rig, -30, 30.0)
    slew = asyncio.ensure_future(mount.slew(target))
    await asyncio.sleep(5)
    assert (await mount.status()).slewing
    slew.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slew
    stopped = (await mount.status()).pointing
    assert stopped.dec_deg == pytest.approx(90 - 15, abs=0.01)
    await asyncio.sleep(30)
    assert apart_arcsec((await mount.status()).pointing, stopped) < 0.01
    assert not (await mount.status()).slewing


async def test_parking_takes_over_from_a_slew(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    slew = asyncio.ensure_future(mount.slew(up_at(rig, -30, 20.0)))
    await asyncio.sleep(10)
    await mount.park()
    with pytest.raises(DeviceError, match="took over"):
        await slew
    status = await mount.status()
    assert (status.parked, status.tracking, status.slewing) == (True, False, False)
    assert status.pointing.dec_deg == pytest.approx(90, abs=0.01)
    await mount.park()


@pytest.mark.parametrize(("hour_angle", "side"), [(-20.0, PierSide.WEST), (20.0, PierSide.EAST)])
async def test_west_of_the_meridian_the_telescope_is_on_the_east_side_and_the_frame_upside_down(
    rig: SimulatorOpener, hour_angle: float, side: PierSide
) -> None:
    mount = await unparked(rig)
    await mount.slew(up_at(rig, hour_angle))
    assert (await mount.status()).pier_side is side
    assert rig.sky.rotation_deg == (15.0 if side is PierSide.WEST else 195.0)


async def test_place_and_time_change_what_is_above_the_horizon(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    southern = J2000(up_at(rig, 0).ra_deg, -70.0)
    with pytest.raises(DeviceRefused):
        await mount.slew(southern)
    await mount.locate(Site(-30.0, 11.6), rig.sky.utc(None))
    await mount.slew(southern)
    overhead_elsewhere = up_at(rig, 180, -10.0)
    with pytest.raises(DeviceRefused):
        await mount.slew(overhead_elsewhere)
    await mount.locate(Site(-30.0, 11.6), rig.sky.utc(None) + 12 * 3600)
    await mount.slew(overhead_elsewhere)


@pytest.mark.parametrize(
    ("direction", "east", "north"),
    [(Direction.NORTH, 0, 1), (Direction.SOUTH, 0, -1), (Direction.EAST, 1, 0), (Direction.WEST, -1, 0)],
)
async def test_guide_pulses_turn_an_axis(
    rig: SimulatorOpener, direction: Direction, east: int, north: int
) -> None:
    mount = await unparked(rig, drift_ra_arcsec_min=0.0, drift_dec_arcsec_min=0.0)
    await mount.slew(up_at(rig, -10))
    start, before = rig.sky.axes.truth(), asyncio.get_running_loop().time()
    await mount.guide_port.pulse(direction, 2.0)
    end = rig.sky.axes.truth()
    assert asyncio.get_running_loop().time() - before == pytest.approx(2.0)
    assert 3600 * (end.ra_deg - start.ra_deg) == pytest.approx(15 * east, abs=0.01)
    assert 3600 * (end.dec_deg - start.dec_deg) == pytest.approx(15 * north, abs=0.01)


async def test_pulses_are_refused_while_slewing_and_parked(rig: SimulatorOpener) -> None:
    mount = await unparked(rig)
    slewing_there = asyncio.ensure_future(mount.slew(up_at(rig, -10)))
    await asyncio.sleep(1)
    with pytest.raises(DeviceRefused, match="slewing"):
        await mount.guide_port.pulse(Direction.NORTH, 1.0)
    await slewing_there
    await mount.park()
    with pytest.raises(DeviceRefused, match="parked"):
        await mount.guide_port.pulse(Direction.NORTH, 1.0)


async def test_the_focuser_moves_at_its_rate_and_stops_when_cancelled(rig: SimulatorOpener) -> None:
    focuser = await rig.focuser(SPEC)
    before = asyncio.get_running_loop().time()
    await focuser.move_to(14_000)
    assert asyncio.get_running_loop().time() - before == pytest.approx(5.0)
    move = asyncio.ensure_future(focuser.move_to(10_000))
    await asyncio.sleep(3)
    move.cancel()
    with pytest.raises(asyncio.CancelledError):
        await move
    await asyncio.sleep(10)
    assert await focuser.position() == pytest.approx(12_800, abs=1)
    for outside in (-1, 30_001):
        with pytest.raises(DeviceRefused, match="outside"):
            await focuser.move_to(outside)


async def test_backlash_is_lost_on_the_way_out_and_not_on_the_way_in(rig: SimulatorOpener) -> None:
    focuser = await rig.focuser(SPEC)
    tube = rig.sky.drawtube
    await focuser.move_to(12_030)
    assert tube.place() == 12_000
    await focuser.move_to(12_500)
    assert tube.place() == 12_460
    await focuser.move_to(12_480)
    assert tube.place() == 12_460
    await focuser.move_to(12_300)
    assert tube.place() == 12_300


async def test_the_best_position_follows_filter_and_temperature(rig: SimulatorOpener) -> None:
    wheel, focuser = await rig.filter_wheel(SPEC), await rig.focuser(SPEC)
    clear = rig.sky.best_focus
    await wheel.select("Ha")
    assert rig.sky.best_focus - clear == pytest.approx(60, abs=0.1)
    warm, best = await focuser.celsius(), rig.sky.best_focus
    await asyncio.sleep(6 * 3600)
    cold = await focuser.celsius()
    assert warm is not None
    assert cold is not None
    assert warm - cold > 3
    assert rig.sky.best_focus - best == pytest.approx(-10 * (cold - warm))


async def test_the_wheel_takes_time_for_each_slot_the_short_way_round(rig: SimulatorOpener) -> None:
    wheel = await rig.filter_wheel(SPEC)
    assert (wheel.filters, await wheel.selected()) == (("L", "R", "G", "B", "Ha"), "L")
    for name, seconds in (("G", 2), ("L", 2), ("Ha", 1), ("R", 2), ("R", 0)):
        before = asyncio.get_running_loop().time()
        await wheel.select(name)
        assert await wheel.selected() == name
        assert asyncio.get_running_loop().time() - before == pytest.approx(seconds)
    with pytest.raises(DeviceRefused, match="no filter 'OIII'"):
        await wheel.select("OIII")


async def test_a_cancelled_wheel_rests_at_a_slot(rig: SimulatorOpener) -> None:
    wheel = await rig.filter_wheel(SPEC)
    move = asyncio.ensure_future(wheel.select("G"))
    await asyncio.sleep(0.7)
    move.cancel()
    with pytest.raises(asyncio.CancelledError):
        await move
    assert await wheel.selected() == "R"
    assert rig.sky.wheel.now() == 1


async def test_the_rotator_turns_the_frame_the_short_way(rig: SimulatorOpener) -> None:
    rotator = await rig.rotator(SPEC)
    before = asyncio.get_running_loop().time()
    await rotator.rotate_to(330.0)
    assert await rotator.angle() == pytest.approx(330.0)
    assert asyncio.get_running_loop().time() - before == pytest.approx(5.0)
    assert rig.sky.rotation_deg == pytest.approx(345.0)
    with pytest.raises(DeviceRefused):
        await rotator.rotate_to(360.0)


async def test_the_roof_is_neither_open_nor_closed_when_stopped_half_way(rig: SimulatorOpener) -> None:
    roof = await rig.roof(SPEC)
    assert await roof.state() is RoofState.OPEN
    closing = asyncio.ensure_future(roof.close())
    await asyncio.sleep(5)
    assert await roof.state() is RoofState.MOVING
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert await roof.state() is RoofState.UNKNOWN
    await roof.close()
    assert await roof.state() is RoofState.CLOSED
    assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.01)
    await roof.open()
    assert await roof.state() is RoofState.OPEN


async def test_weather_says_what_the_world_is_like_and_whether_that_is_safe() -> None:
    dry, wet = SimulatorOpener.demo(utc), SimulatorOpener.demo(utc)
    rain = DeviceSpec("simulator", "Rain", {"rain_mm_h": 2.5})
    assert (await (await dry.observing_conditions(SPEC)).conditions()).rain_mm_h == 0
    assert await (await dry.safety_monitor(SPEC)).safe()
    assert (await (await wet.observing_conditions(rain)).conditions()).rain_mm_h == 2.5
    assert not await (await wet.safety_monitor(SPEC)).safe()


async def test_gnss_knows_place_and_time() -> None:
    rig = SimulatorOpener.demo(utc, Site(-33.0, 150.0, 700.0))
    fix = await (await rig.gnss(SPEC)).fix()
    assert (fix.site, fix.at) == (Site(-33.0, 150.0, 700.0), 2.0)
    assert fix.utc_unix == utc(fix.at)
