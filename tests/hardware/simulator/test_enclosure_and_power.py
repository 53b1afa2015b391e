"""Roof, park sensor, cover and panel as the truth has them; mains and battery."""

import asyncio

import pytest

from hardware.devices import CoverState, DeviceSpec, Exposure, FrameKind, Power, RoofState
from hardware.errors import DeviceError, DeviceRefused
from hardware.simulator.faults import FaultKind
from hardware.simulator.world import RoofModel
from tests.hardware.simulator.skies import SPEC, exact, fault, mount_of, rig_with, up_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


async def test_a_roof_is_not_turned_round_on_its_way() -> None:
    rig = rig_with(exact())
    roof = await rig.roof(DeviceSpec("simulator", "Roof", {"start": "closed", "seconds": 30}))
    assert await roof.state() is RoofState.CLOSED
    opening = asyncio.ensure_future(roof.open())
    await asyncio.sleep(10)
    with pytest.raises(DeviceRefused, match="the other way") as refused:
        await roof.close()
    assert "Stop it" in refused.value.advice
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert await roof.state() is RoofState.UNKNOWN
    before = asyncio.get_running_loop().time()
    await roof.close()
    assert asyncio.get_running_loop().time() - before == pytest.approx(10)
    assert await roof.state() is RoofState.CLOSED


async def test_two_who_open_the_roof_wait_for_the_same_motion() -> None:
    rig = rig_with(exact(), roof=RoofModel(start="closed"))
    roof = await rig.roof(SPEC)
    first = asyncio.ensure_future(roof.open())
    await asyncio.sleep(5)
    second = asyncio.ensure_future(roof.open())
    await asyncio.gather(first, second)
    assert asyncio.get_running_loop().time() == pytest.approx(20)
    closers = [asyncio.ensure_future(roof.close()) for _ in range(2)]
    await asyncio.sleep(5)
    closers[1].cancel()
    with pytest.raises(DeviceError, match="took over"):
        await closers[0]
    assert await roof.state() is RoofState.UNKNOWN


async def test_the_roof_hits_a_telescope_that_is_not_parked() -> None:
    for clears in (False, True):
        rig = rig_with(exact(), roof=RoofModel(clears_telescope=clears))
        mount, roof = await mount_of(rig), await rig.roof(SPEC)
        await roof.close()
        assert not rig.sky.roof_collides
        await roof.open()
        await mount.slew(up_at(rig.sky, -20))
        assert not rig.sky.roof_collides
        closing = asyncio.ensure_future(roof.close())
        await asyncio.sleep(0.1)
        assert rig.sky.roof_collides is not clears
        await closing
        assert rig.sky.roof_collides is not clears
        await mount.park()
        assert not rig.sky.roof_collides


async def test_the_park_sensor_feels_the_tube_and_not_the_mount_s_flag() -> None:
    rig = rig_with(exact(parked=True))
    mount, sensor = await mount_of(rig), await rig.park_sensor(SPEC)
    assert await sensor.parked()
    await mount.unpark()
    assert await sensor.parked()
    await mount.track(True)
    assert not await sensor.parked()
    await asyncio.sleep(120)
    await mount.track(False)
    assert await sensor.parked()  # half a degree off
    await mount.track(True)
    await asyncio.sleep(240)
    await mount.track(False)
    assert not await sensor.parked()  # a degree and a half
    await mount.slew(up_at(rig.sky, 30))
    parking = asyncio.ensure_future(mount.park())
    await asyncio.sleep(10)
    assert not await sensor.parked()
    await parking
    assert await sensor.parked()


async def test_a_sync_does_not_move_the_park_position() -> None:
    rig = rig_with(exact(parked=False))
    mount = await mount_of(rig)
    sensor = await rig.park_sensor(DeviceSpec("simulator", "Sensor", {"tolerance_deg": 0.01}))
    await mount.slew(up_at(rig.sky, 30))
    await mount.sync(up_at(rig.sky, 33, 38.0))
    await mount.park()
    assert await sensor.parked()


async def test_behind_the_cover_there_is_the_panel_s_light_only() -> None:
    rig = rig_with(exact())
    cover = await rig.cover(SPEC)
    panel = await rig.flat_panel(DeviceSpec("simulator", "Panel", {"brightest": 200}))
    assert (panel.brightest, await panel.level(), rig.sky.panel) == (200, 0, 0.0)
    await panel.light(50)
    assert (await panel.level(), rig.sky.panel, rig.sky.visible) == (50, 0.0, True)
    closing = asyncio.ensure_future(cover.close())
    await asyncio.sleep(2)
    assert await cover.state() is CoverState.MOVING
    assert (rig.sky.panel, rig.sky.visible) == (0.0, False)
    await closing
    assert await cover.state() is CoverState.CLOSED
    assert (rig.sky.panel, rig.sky.visible) == (0.25, False)
    for outside in (-1, 201):
        with pytest.raises(DeviceRefused, match="0 to 200"):
            await panel.light(outside)
    assert await panel.level() == 50


async def test_the_camera_sees_nothing_behind_the_cover() -> None:
    rig = rig_with(exact())
    camera, cover, mount = await rig.camera(SPEC), await rig.cover(SPEC), await mount_of(rig)
    await mount.slew(up_at(rig.sky, -20))
    await cover.close()
    light, dark = await camera.expose(Exposure(5.0)), await camera.expose(Exposure(5.0, kind=FrameKind.DARK))
    assert light.pixels.mean() == pytest.approx(dark.pixels.mean(), rel=0.01)


@pytest.mark.parametrize(
    ("setup", "said"),
    [({"start": "ajar"}, "start = 'ajar' is not known"), ({"seconds": 0}, "seconds must be more than 0")],
)
async def test_settings_that_do_not_fit_are_refused(setup: dict[str, float | str | bool], said: str) -> None:
    with pytest.raises(DeviceRefused, match=said) as refused:
        await rig_with(exact()).cover(DeviceSpec("simulator", "Cover", setup))
    assert "ajar" not in setup.values() or "open, closed" in refused.value.advice


async def test_without_mains_the_battery_runs_down_and_is_charged_afterwards() -> None:
    rig = rig_with(
        exact(),
        fault(FaultKind.MAINS_LOST, 3600, 3600),
        fault(FaultKind.MAINS_LOST, 5400, 3600),
        fault(FaultKind.MAINS_LOST, 12_600, 36_000),
    )
    setup: dict[str, float | str | bool] = {"watts": 50, "battery_wh": 200, "charge_watts": 20}
    monitor = await rig.power_monitor(DeviceSpec("simulator", "Power", setup))
    for moment, mains, percent in (
        (0, True, 100),
        (3600, False, 100),
        (7200, False, 75),
        (9000, True, 62.5),
        (10_800, True, 67.5),
        (12_600, False, 72.5),
        (16_200, False, 47.5),
        (48_600, True, 0),
        (84_600, True, 100),
    ):
        await asyncio.sleep(moment - asyncio.get_running_loop().time())
        power = await monitor.power()
        assert power.mains is mains
        assert power.battery_percent == pytest.approx(percent, abs=0.01)


async def test_a_low_battery_claims_what_the_fault_says() -> None:
    rig = rig_with(exact(), fault(FaultKind.BATTERY_LOW, 10, 60, amount=7.0))
    monitor = await rig.power_monitor(SPEC)
    assert await monitor.power() == Power(True, 100.0)
    await asyncio.sleep(20)
    assert await monitor.power() == Power(True, 7.0)
