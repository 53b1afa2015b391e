"""The simulated camera: real stars where the mount really points, as sharp as the focuser makes them.

Up to 2 megapixels a frame is rendered on the loop itself (about 0.05 s), so that a night on a virtual
clock is the same every time: a virtual clock does not wait for threads. Larger frames are rendered on a
worker thread.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import degrees, hypot, pi

import numpy as np
from numpy.typing import NDArray

from hardware.devices import Exposure, Frame, FrameKind, Sensor
from hardware.errors import DeviceRefused
from hardware.simulator.cooler import SimulatedCooler
from hardware.simulator.projection import Projection
from hardware.simulator.render import Image, Spots, add_hot, digitise, paint
from hardware.simulator.sky import Sky
from hardware.simulator.world import CameraModel
from hardware.stars.catalogue import faint_within, stars_within
from hardware.worker import Worker

LOOP_PIXELS = 2_000_000
MAX_BINNING = 4
LONGEST_SECONDS = 3600.0
MAX_GAIN, MAX_OFFSET = 570, 10_000
# Electrons per second and cm² from a star of magnitude 0 through L, optics and sensor together.
ZERO_POINT = 1.2e6
Pixels = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class _Shot:
    """Everything one frame depends on, as it was when the shutter closed."""

    projection: Projection
    hfr_px: float
    transmission: float
    celsius: float
    visible: bool
    number: int


class SimulatedCamera:
    """A mono camera of 16 bits; binning adds electrons."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._cooler = SimulatedCooler(name, sky)
        self._gain, self._offset = self._model.gain, self._model.offset
        self._frames, self._busy = 0, False
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
        self._gain = self._gain if exposure.gain is None else exposure.gain
        self._offset = self._offset if exposure.offset is None else exposure.offset
        exposure = replace(exposure, gain=self._gain, offset=self._offset)
        self._busy = True
        try:
            await asyncio.sleep(self._model.arm_seconds)
            started = asyncio.get_running_loop().time()
            await asyncio.sleep(exposure.seconds)
            shot = self._shot(exposure)
            await asyncio.sleep(self._model.readout_seconds)
            pixels = await self._rendered(exposure, shot)
            return Frame(pixels, exposure, started, started + exposure.seconds, shot.celsius)
        finally:
            self._busy = False

    def _check(self, exposure: Exposure) -> None:
        if self._busy:
            raise DeviceRefused(self.name, "an exposure is running")
        if not 1 <= exposure.binning <= MAX_BINNING:
            raise DeviceRefused(self.name, f"binning {exposure.binning} is not 1 to {MAX_BINNING}")
        if not 0 <= exposure.seconds <= LONGEST_SECONDS:
            raise DeviceRefused(self.name, f"{exposure.seconds:g} s is not 0 to {LONGEST_SECONDS:g}")
        if not 0 <= (exposure.gain or 0) <= MAX_GAIN:
            raise DeviceRefused(self.name, f"gain {exposure.gain} is not 0 to {MAX_GAIN}")
        if not 0 <= (exposure.offset or 0) <= MAX_OFFSET:
            raise DeviceRefused(self.name, f"offset {exposure.offset} is not 0 to {MAX_OFFSET}")

    def _shot(self, exposure: Exposure) -> _Shot:
        sky, model = self._sky, self._model
        self._frames += 1
        scale = degrees(model.pixel_um / 1000 / model.focal_length_mm)
        middle_x, middle_y = ((side / exposure.binning - 1) / 2 for side in (model.width, model.height))
        projection = Projection(
            sky.axes.truth(), sky.rotation_deg, scale * exposure.binning, middle_x, middle_y
        )
        hfr = sky.hfr_px / exposure.binning
        celsius = self._cooler.temperature()
        return _Shot(projection, hfr, sky.filter.transmission, celsius, sky.visible, self._frames)

    async def _rendered(self, exposure: Exposure, shot: _Shot) -> Pixels:
        render: Callable[[Exposure, _Shot], Pixels] = self._render
        return await self._worker.call(render, exposure, shot) if self._worker else render(exposure, shot)

    def _render(self, exposure: Exposure, shot: _Shot) -> Pixels:
        model, binning = self._model, exposure.binning
        warmth = 2 ** (shot.celsius / 6) * exposure.seconds
        shape = model.height // binning, model.width // binning
        image = np.full(shape, binning**2 * model.dark_e_s * warmth, dtype=np.float32)
        read_noise = model.read_noise_e * binning
        if exposure.kind is FrameKind.FLAT:
            image += binning**2 * model.flat_e_s * shot.transmission * exposure.seconds
        elif exposure.kind is FrameKind.LIGHT and shot.visible:
            self._let_light_in(image, exposure.seconds * shot.transmission, shot, read_noise)
        hot = self._hot
        add_hot(image, Spots(hot.x // binning, hot.y // binning, hot.electrons * warmth))
        random = np.random.default_rng((self._sky.world.seed, shot.number))
        e_per_adu = 3.2 * 10 ** (-(exposure.gain or 0) / 200)
        return digitise(image, read_noise, e_per_adu, exposure.offset or 0, random)

    def _let_light_in(self, image: Image, seconds: float, shot: _Shot, read_noise: float) -> None:
        """Sky glow and stars, for so many seconds of L's light."""
        model, view = self._model, shot.projection
        electrons = ZERO_POINT * pi * (model.aperture_mm / 20) ** 2 * seconds
        glow = electrons * 10 ** (-0.4 * model.sky_mag) * (view.scale_deg * 3600) ** 2
        image += np.float32(glow)
        radius = view.scale_deg * hypot(image.shape[0], image.shape[1]) / 2 + 0.02
        fields = [stars_within(view.centre, radius)]
        if model.faint_stars:
            fields.append(faint_within(view.centre, radius))
        ra, dec, mag = (np.concatenate(column) for column in zip(*fields, strict=True))
        x, y = view.pixels(ra, dec)
        noise = float(np.sqrt(image[0, 0] + read_noise**2))
        paint(image, Spots(x, y, electrons * 10 ** (-0.4 * mag)), shot.hfr_px, noise)


def _hot_pixels(model: CameraModel, seed: int) -> Spots:
    """Always the same ones for a seed: electrons per second at 0 °C, most of them mild."""
    random = np.random.default_rng((seed, 0))
    x = random.integers(0, model.width, model.hot_pixels).astype(np.float64)
    y = random.integers(0, model.height, model.hot_pixels).astype(np.float64)
    return Spots(x, y, 10 ** random.uniform(-0.5, 2, model.hot_pixels))
