"""Both fidelities of the simulated camera show the same: a sketch says what is found on the pixels."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from appliance.imaging.measure import StarSettings, measure
from hardware.devices import J2000, DeviceSpec, Exposure, Frame, FrameKind
from hardware.simulator.forecast import WeatherPoint
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sketch import Shown, Sketch
from hardware.simulator.sky import Sky
from hardware.simulator.world import CameraModel, FocuserModel, WheelModel, World
from tests.appliance.rehearsal.sketches import seen
from tests.hardware.simulator.skies import look_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC, a bright Moon
EIGHT_SECONDS = Exposure(8.0)
SMALL = CameraModel(width=640, height=512, focal_length_mm=200.0, aperture_mm=50.0, faint_stars=False)


def utc(moment: float | None) -> float:
    return EVENING + (asyncio.get_running_loop().time() if moment is None else moment)


@dataclass(frozen=True)
class Situation:
    """Where, how long, how far out of focus; changes to the world."""

    exposure: Exposure = EIGHT_SECONDS
    defocus: int = 0
    ra: float = 30.0
    dec: float = 30.0
    slot: int = 0
    world: dict[str, Any] = field(default_factory=dict)

    def sky(self, fidelity: str, later: float = 0.0) -> Sky:
        mount = replace(World().mount, ra_error_arcmin=0.0, dec_error_arcmin=0.0)
        same = {"focuser": FocuserModel(backlash=0), "mount": mount, "wheel": WheelModel(start=self.slot)}
        sky = Sky(World(**{**same, **self.world, "fidelity": fidelity}), lambda moment: utc(moment) + later)
        look_at(sky, J2000(self.ra, self.dec))
        sky.drawtube.knob.rest_at(round(sky.best_focus) + self.defocus)
        return sky

    async def frames(self) -> tuple[Frame, Frame]:
        """Pixels and sketch of the same moment."""
        pixels, fast = await asyncio.gather(*(self.photograph(way) for way in ("pixels", "fast")))
        return pixels, fast

    async def photograph(self, fidelity: str) -> Frame:
        camera = await SimulatorOpener(self.sky(fidelity)).camera(DeviceSpec("simulator", "Camera"))
        return await camera.expose(self.exposure)


def sketched(frame: Frame) -> Sketch:
    assert isinstance(frame.pixels, Sketch)
    return frame.pixels


def shown(frame: Frame) -> Shown:
    return sketched(frame).shown


SITUATIONS = {
    "in focus": Situation(),
    "short": Situation(Exposure(0.2)),
    "long": Situation(Exposure(60.0)),
    "a little out of focus": Situation(defocus=300),
    "out of focus": Situation(defocus=-600),
    "far out of focus": Situation(defocus=1200),
    "binned": Situation(Exposure(4.0, binning=2)),
    "binned more, out of focus": Situation(Exposure(4.0, binning=4), defocus=600),
    "H alpha": Situation(Exposure(60.0), slot=4),
    "red, another gain": Situation(Exposure(20.0, gain=250, offset=50), slot=1),
    "clouds": Situation(world={"forecast": (WeatherPoint(EVENING, cloud_mag=3.0),)}),
    "moonlight": Situation(Exposure(30.0), world={"heavens": True}),
    "Milky Way": Situation(Exposure(30.0), ra=0.0, dec=62.0),
    "Milky Way out of focus": Situation(ra=0.0, dec=62.0, defocus=600),
    "small camera": Situation(Exposure(20.0), world={"camera": SMALL}),
    "small camera out of focus": Situation(world={"camera": SMALL}, defocus=480),
    "tilt": Situation(world={"camera": CameraModel(tilt_steps=400.0)}),
    "long focus": Situation(world={"camera": CameraModel(focal_length_mm=1000.0, aperture_mm=150.0)}),
}


@pytest.mark.parametrize("name", SITUATIONS)
async def test_a_sketch_says_what_is_found_on_the_pixels(name: str) -> None:
    real, fast = await SITUATIONS[name].frames()
    found, told = measure(real.pixels, StarSettings()), shown(fast)
    assert fast.pixels.shape == real.pixels.shape
    assert (fast.exposure, fast.celsius) == (real.exposure, real.celsius)
    assert (await seen(sketched(fast))).hfr_median == pytest.approx(
        found.hfr_median, rel=0.1 if "out of focus" in name else 0.05
    )
    assert 1 / 1.5 < told.count / found.count < 1.5
    assert told.background == pytest.approx(found.background, rel=0.03)
    assert told.noise == pytest.approx(found.noise, rel=0.3)  # the real estimate comes in steps
    assert told.saturated == pytest.approx(found.saturated, abs=3)


@pytest.mark.parametrize("name", ["in focus", "Milky Way", "small camera", "out of focus"])
async def test_it_is_the_same_stars_with_the_same_light(name: str) -> None:
    real, fast = await SITUATIONS[name].frames()
    found, told = measure(real.pixels, StarSettings()), shown(fast)
    bright = slice(15)
    away = np.hypot(found.x[bright, None] - told.x, found.y[bright, None] - told.y)
    twin = away.argmin(axis=1)
    near = 0.2 if name != "out of focus" else 2.0
    assert (away.min(axis=1) < near).mean() >= 0.8
    light = found.flux[bright] / told.flux[twin]
    assert np.median(light) == pytest.approx(1, abs=0.03)
    assert np.array_equal(np.isnan(found.hfr[:5]), np.isnan(told.hfr[twin[:5]]))


async def test_stars_come_brightest_first_with_scatter_that_grows_towards_the_faint() -> None:
    told = shown(await Situation(Exposure(30.0), ra=0.0, dec=62.0).photograph("fast"))
    assert (np.diff(told.flux) <= 0).all()
    assert told.count > 500 > 400 >= len(told.x) > 370
    assert told.x.dtype == told.hfr.dtype == np.float32
    assert 0 < np.nanstd(told.hfr[:60]) < np.nanstd(told.hfr[-100:]) < 0.3


@pytest.mark.parametrize("kind", [FrameKind.DARK, FrameKind.FLAT, FrameKind.BIAS])
async def test_frames_without_a_sky_have_a_level_and_no_stars(kind: FrameKind) -> None:
    real, fast = await Situation(Exposure(1.5, kind=kind)).frames()
    told = shown(fast)
    assert (told.count, len(told.x), told.saturated) == (0, 0, 0)
    assert told.background == pytest.approx(float(np.median(real.pixels)), rel=0.01)
    assert told.noise == pytest.approx(float(np.std(real.pixels[::4, ::4].astype(float))), rel=0.2)
    assert fast.pixels.max() == fast.pixels.min() == round(told.background)


async def test_in_daylight_there_is_nothing_but_white() -> None:
    noon = Situation(Exposure(2.0), world={"heavens": True, "flat": 0.0}).sky("fast", 15 * 3600.0)
    frame = await (await SimulatorOpener(noon).camera(DeviceSpec("simulator", "Camera"))).expose(
        Exposure(2.0)
    )
    assert (shown(frame).background, shown(frame).count) == (65535, 0)


async def test_a_sketch_takes_no_memory_and_knows_where_it_looked() -> None:
    situation = Situation()
    sky = situation.sky("fast")
    camera = await SimulatorOpener(sky).camera(DeviceSpec("simulator", "Camera"))
    frame = await camera.expose(Exposure(2.0, binning=2))
    assert frame.pixels.strides == (0, 0)
    view = shown(frame).projection
    assert (view.centre.ra_deg, view.centre.dec_deg) == pytest.approx((30.0, 30.0), abs=0.001)
    assert view.rotation_deg == sky.rotation_deg
    assert view.scale_deg * 3600 == pytest.approx(2 * 2.979, rel=1e-3)


async def test_the_same_frame_has_the_same_noise_and_the_next_another() -> None:
    sky = Situation().sky("fast")
    one, same = await asyncio.gather(
        Situation().photograph("fast"),
        (await SimulatorOpener(sky).camera(DeviceSpec("simulator", "Camera"))).expose(Exposure(8.0)),
    )
    following = await (await SimulatorOpener(sky).camera(DeviceSpec("simulator", "C"))).expose(Exposure(8.0))
    assert np.array_equal(shown(one).flux, shown(same).flux)
    assert not np.array_equal(shown(one).flux[:10], shown(following).flux[:10])
