"""One exposure as it was: all that its frame depends on, be it painted in pixels or sketched."""

import asyncio
from dataclasses import dataclass
from math import degrees, pi

import numpy as np

from hardware.devices import Exposure, FrameKind
from hardware.simulator import atmosphere
from hardware.simulator.faults import FaultKind
from hardware.simulator.projection import Projection
from hardware.simulator.psf import Psf
from hardware.simulator.sky import Sky
from hardware.simulator.spots import Spots
from hardware.simulator.starfield import stars_around
from hardware.simulator.world import CameraModel

# Electrons per second and cm² from a star of magnitude 0 through L, optics and sensor together.
ZERO_POINT = 1.2e6
# Thick clouds hide the stars and throw back the light below them: the sky grows by at most this share.
CLOUD_GLOW = 0.6
POOR = 2  # stars that shine in a star-poor field


@dataclass(frozen=True, slots=True)
class Shot:
    """In binned pixels and electrons. `number` counts the rig's frames: with `seed` it makes their noise.

    `starlight` is what a star of magnitude 0 gives, `glow` what the sky or a flat panel gives each pixel;
    `warmth` by how much more than in a second at 0 °C the dark current flows.
    """

    exposure: Exposure
    camera: CameraModel
    seed: int
    number: int
    projection: Projection
    psf: Psf
    celsius: float
    warmth: float
    starlight: float
    glow: float
    poor: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the frame."""
        binning = self.exposure.binning
        return self.camera.height // binning, self.camera.width // binning

    @property
    def background_e(self) -> float:
        """Electrons in a pixel without stars."""
        return self.exposure.binning**2 * self.camera.dark_e_s * self.warmth + self.glow

    @property
    def vignette(self) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]] | None":
        """The share of the light that reaches each pixel, None where it is the same for all."""
        if not self.camera.vignetting:
            return None
        rows, columns = self.shape
        y, x = (np.linspace(-1, 1, side, dtype=np.float32) ** 2 / 2 for side in (rows, columns))
        return np.asarray(1 - self.camera.vignetting * (y[:, None] + x[None, :]), dtype=np.float32)

    @property
    def read_noise_e(self) -> float:
        """Of a binned pixel: binning adds what was read."""
        return self.camera.read_noise_e * self.exposure.binning

    @property
    def e_per_adu(self) -> float:
        """By the gain it was taken with."""
        return float(3.2 * 10 ** (-(self.exposure.gain or 0) / 200))

    @property
    def full_well_e(self) -> float:
        """Where a pixel is full."""
        return self.camera.full_well_e * self.exposure.binning**2

    def stars(self, least_e: float = 0.0) -> Spots:
        """The stars that shine on the frame or beside it, brightest first, down to so many electrons."""
        view, (rows, columns) = self.projection, self.shape
        radius = view.scale_deg * float(np.hypot(rows, columns)) / 2 + 0.02
        field = stars_around(view.centre, radius, self.camera.faint_stars)
        bright = field.brighter(least_e / self.starlight) if self.starlight > 0 else 0
        x, y = view.pixels_of(field.vectors[:, :bright])
        electrons = self.starlight * field.light[:bright]
        if self.poor:
            inside = np.flatnonzero((x >= 0) & (x < columns) & (y >= 0) & (y < rows))[:POOR]
            x, y, electrons = x[inside], y[inside], electrons[inside]
        share = (x / columns + y / rows) / 2 - 0.5
        return Spots(x, y, electrons, self.psf.across(share))


def shoot(sky: Sky, exposure: Exposure) -> Shot:
    """The exposure that ends now; air and heavens are those of its middle."""
    camera, middle = sky.world.camera, asyncio.get_running_loop().time() - exposure.seconds / 2
    celsius = sky.chip_celsius
    sky.chip.frames += 1
    starlight, glow = _light(sky, exposure, middle)
    return Shot(
        exposure=exposure,
        camera=camera,
        seed=sky.world.seed,
        number=sky.chip.frames,
        projection=_projection(sky, exposure.binning),
        psf=sky.psf(middle).binned(exposure.binning),
        celsius=celsius,
        warmth=2 ** (celsius / 6) * exposure.seconds,
        starlight=starlight,
        glow=glow,
        poor=sky.faults.active(FaultKind.STAR_POOR, sky.utc(middle)) is not None,
    )


def _projection(sky: Sky, binning: int) -> Projection:
    camera = sky.world.camera
    scale = degrees(camera.pixel_um / 1000 / camera.focal_length_mm) * binning
    middle_x, middle_y = ((side / binning - 1) / 2 for side in (camera.width, camera.height))
    return Projection(sky.axes.truth(), sky.rotation_deg, scale, middle_x, middle_y)


def _light(sky: Sky, exposure: Exposure, middle: float) -> tuple[float, float]:
    """Electrons from a star of magnitude 0, and from the sky or the flat panel in every pixel."""
    camera, seconds = sky.world.camera, exposure.seconds * sky.filter.transmission
    if camera.shutter and exposure.kind not in {FrameKind.LIGHT, FrameKind.FLAT}:
        return 0.0, 0.0
    panel = sky.lamp_e_s or (sky.imagined_e_s if exposure.kind is FrameKind.FLAT else 0.0)
    if panel > 0 or not sky.visible:
        return 0.0, exposure.binning**2 * panel * seconds
    view = sky.view(middle)
    clouds = atmosphere.cloud_mag(sky.world, sky.faults, sky.utc(middle))
    electrons = ZERO_POINT * pi * (camera.aperture_mm / 20) ** 2 * seconds
    passing = 10 ** (-0.4 * clouds)
    square = (3.6 * degrees(camera.pixel_um / camera.focal_length_mm) * exposure.binning) ** 2
    glow = electrons * 10 ** (-0.4 * (view.sky_mag if view else camera.sky_mag)) * square
    dimmed = electrons * passing * 10 ** (-0.4 * (view.extinction_mag if view else 0.0))
    return dimmed, glow * (1 + CLOUD_GLOW * (1 - passing))
