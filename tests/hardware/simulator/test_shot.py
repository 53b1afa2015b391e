"""What one exposure gathers: focus, tilt, clouds, Moon and twilight, the flat panel, a night's faults."""

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hardware.devices import J2000, DeviceSpec, Exposure, Frame, FrameKind
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.forecast import WeatherPoint
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.psf import arcsec_per_pixel
from hardware.simulator.shot import Shot, shoot
from hardware.simulator.sky import Sky
from hardware.simulator.world import CameraModel, CoverModel, FocuserModel, WeatherModel, World
from tests.hardware.simulator.skies import look_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC
LIGHT, FLAT = Exposure(8.0), Exposure(2.0, kind=FrameKind.FLAT)


def sky_of(*faults: Fault, epoch: float = EVENING, **world: Any) -> Sky:
    """A rig in focus that tracks a field in Aries, high up, without a mount's errors."""
    mount = replace(World().mount, ra_error_arcmin=0.0, dec_error_arcmin=0.0)
    world = {"focuser": FocuserModel(backlash=0), "mount": mount, **world}

    def utc(moment: float | None) -> float:
        return epoch + (asyncio.get_running_loop().time() if moment is None else moment)

    sky = Sky(World(**world), utc, Faults(faults))
    look_at(sky, J2000(30.0, 30.0))
    sky.drawtube.knob.rest_at(round(sky.best_focus))
    return sky


def shot_of(sky: Sky, exposure: Exposure = LIGHT) -> Shot:
    return shoot(sky, replace(exposure, gain=100, offset=200))


async def photograph(sky: Sky, exposure: Exposure) -> Frame:
    camera = await SimulatorOpener(sky).camera(DeviceSpec("simulator", "Camera"))
    return await camera.expose(exposure)


async def test_in_focus_the_demo_rig_has_stars_of_1_6_pixels_and_seeing_makes_them_larger() -> None:
    calm = sky_of(weather=WeatherModel(seeing_wander=0.0))
    assert calm.hfr_px == pytest.approx(1.6, abs=0.02)
    bad = sky_of(forecast=(WeatherPoint(EVENING, seeing_arcsec=10.0),))
    seeing_px = 5.0 / arcsec_per_pixel(bad.world.camera)
    assert bad.hfr_px == pytest.approx(np.hypot(1.55, seeing_px), rel=1e-3)


async def test_a_slip_puts_the_tube_off_from_then_on() -> None:
    sky = sky_of(Fault(FaultKind.FOCUSER_SLIP, EVENING + 60, 0.0, amount=150.0))
    assert sky.defocus == pytest.approx(0, abs=1)
    await asyncio.sleep(60)
    assert sky.defocus == pytest.approx(150, abs=1)
    await asyncio.sleep(3600)
    assert sky.drawtube.place() + 150 - sky.best_focus == pytest.approx(sky.defocus)


async def test_tilt_makes_one_corner_sharp_where_the_other_is_not() -> None:
    sky = sky_of(camera=CameraModel(tilt_steps=400.0))
    stars = shot_of(sky).stars()
    corner = (stars.x / 1280 + stars.y / 1024) / 2 - 0.5
    sizes = np.asarray(stars.hfr)
    middle = np.abs(corner) < 0.03
    assert np.allclose(sizes[middle], sky.hfr_px, rtol=0.02)
    for end in (np.abs(corner - 0.4) < 0.03, np.abs(corner + 0.4) < 0.03):
        assert np.median(sizes[end]) == pytest.approx(1.55 * np.hypot(1, 160 / 194), rel=0.05)
    sky.drawtube.knob.rest_at(round(sky.best_focus) + 160)
    sizes = np.asarray(shot_of(sky).stars().hfr)
    assert np.median(sizes[corner > 0.37]) < 1.65 < 2.5 < np.median(sizes[corner < -0.37])


async def test_clouds_dim_the_stars_and_brighten_the_sky_a_little() -> None:
    clear = shot_of(sky_of())
    cloudy = shot_of(sky_of(Fault(FaultKind.CLOUDS, EVENING - 3600, 7200.0, amount=3.0)))
    assert cloudy.starlight / clear.starlight == pytest.approx(10 ** (-0.4 * 3))
    assert 1.3 < cloudy.glow / clear.glow < 1.6


async def test_with_heavens_moon_and_daylight_count_and_without_them_nothing_does() -> None:
    clear, moonlit = shot_of(sky_of()), shot_of(sky_of(heavens=True))
    assert moonlit.glow > 3 * clear.glow
    assert 0.9 < moonlit.starlight / clear.starlight < 1.0
    noon = EVENING + 15 * 3600
    assert shot_of(sky_of(epoch=noon)).glow == pytest.approx(clear.glow)
    frame = await photograph(sky_of(epoch=noon, heavens=True), Exposure(1.0))
    assert frame.pixels.min() == 65535


async def test_flat_frames_see_the_panel_or_else_the_sky() -> None:
    full, half = shot_of(sky_of(), FLAT), shot_of(sky_of(flat=0.5), FLAT)
    assert (full.starlight, full.glow) == (0.0, 16_000.0)
    assert half.glow == 8_000.0
    dusk = sky_of(heavens=True, epoch=EVENING - 4.1 * 3600)
    assert shot_of(dusk, FLAT).glow > 10 * shot_of(dusk, FLAT).starlight * 10 ** (-0.4 * 20.5)
    assert shot_of(dusk, FLAT).glow == shot_of(dusk, replace(LIGHT, seconds=2.0)).glow


async def test_on_a_closed_cover_it_is_the_panel_that_gives_light_and_takes_the_stars() -> None:
    sky = sky_of(cover=CoverModel(start="closed"))
    assert [(shot.starlight, shot.glow) for shot in (shot_of(sky), shot_of(sky, FLAT))] == [(0, 0), (0, 0)]
    sky.panel_level = 51  # of 255
    assert shot_of(sky, FLAT).glow == pytest.approx(400_000 / 5)
    assert shot_of(sky).glow == pytest.approx(1_600_000 / 5)
    assert shot_of(sky, replace(FLAT, kind=FrameKind.DARK)).glow == 0


async def test_twilight_flats_fade_by_the_law_of_the_twilight_and_filters_take_their_share() -> None:
    sky = sky_of(heavens=True, epoch=EVENING - 4.1 * 3600)
    first = shot_of(sky, FLAT).glow
    await asyncio.sleep(60)
    sky.wheel.rest_at(1)
    decades = np.log10(shot_of(sky, FLAT).glow / 0.33 / first)
    assert -0.12 < decades < -0.06  # 0.48 decades for a degree of the Sun, which sinks 0.16 in a minute here
    clouds = sky_of(
        Fault(FaultKind.CLOUDS, EVENING - 86400, 2 * 86400.0, amount=3.0),
        heavens=True, epoch=EVENING - 4.1 * 3600,
    )  # fmt: skip
    assert shot_of(clouds, FLAT).glow != pytest.approx(first, rel=0.1)


async def test_without_a_shutter_darks_are_dark_behind_the_cover_only() -> None:
    camera, dark = CameraModel(shutter=False), replace(FLAT, kind=FrameKind.DARK)
    dusk = EVENING - 4.1 * 3600
    under_the_sky = sky_of(camera=camera, heavens=True, epoch=dusk)
    assert shot_of(under_the_sky, dark).glow == shot_of(under_the_sky, FLAT).glow > 100
    covered = sky_of(camera=camera, heavens=True, epoch=dusk, cover=CoverModel(start="closed"))
    assert shot_of(covered, dark).glow == 0
    covered.panel_level = 5
    assert shot_of(covered, dark).glow > 0
    assert shot_of(sky_of(heavens=True, epoch=dusk), dark).glow == 0


async def test_corners_are_darker_where_the_optics_are_so() -> None:
    camera = CameraModel(vignetting=0.4, hot_pixels=0)
    flat = await photograph(sky_of(camera=camera), Exposure(2.0, kind=FrameKind.FLAT))
    light = flat.pixels.astype(float) - 200
    middle, corner = light[500:520, 630:650].mean(), light[:10, :10].mean()
    assert corner / middle == pytest.approx(0.6, abs=0.01)
    dark = await photograph(sky_of(camera=camera), Exposure(2.0, kind=FrameKind.DARK))
    assert abs(dark.pixels[:50, :50].mean() - dark.pixels[490:540, 610:660].mean()) < 1


async def test_in_a_star_poor_field_two_stars_shine() -> None:
    poor = Fault(FaultKind.STAR_POOR, EVENING - 60, 3600.0)
    few, all_of_them = shot_of(sky_of(poor)).stars(), shot_of(sky_of()).stars()
    inside = (np.abs(all_of_them.x - 639.5) < 640) & (np.abs(all_of_them.y - 511.5) < 512)
    assert len(few.x) == 2
    assert few.electrons == pytest.approx(all_of_them.electrons[inside][:2])


async def test_a_full_well_ends_below_the_top_of_the_scale() -> None:
    sky = sky_of(camera=CameraModel(full_well_e=20_000.0))
    frame = await photograph(sky, Exposure(60.0, gain=0, offset=100))
    assert frame.pixels.max() == round(20_000 / 3.2 + 100)


async def test_the_camera_s_memory_outlives_the_device() -> None:
    sky = sky_of()
    await photograph(sky, Exposure(0.1, gain=210))
    again = await photograph(sky, Exposure(0.1))
    assert again.exposure.gain == 210
    assert sky.chip.frames == 2
    sky.adopt(replace(sky.world, camera=CameraModel(gain=50)))
    assert (sky.chip.gain, sky.chip.frames) == (50, 2)


async def test_a_killed_controller_leaves_the_camera_as_it_is() -> None:
    sky = sky_of()
    camera = await SimulatorOpener(sky).camera(DeviceSpec("simulator", "Camera"))
    assert camera.cooler
    await camera.cooler.aim(-5.0)
    await asyncio.sleep(20)
    await camera.expose(Exposure(0.1))
    left = sky.survivor(sky.utc)
    await camera.cooler.off()
    again = await SimulatorOpener(left).camera(DeviceSpec("simulator", "Camera"))
    assert again.cooler
    assert left.chip.frames == 1
    await asyncio.sleep(120)
    assert await again.cooler.celsius() == pytest.approx(-5.0, abs=0.1)
    assert await camera.cooler.celsius() > 0


async def test_weather_devices_read_the_air() -> None:
    sky = sky_of(Fault(FaultKind.RAIN, EVENING + 60, 600.0, amount=2.0))
    opener, spec = SimulatorOpener(sky), DeviceSpec("simulator", "Weather")
    station, monitor = await opener.observing_conditions(spec), await opener.safety_monitor(spec)
    assert await monitor.safe()
    await asyncio.sleep(61)
    assert (await station.conditions()).rain_mm_h == 2.0
    assert not await monitor.safe()
    await asyncio.sleep(600)
    assert await monitor.safe()
