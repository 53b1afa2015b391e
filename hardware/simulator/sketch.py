"""A frame without pixels: what star detection would find on it, in about a millisecond.

The laws are those of render.py, the finding is search.py's. For nights by the thousand.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.simulator.projection import Projection
from hardware.simulator.render import HALF_FLUX_SIGMA
from hardware.simulator.search import NOTHING, search
from hardware.simulator.shot import Shot
from hardware.simulator.spots import Spots

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
TOP_ADU = 65_535.0
SATURATED = 0.85  # of the top
LEAST_NOISE = 0.3  # ADU
# Of the brightest stars: position (pixels) and size (share); what faint ones have on top goes with their
# signal to noise.
CENTRE_ERROR, SIZE_ERROR = 0.02, 0.012
# A half-flux radius measured on pixels has their width in it twice; none is smaller than this.
PIXEL_HFR, SHARPEST_HFR = HALF_FLUX_SIGMA / 12**0.5, 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a frame shows. Brightest first: x, y (0-based pixels of the frame), flux (ADU), hfr (pixels).

    hfr is NaN for saturated stars; `count` is all stars found, also beyond those listed; background and
    noise of a pixel in ADU. `projection` is the truth: where the telescope pointed, rotation and scale.
    """

    x: Float32s
    y: Float32s
    flux: Float32s
    hfr: Float32s
    count: int
    saturated: int
    background: float
    noise: float
    projection: Projection


class Sketch(np.ndarray[tuple[int, int], np.dtype[np.uint16]]):
    """An array of the frame's shape, all at its background, that takes no memory; `shown` is the point."""

    shown: Shown

    def __array_finalize__(self, origin: Any) -> None:
        if isinstance(origin, Sketch):
            self.shown = origin.shown


def sketch(shot: Shot) -> Sketch:
    """The frame of an exposure as a sketch; the noise in it is the frame's own, as in pixels."""
    top = min(TOP_ADU, (shot.exposure.offset or 0) + shot.full_well_e / shot.e_per_adu)
    level = min((shot.exposure.offset or 0) + shot.background_e / shot.e_per_adu, top)
    # an amplifier's noise, the light's, and that of rounding
    noise_e = float(np.sqrt(shot.background_e + shot.read_noise_e**2 + shot.e_per_adu**2 / 12))
    shown = _shown(shot, level, noise_e if level < top else 0.0, top)
    drawn = np.broadcast_to(np.uint16(round(level)), shot.shape).view(Sketch)
    drawn.shown = shown
    return drawn


def _shown(shot: Shot, level: float, noise_e: float, top: float) -> Shown:
    random = np.random.default_rng((shot.seed, shot.number))
    found = search(shot, noise_e, random) if shot.starlight > 0 and noise_e > 0 else NOTHING
    spots, sigma, error, gain = found.spots, found.sigma, found.error_e, shot.e_per_adu
    scatter = random.standard_normal((4, len(sigma)))
    relative = error / spots.electrons
    hfr = np.maximum(np.hypot(sigma * HALF_FLUX_SIGMA, PIXEL_HFR), SHARPEST_HFR)
    hfr *= 1 + np.hypot(relative, SIZE_ERROR) * scatter[0]
    x = spots.x + np.hypot(sigma * relative, CENTRE_ERROR) * scatter[1]
    y = spots.y + np.hypot(sigma * relative, CENTRE_ERROR) * scatter[2]
    flux = _caught(spots.electrons / gain, sigma, top - level) + error / gain * scatter[3]
    saturated = _peak(spots, sigma) / gain + level >= min(SATURATED * TOP_ADU, top)
    hfr[saturated] = np.nan
    order = np.argsort(-flux, kind="stable")
    x32, y32, flux32, hfr32 = (column[order].astype(np.float32) for column in (x, y, flux, hfr))
    return Shown(
        x=x32,
        y=y32,
        flux=flux32,
        hfr=hfr32,
        count=found.count,
        saturated=int(saturated.sum()),
        background=level,
        noise=max(noise_e / gain, LEAST_NOISE),
        projection=shot.projection,
    )


def _caught(flux: Floats, sigma: Floats, room: float) -> Floats:
    """Flux of a Gaussian cut off at a height of `room`: what a saturated star has left."""
    area = 2 * np.pi * sigma**2
    over = np.maximum(flux / area / room, 1.0)
    return np.asarray(flux / over * (1 + np.log(over)))


def _peak(spots: Spots, sigma: Floats) -> Floats:
    """Electrons in the brightest pixel."""
    off = (spots.x - np.rint(spots.x)) ** 2 + (spots.y - np.rint(spots.y)) ** 2
    return np.asarray(spots.electrons / (2 * np.pi * sigma**2) * np.exp(-off / (2 * sigma**2)))
