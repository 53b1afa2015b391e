"""Polar misalignment, a tube askew, a worm that is not round: as offsets and as drift."""

import asyncio
from itertools import pairwise
from math import cos, pi, radians, sin, tan

import pytest

from hardware.devices import PierSide, Site
from hardware.simulator.misalignment import from_cone, from_polar_axis
from tests.hardware.simulator.skies import apart_arcsec, exact, mount_of, rig_with, up_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.mark.parametrize("latitude", [48.0, -33.0])
@pytest.mark.parametrize(("hour_angle", "dec"), [(-60.0, 30.0), (0.0, 45.0), (75.0, -5.0), (120.0, 60.0)])
async def test_the_pole_s_offset_is_wallace_s_formula(latitude: float, hour_angle: float, dec: float) -> None:
    sign = 1 if latitude > 0 else -1
    model = exact(polar_az_arcmin=6.0, polar_alt_arcmin=-4.0)
    a, e = sign * 6.0 * cos(radians(latitude)), sign * -4.0
    h, d = radians(hour_angle), radians(sign * dec)
    true_h, true_d = from_polar_axis(hour_angle, sign * dec, latitude, model)
    assert 60 * (true_d - sign * dec) == pytest.approx(a * sin(h) - e * cos(h), abs=0.03)
    assert 60 * (true_h - hour_angle) == pytest.approx(-tan(d) * (a * cos(h) + e * sin(h)), abs=0.03)


@pytest.mark.parametrize("latitude", [48.0, -33.0])
async def test_the_axis_itself_points_where_it_was_said_to(latitude: float) -> None:
    pole = 90.0 if latitude > 0 else -90.0
    above = from_polar_axis(0.0, pole, latitude, exact(polar_alt_arcmin=30.0))
    assert above[0] == pytest.approx(0.0, abs=1e-6)  # towards the zenith
    assert above[1] == pytest.approx(pole * (1 - 0.5 / 90))
    east = from_polar_axis(0.0, pole, latitude, exact(polar_az_arcmin=30.0))
    assert east[0] == pytest.approx(-90.0)  # on the eastern side of the meridian
    assert 90 - abs(east[1]) == pytest.approx(0.5 * cos(radians(latitude)), rel=1e-3)


async def test_beside_the_pole_the_sky_drifts_in_declination() -> None:
    rig = rig_with(exact(polar_az_arcmin=10.0))
    mount = await mount_of(rig)
    await mount.slew(up_at(rig.sky, -0.5, 20.0))
    await mount.sync(rig.sky.axes.truth())
    start = rig.sky.axes.truth()
    await asyncio.sleep(240)
    moved = 3600 * (rig.sky.axes.truth().dec_deg - start.dec_deg)
    # a dH/dt at the meridian: 10' cos(48.1°) times one degree
    assert moved == pytest.approx(600 * cos(radians(48.1)) * radians(1), rel=0.02)


async def test_a_tube_askew_is_off_by_twice_as_much_after_a_flip() -> None:
    rig = rig_with(exact(cone_arcmin=3.0))
    mount = await mount_of(rig)
    target = up_at(rig.sky, -1, 50.0)
    await mount.slew(target)
    await mount.sync(rig.sky.axes.truth())
    await mount.slew(target)
    assert apart_arcsec(rig.sky.axes.truth(), target) < 1
    await asyncio.sleep(600)
    await mount.slew(target)
    assert rig.sky.axes.pier_side is PierSide.EAST
    assert apart_arcsec(rig.sky.axes.truth(), target) == pytest.approx(2 * 3 * 60, rel=0.01)
    assert from_cone(0.0, 90.0, PierSide.WEST, exact(cone_arcmin=3.0))[1] == pytest.approx(90 - 0.05)


async def test_the_worm_comes_round() -> None:
    rig = rig_with(exact(pe_arcsec=8.0, pe_seconds=480.0))
    mount = await mount_of(rig)
    await mount.slew(up_at(rig.sky, -30))
    east = []
    for _ in range(49):
        east.append(3600 * rig.sky.axes.truth().ra_deg)
        await asyncio.sleep(10.0)
    assert max(east) - min(east) == pytest.approx(16.0, rel=0.02)
    assert east[48] == pytest.approx(east[0], abs=0.01)
    assert max(abs(b - a) for a, b in pairwise(east)) == pytest.approx(2 * pi * 8 / 48, rel=0.02)


async def test_a_wrong_clock_moves_what_the_mount_shows_until_it_is_synced() -> None:
    rig = rig_with(exact())
    mount = await mount_of(rig)
    target = up_at(rig.sky, -30)
    await mount.locate(Site(48.1, 11.6), rig.sky.utc(None) + 60)
    await mount.slew(target)
    assert apart_arcsec((await mount.status()).pointing, target) < 0.01
    assert apart_arcsec(rig.sky.axes.truth(), target) == pytest.approx(
        60 * 15.041 * cos(radians(40)), rel=1e-3
    )
    await mount.sync(rig.sky.axes.truth())
    await mount.slew(target)
    assert apart_arcsec(rig.sky.axes.truth(), target) < 0.01


async def test_a_sync_may_be_ignored_without_a_word() -> None:
    rig = rig_with(exact(dec_error_arcmin=0.5, at_sync="ignores"))
    mount = await mount_of(rig)
    target = up_at(rig.sky, -30)
    for _ in range(2):
        await mount.slew(target)
        assert apart_arcsec(rig.sky.axes.truth(), target) == pytest.approx(30.0, rel=1e-3)
        assert apart_arcsec((await mount.status()).pointing, target) < 0.01
        await mount.sync(rig.sky.axes.truth())


@pytest.mark.parametrize("latitude", [48.0, -33.0])
async def test_a_mount_may_park_away_from_the_pole(latitude: float) -> None:
    model = exact(park_from_pole_deg=90.0, slew_deg_s=6.0, settle_seconds=0.0)
    rig = rig_with(model, site=Site(latitude, 11.6))
    mount, axes = await mount_of(rig), rig.sky.axes
    assert abs(axes.truth().dec_deg) == pytest.approx(90.0)  # not parked, it begins at the pole
    began = asyncio.get_running_loop().time()
    await mount.park()
    assert asyncio.get_running_loop().time() - began == pytest.approx(90 / 6)
    assert rig.sky.at_park
    assert axes.hour_angle_deg == pytest.approx(-90.0)
    assert axes.truth().dec_deg == pytest.approx(0.0, abs=1e-6)
    parked = rig_with(exact(park_from_pole_deg=90.0, parked=True), site=Site(latitude, 11.6))
    assert parked.sky.at_park
