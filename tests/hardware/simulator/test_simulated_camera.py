"""What the simulated camera shows is what the other simulated devices have done."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from hardware.devices import J2000, DeviceSpec, Exposure, Frame, FrameKind
from hardware.errors import DeviceRefused
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.projection import Projection
from hardware.simulator.psf import psf_of
from hardware.simulator.render import Floats, Image, digitise, paint
from hardware.simulator.shot import shoot
from hardware.simulator.sky import Sky
from hardware.simulator.spots import Spots
from hardware.simulator.world import CameraModel, FocuserModel, World
from hardware.stars.catalogue import stars_within
from tests.hardware.simulator.skies import look_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
CAMERA = DeviceSpec("simulator", "Camera")
QUIET = CameraModel(hot_pixels=0, faint_stars=False, angle_deg=40.0)
PLEIADES_SIDE = J2000(58.0, 25.5)


def utc(moment: float | None) -> float:
    return 1.79e9 + (asyncio.get_running_loop().time() if moment is None else moment)


def sky_of(camera: CameraModel = QUIET, at: J2000 = PLEIADES_SIDE) -> Sky:
    """A rig that already points at a place with many stars, without the errors of a mount."""
    mount = replace(World().mount, ra_error_arcmin=0.0, dec_error_arcmin=0.0)
    sky = Sky(World(camera=camera, mount=mount), utc)
    look_at(sky, at)
    return sky


async def photograph(sky: Sky, exposure: Exposure) -> Frame:
    return await (await SimulatorOpener(sky).camera(CAMERA)).expose(exposure)


def half_flux_radius(image: Floats, x: float, y: float) -> float:
    """Radius that holds half the light of a lone star: fifths of pixels, added up in order of distance."""
    fine = np.repeat(np.repeat(image, 5, axis=0), 5, axis=1)
    rows, columns = (np.indices(fine.shape) - 2) / 5
    distance = np.hypot(columns - x, rows - y).ravel()
    order = np.argsort(distance)
    grown = np.cumsum(fine.ravel()[order])
    return float(np.interp(0.5 * grown[-1], grown, distance[order]))


@pytest.mark.parametrize("hfr", [1.6, 2.3, 4.0, 9.0])
@pytest.mark.parametrize("place", [(60.0, 60.0), (60.5, 59.75), (59.63, 60.21)])
async def test_a_star_has_its_half_flux_radius_and_keeps_its_flux(
    hfr: float, place: tuple[float, float]
) -> None:
    image: Image = np.zeros((121, 121), np.float32)
    x, y = place
    paint(image, Spots(np.array([x]), np.array([y]), np.array([5e4]), hfr), noise_e=1.0)
    rows, columns = np.indices(image.shape)
    assert image.sum() == pytest.approx(5e4, rel=1e-4)
    assert (image * columns).sum() / image.sum() == pytest.approx(x, abs=0.005)
    assert (image * rows).sum() / image.sum() == pytest.approx(y, abs=0.005)
    assert half_flux_radius(image.astype(np.float64), x, y) == pytest.approx(hfr, rel=0.04)


async def test_stars_past_the_edge_leave_their_wings_and_no_error() -> None:
    image: Image = np.zeros((50, 60), np.float32)
    at = np.array([-3.0, 62.0, 30.0, 30.0, -40.0, 200.0])
    paint(image, Spots(at, np.array([20.0, 20.0, -2.0, 51.0, 5.0, 5.0]), np.full(6, 1e6), 3.0), 1.0)
    assert all(edge.max() > 10 for edge in (image[:, 0], image[:, -1], image[0], image[-1]))


async def test_focus_follows_a_hyperbola_around_the_best_position() -> None:
    opener = SimulatorOpener(sky_of())
    focuser, sky = await opener.focuser(DeviceSpec("simulator", "Focuser")), opener.sky
    for away in (-600, -200, 0, 200, 600):
        await focuser.move_to(0)
        await focuser.move_to(20_000)
        await focuser.move_to(round(sky.best_focus) + away)  # inward: no backlash left
        law = 1.6 * np.sqrt(1 + (away / 200) ** 2)
        assert sky.hfr_px == pytest.approx(law, rel=0.02)
        assert await measured_hfr(opener, sky) == pytest.approx(law, rel=0.05)


async def test_the_focus_law_may_be_a_parabola() -> None:
    camera = CameraModel(tilt_steps=100.0)
    focuser = FocuserModel(best_hfr_px=2.0, half_width=100.0, law="parabola")
    psf = psf_of(camera, focuser, 200.0, seeing_arcsec=1e-9).binned(2)
    assert psf.middle == pytest.approx(2.0 * (1 + 2**2) / 2)
    assert psf.across(np.array([-0.5, 0.5])) == pytest.approx(
        [2.0 * (1 + 2.5**2) / 2, 2.0 * (1 + 1.5**2) / 2]
    )


async def measured_hfr(opener: SimulatorOpener, sky: Sky) -> float:
    """Median of lone stars that are neither saturated nor faint."""
    frame = await (await opener.camera(CAMERA)).expose(Exposure(8.0))
    ra, dec, mag = stars_within(sky.axes.truth(), 0.5)
    x, y = projection_of(sky).pixels(ra, dec)
    light = frame.pixels.astype(np.float64) - np.median(frame.pixels)
    found = []
    for i in range(len(x)):
        near = np.hypot(x - x[i], y - y[i]) < 40
        inside = 21 < x[i] < 1258 and 21 < y[i] < 1002
        if inside and near.sum() == 1 and 7.5 < mag[i] < 10.5:
            left, low = round(x[i]) - 20, round(y[i]) - 20
            found.append(half_flux_radius(light[low : low + 41, left : left + 41], x[i] - left, y[i] - low))
    assert len(found) >= 3
    return float(np.median(found))


def projection_of(sky: Sky, binning: int = 1) -> Projection:
    """The geometry of the demo frame, worked out by hand: 5.2 um behind 360 mm."""
    scale = binning * np.degrees(0.0052 / 360)
    centre = (1280 / binning - 1) / 2, (1024 / binning - 1) / 2
    return Projection(sky.axes.truth(), sky.rotation_deg, scale, *centre)


@pytest.mark.parametrize("binning", [1, 2, 3, 4])
async def test_stars_are_where_the_catalogue_and_the_projection_say(binning: int) -> None:
    sky = sky_of()
    frame = await photograph(sky, Exposure(2.0, binning=binning))
    assert frame.pixels.shape == (1024 // binning, 1280 // binning)
    assert frame.pixels.dtype == np.uint16
    ra, dec, mag = stars_within(sky.axes.truth(), 0.5)
    x, y = projection_of(sky, binning).pixels(ra, dec)
    light = frame.pixels - float(np.median(frame.pixels))
    checked = 0
    for i in np.flatnonzero((mag > 7) & (mag < 9)):
        alone = (np.hypot(x - x[i], y - y[i]) < 12).sum() == 1
        left, low = round(x[i]) - 5, round(y[i]) - 5
        box = light[max(low, 0) : low + 11, max(left, 0) : left + 11]
        if alone and box.shape == (11, 11) and box.max() < 60_000:
            rows, columns = np.indices(box.shape)
            assert left + (box * columns).sum() / box.sum() == pytest.approx(x[i], abs=0.1)
            assert low + (box * rows).sum() / box.sum() == pytest.approx(y[i], abs=0.1)
            checked += 1
    assert checked >= 3


async def test_the_frame_is_turned_by_its_rotation_and_not_mirrored() -> None:
    centre = J2000(120.0, 0.0)
    north, west = (np.array([120.0]), np.array([0.1])), (np.array([119.9]), np.array([0.0]))
    level = Projection(centre, 0.0, 0.001, 500.0, 500.0)
    assert np.allclose(level.pixels(*north), [[500], [600]], atol=0.01)
    assert np.allclose(level.pixels(*west), [[600], [500]], atol=0.01)
    # +y at position angle 90, that is east: north has moved to +x
    turned = Projection(centre, 90.0, 0.001, 500.0, 500.0)
    assert np.allclose(turned.pixels(*north), [[600], [500]], atol=0.01)


async def test_noise_is_that_of_the_light_and_of_the_electronics() -> None:
    random = np.random.default_rng(3)
    sky = sky_of(CameraModel(read_noise_e=10.0))
    shot = shoot(sky, Exposure(1.0, gain=200, offset=100))  # 0.32 electrons per ADU
    pixels = digitise(np.full((400, 400), 900.0, np.float32), shot, random).astype(float)
    assert pixels.mean() == pytest.approx(900 / 0.32 + 100, rel=0.002)
    assert pixels.std() == pytest.approx(np.sqrt(900 + 100) / 0.32, rel=0.02)


async def test_bright_stars_saturate_at_the_top_of_the_scale() -> None:
    frame = await photograph(sky_of(at=J2000(56.3, 24.4)), Exposure(10.0))
    assert frame.pixels.max() == 65535


async def test_the_same_commands_give_the_same_pixels_and_other_frames_other_noise() -> None:
    sky = sky_of()
    one, again = await asyncio.gather(photograph(sky_of(), Exposure(1.0)), photograph(sky, Exposure(1.0)))
    next_one = await photograph(sky, Exposure(1.0))
    assert np.array_equal(one.pixels, again.pixels)
    assert not np.array_equal(one.pixels, next_one.pixels)


async def test_darks_hold_no_stars_and_flats_are_flat() -> None:
    dark = await photograph(sky_of(), Exposure(5.0, kind=FrameKind.DARK))
    flat = await photograph(sky_of(), Exposure(1.0, kind=FrameKind.FLAT))
    assert dark.pixels.max() < 230
    assert flat.pixels.std() < 0.02 * flat.pixels.mean()
    assert flat.pixels.mean() > 5000


async def test_hot_pixels_stay_in_place_and_fade_in_the_cold() -> None:
    opener = SimulatorOpener(sky_of(CameraModel(hot_pixels=200, faint_stars=False)))
    camera = await opener.camera(CAMERA)
    dark = Exposure(10.0, kind=FrameKind.DARK)
    warm = (await camera.expose(dark)).pixels
    assert camera.cooler
    await camera.cooler.aim(-15.0)
    await asyncio.sleep(300)
    cold = await camera.expose(dark)
    hot = warm > 1000
    assert 30 < hot.sum() <= 200
    assert cold.celsius == pytest.approx(-15.0, abs=0.1)
    assert 200 < np.median(cold.pixels[hot]) < 0.3 * np.median(warm[hot])


async def test_a_closed_roof_and_a_narrow_filter_take_the_light() -> None:
    opener = SimulatorOpener(sky_of())
    wheel = await opener.filter_wheel(DeviceSpec("simulator", "Wheel"))
    roof = await opener.roof(DeviceSpec("simulator", "Roof"))
    camera = await opener.camera(CAMERA)
    clear = (await camera.expose(Exposure(4.0))).pixels
    await wheel.select("Ha")
    narrow = (await camera.expose(Exposure(4.0))).pixels
    await roof.close()
    black = (await camera.expose(Exposure(4.0))).pixels
    assert (clear > 400).sum() > 5 * (narrow > 400).sum() > 0
    assert black.max() < 230


async def test_an_exposure_takes_its_time_and_says_when_it_was() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    frame = await photograph(sky_of(), Exposure(3.0, gain=0, offset=50))
    assert loop.time() - before == pytest.approx(3.42)
    assert (frame.started, frame.ended) == pytest.approx((before + 0.02, before + 3.02))
    assert (frame.exposure.gain, frame.exposure.offset) == (0, 50)
    assert np.median(frame.pixels) == pytest.approx(50 + 3 * 2.8 / 3.2, abs=3)


async def test_gain_and_offset_stay_as_they_were_set() -> None:
    camera = await SimulatorOpener(sky_of()).camera(CAMERA)
    await camera.expose(Exposure(0.1, gain=200, offset=70))
    frame = await camera.expose(Exposure(0.1))
    assert (frame.exposure.gain, frame.exposure.offset) == (200, 70)


async def test_cancelled_it_is_ready_again_and_while_busy_it_refuses() -> None:
    camera = await SimulatorOpener(sky_of()).camera(CAMERA)
    running = asyncio.ensure_future(camera.expose(Exposure(60.0)))
    await asyncio.sleep(1)
    with pytest.raises(DeviceRefused, match="running"):
        await camera.expose(Exposure(1.0))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.get_running_loop().time() < 2
    assert (await camera.expose(Exposure(0.5))).exposure.seconds == 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        Exposure(1.0, binning=5),
        Exposure(1.0, binning=0),
        Exposure(-1.0),
        Exposure(float("nan")),
        Exposure(1e6),
        Exposure(1.0, gain=1000),
        Exposure(1.0, offset=-1),
    ],
)
async def test_what_it_cannot_do_it_refuses(wrong: Exposure) -> None:
    with pytest.raises(DeviceRefused):
        await photograph(sky_of(), wrong)


async def test_the_cooler_lags_and_has_its_limits() -> None:
    opener = SimulatorOpener(sky_of())
    camera = await opener.camera(CAMERA)
    assert camera.cooler
    air = opener.sky.celsius
    assert await camera.cooler.celsius() == air
    assert await camera.cooler.power_percent() == 0
    await camera.cooler.aim(-10.0)
    await asyncio.sleep(15)
    assert await camera.cooler.celsius() == pytest.approx(-10 + (air + 10) / np.e, abs=0.1)
    await camera.cooler.aim(-60.0)
    await asyncio.sleep(300)
    assert await camera.cooler.celsius() == pytest.approx(opener.sky.celsius - 35, abs=0.1)
    assert await camera.cooler.power_percent() == pytest.approx(100, abs=0.5)
    with pytest.raises(DeviceRefused):
        await camera.cooler.aim(-300.0)
    await camera.cooler.off()
    await asyncio.sleep(300)
    assert await camera.cooler.celsius() == pytest.approx(opener.sky.celsius, abs=0.1)


async def test_a_cooler_as_indi_s_simulator_has_it_minds_no_air() -> None:
    spec = DeviceSpec("simulator", "Camera", {"ramp_celsius_s": 0.5, "ramp_start_celsius": 2.0})
    cooler = (await SimulatorOpener(sky_of()).camera(spec)).cooler
    assert cooler
    assert await cooler.celsius() == 2.0
    await cooler.aim(-10.0)
    await asyncio.sleep(10)
    assert await cooler.celsius() == pytest.approx(-3.0)
    await cooler.aim(30.0)
    await asyncio.sleep(60)
    assert await cooler.celsius() == pytest.approx(27.0)
    await asyncio.sleep(60)
    assert await cooler.celsius() == pytest.approx(30.0)
    await cooler.off()
    await asyncio.sleep(300)
    assert await cooler.celsius() == pytest.approx(30.0)


async def test_a_camera_without_a_cooler_has_none() -> None:
    camera = await SimulatorOpener(sky_of()).camera(DeviceSpec("simulator", "Camera", {"cooler": False}))
    assert camera.cooler is None
