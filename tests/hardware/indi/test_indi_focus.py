"""The focus methods on INDI's own simulators, under a real sky: each finds SIM_FOCUS_POSITION.

Real time, ten seconds each. The simulator's law is FWHM" = 3.5 + 0.5625·((pos - best)/5000)²: stars have
grown by 2.5 % at ±1972 steps. Star centres lie on whole pixels there, so sizes scatter by half a per cent.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from appliance.focus.autofocus import run_focus
from appliance.focus.past import Learned, Shape
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.imaging.calculator import Calculator
from appliance.imaging.measure import StarSettings
from appliance.imaging.stars import StarField
from appliance.profile import FocusMethod
from hardware.devices import J2000, Camera, DeviceSpec, Exposure, Focuser
from hardware.gsc import install_shim
from hardware.indi.opener import IndiOpener
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]

BEST, DEPTH, START = 36_700, 1972, 34_500
PLEIADES = J2000(56.75, 24.12)
SKY: dict[str, Any] = {
    "SIM_XRES": 1000, "SIM_YRES": 800, "SIM_XSIZE": 3.8, "SIM_YSIZE": 3.8, "SIM_SATURATION": 5,
    "SIM_LIMITINGMAG": 17, "SIM_SKYGLOW": 11.5, "SIM_NOISE": 60,
}  # fmt: skip
SCOPE: dict[str, Any] = {"TELESCOPE_APERTURE": 80.0, "TELESCOPE_FOCAL_LENGTH": 400.0}
# What two sweeps of it teach.
SHAPE = Shape(kind="parabola", rise=4.6e-9, rise_error=0.03, hfr=1.005, runs=2, reach=8000)


@dataclass
class Bench:
    """The simulators with the sky."""

    camera: Camera
    focuser: Focuser
    calculator: Calculator

    async def look(self) -> StarField:
        frame = await self.camera.expose(Exposure(0.3))
        async with self.calculator.hold(frame.pixels) as held:
            return await held.stars(StarSettings(shapes=True))

    async def focus(self, method: FocusMethod) -> FocusResult:
        await self.focuser.move_to(START)
        settings = FocusSettings(step=2000, method=method, points=7, overshoot=500)
        return await run_focus(
            self.focuser, self.look, lambda _: None, settings, reason="test", filter="L",
            known=Learned(shape=SHAPE),
        )  # fmt: skip


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    install_shim(tmp_path / "bin")
    server = replace(indi_rig.settings(tmp_path, "telescope", "ccd", "focus"), path=(str(tmp_path / "bin"),))
    sky = {f"SIMULATOR_SETTINGS.{name}": value for name, value in SKY.items()} | {"CCD_OFFSET.OFFSET": 200}
    async with IndiOpener.start(server, indi_rig.utc_clock()) as opener, Calculator.start() as calculator:
        scope = {f"TELESCOPE_INFO.{name}": value for name, value in SCOPE.items()}
        mount = await opener.mount(indi_rig.spec("Telescope", **scope))
        focuser = await opener.focuser(indi_rig.spec("Focuser"))
        camera = await opener.camera(DeviceSpec("indi", "CCD Simulator", sky))
        await mount.unpark()
        await mount.sync(PLEIADES)
        yield Bench(camera, focuser, calculator)


# Climbing ends within a stride. There is no planet to focus on.
@pytest.mark.parametrize(
    ("method", "depths", "frames"),
    [
        ("sweep", 0.4, 11), ("sgp", 0.5, 18), ("dynamic", 0.4, 14), ("v_curve", 1.0, 9),
        ("iterative", 1.0, 16), ("bright_star", 1.0, 16), ("learned", 0.5, 7),
    ],
)  # fmt: skip
async def test_it_finds_sim_focus_position(
    bench: Bench,
    method: FocusMethod,
    depths: float,
    frames: int,
    record_property: Callable[[str, object], None],
) -> None:
    result = await bench.focus(method)
    record_property("off", result.position - BEST)
    assert abs(result.position - BEST) < depths * DEPTH
    assert abs(await bench.focuser.position() - result.position) <= 10
    assert result.exposures <= frames
