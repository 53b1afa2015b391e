"""The simulated camera: real stars where the mount really points, as sharp as the focuser makes them.

Up to 2 megapixels a frame is rendered on the loop itself (about 0.05 s), so that a night on a virtual
clock is the same every time: a virtual clock does not wait for threads. Larger frames are rendered on a
worker thread. In the fast fidelity nothing is rendered: the frame is a sketch (sketch.py).
"""

import asyncio
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.devices import Exposure, Frame, Sensor
from hardware.errors import DeviceRefused
from hardware.readout import no_such_mode
from hardware.simulator.cooler import SimulatedCooler
from hardware.simulator.render import render
from hardware.simulator.shot import Shot, shoot
from hardware.simulator.sketch import sketch
from hardware.simulator.sky import Sky
from hardware.simulator.spots import Spots
from hardware.simulator.world import CameraModel
from hardware.worker import Worker

LOOP_PIXELS = 2_000_000
MAX_BINNING = 4
LONGEST_SECONDS = 3600.0
MAX_GAIN, MAX_OFFSET = 570, 10_000


MODES = ("Standard", "Low noise")  # which look the same here


class SimulatedCamera:
    """A mono camera of 16 bits; binning adds electrons."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._cooler = SimulatedCooler(name, sky)
        self._busy = False
        self._hot = _hot_pixels(self._model, sky.world.seed)
        big = self._model.width * self._model.height > LOOP_PIXELS
        self._worker = Worker(name) if big else None

    @property
    def _model(self) -> CameraModel:
        return self._sky.world.camera

    @property
    def sensor(self) -> Sensor:
        return Sensor(self._model.width, self._model.height, self._model.pixel_um)

    @property
    def cooler(self) -> SimulatedCooler | None:
        return self._cooler if self._model.cooler else None

    async def expose(self, exposure: Exposure) -> Frame:
        """DeviceRefused while exposing, and for a time, binning, gain or offset it does not have."""
        self._check(exposure)
        chip = self._sky.chip
        chip.gain = chip.gain if exposure.gain is None else exposure.gain
        chip.offset = chip.offset if exposure.offset is None else exposure.offset
        exposure = replace(exposure, gain=chip.gain, offset=chip.offset)
        self._busy = True
        try:
            await asyncio.sleep(self._model.arm_seconds)
            started = asyncio.get_running_loop().time()
            chip.exposing = (started, started + exposure.seconds)
            await asyncio.sleep(exposure.seconds)
            shot = shoot(self._sky, exposure)
            await asyncio.sleep(self._model.readout_seconds)
            pixels = await self._image(shot)
            return Frame(pixels, exposure, started, started + exposure.seconds, shot.celsius)
        finally:
            self._busy, chip.exposing = False, (0.0, 0.0)

    def _check(self, exposure: Exposure) -> None:
        if self._busy:
            raise DeviceRefused(self.name, "an exposure is running")
        if not 1 <= exposure.binning <= MAX_BINNING:
            raise DeviceRefused(self.name, f"binning {exposure.binning} is not 1 to {MAX_BINNING}")
        if not 0 <= exposure.seconds <= LONGEST_SECONDS:
            raise DeviceRefused(self.name, f"{exposure.seconds:g} s is not 0 to {LONGEST_SECONDS:g}")
        if not 0 <= (exposure.gain or 0) <= MAX_GAIN:
            raise DeviceRefused(self.name, f"gain {exposure.gain} is not 0 to {MAX_GAIN}")
        if exposure.readout_mode not in {"", *MODES}:
            raise no_such_mode(self.name, exposure.readout_mode, MODES)
        if not 0 <= (exposure.offset or 0) <= MAX_OFFSET:
            raise DeviceRefused(self.name, f"offset {exposure.offset} is not 0 to {MAX_OFFSET}")

    async def _image(self, shot: Shot) -> NDArray[np.uint16]:
        if self._sky.world.fidelity == "fast":
            return sketch(shot)
        if self._worker:
            return await self._worker.call(render, shot, self._hot)
        return render(shot, self._hot)


def _hot_pixels(model: CameraModel, seed: int) -> Spots:
    """Always the same ones for a seed: electrons per second at 0 °C, most of them mild."""
    random = np.random.default_rng((seed, 0))
    x = random.integers(0, model.width, model.hot_pixels).astype(np.float64)
    y = random.integers(0, model.height, model.hot_pixels).astype(np.float64)
    return Spots(x, y, 10 ** random.uniform(-0.5, 2, model.hot_pixels))
