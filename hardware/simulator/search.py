"""Which stars of a frame a detection finds: a search on bins as wide as the stars, five times over the noise.

What it cannot tell apart or mistakes for hot pixels is lost, as it is on real frames.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.simulator.render import HALF_FLUX_SIGMA
from hardware.simulator.shot import Shot
from hardware.simulator.spots import Spots

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SIGMA = 5.0  # threshold of the search
CERTAIN = 3.0  # signal to noise in the aperture below which nothing is a star
# The search: bins, a 1-2-1 kernel (its variance in bins, what it leaves of the noise), compact stars.
KERNEL_VARIANCE, KERNEL_GAIN = 0.5, 0.375
COMPACT_BINS, COARSEST = 1.5, 32
# The aperture in half-flux radii, at these half-flux radii.
APERTURE_AT, APERTURE = (5.0, 12.0), (3.5, 2.5)
SMALLEST_SIGMA = (0.01 + 1 / 12) ** 0.5  # a point, smeared over its pixel
HOT_RATIO = 4.0  # a peak so many times higher than the second of its neighbours is a hot pixel
# Two images are one when the fainter has less than this share of the light and they touch, or when they
# are closer than this many sigma (and more, the more unequal they are).
SHARE_APART, SIGMAS_APART = 0.15, 3.5
MOST = 400  # the brightest are listed, and judged for crowding
CONFUSED = 6.0  # sigmas up to which a star passes for noise
CROWDED = 0.05  # share of the frame covered by images below which none are in each other's way


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Brightest first; Gaussian sigma of each image (pixels), noise of its light in the aperture (electrons).

    `count` is all that were found, the brightest are listed.
    """

    spots: Spots
    sigma: Floats
    error_e: Floats
    count: int


NOTHING = Found(Spots(np.empty(0), np.empty(0), np.empty(0)), np.empty(0), np.empty(0), 0)


def search(shot: Shot, noise_e: float, random: np.random.Generator) -> Found:
    """What is found over `noise_e` a pixel.

    A star's peak, smeared by bin and kernel, must stand SIGMA over the noise, its third brightest bin too.
    """
    typical = shot.psf.middle
    factor = _bins(shot.shape, typical)
    smear = (factor**2 - 1) / 12 + KERNEL_VARIANCE * factor**2
    area = 2 * np.pi * ((typical / HALF_FLUX_SIGMA) ** 2 + smear)  # of a typical image on the bins
    bare = noise_e / factor
    stars = shot.stars(SIGMA * KERNEL_GAIN * bare * area / 8)
    stars = stars.only(_inside(stars, shot.shape, max(2 * typical, 3.0)))
    threshold = SIGMA * KERNEL_GAIN * _with_crowd(stars.electrons, bare, area, shot.shape)
    stars = stars.only(stars.electrons > threshold * area / 3)
    wide = _sigma(stars) ** 2 + smear
    third = stars.electrons / (2 * np.pi * wide) * np.exp(-0.4 * factor**2 / wide)
    seen = (third / threshold - 1) * SIGMA + random.standard_normal(len(wide)) > 0
    aperture = max(3.0, typical * float(np.interp(typical, APERTURE_AT, APERTURE)))
    error = np.sqrt(stars.electrons + np.pi * (aperture * noise_e) ** 2)
    seen &= (stars.electrons > CERTAIN * error) & ~_hot(stars)
    first = np.flatnonzero(seen)[:MOST]
    alone = _alone(stars.only(first), wide[first], threshold, shot.shape)
    listed = first[alone]
    count = round(seen.sum() * float(alone.mean())) if len(first) else 0
    return Found(stars.only(listed), _sigma(stars)[listed], error[listed], count)


def _sigma(stars: Spots) -> Floats:
    sharp = np.maximum(np.asarray(stars.hfr) / HALF_FLUX_SIGMA, SMALLEST_SIGMA)
    return np.broadcast_to(sharp, stars.x.shape)


def _bins(shape: tuple[int, int], hfr_px: float) -> int:
    """How far a search bins: as far as the frame's size allows in focus, and until the stars are compact."""
    area = shape[0] * shape[1]
    factor = 4 if area >= 8_000_000 else 2 if area >= 300_000 else 1
    while factor < COARSEST and min(shape) >= 32 * factor and np.hypot(hfr_px / factor, 0.5) > COMPACT_BINS:
        factor *= 2
    return factor


def _inside(stars: Spots, shape: tuple[int, int], margin: float) -> Flags:
    rows, columns = shape
    across = (stars.x >= margin) & (stars.x <= columns - 1 - margin)
    return np.asarray(across & (stars.y >= margin) & (stars.y <= rows - 1 - margin))


def _with_crowd(light: Floats, noise: float, area: float, shape: tuple[int, int]) -> float:
    """Noise of a bin, and what the stars too faint to be found add to it (their light's own scatter)."""
    unseen = np.minimum(light, CONFUSED * noise * area)
    return float(np.sqrt(noise**2 + (unseen**2).sum() / (2 * area * shape[0] * shape[1])))


def _hot(stars: Spots) -> Flags:
    """Taken for hot pixels: sharp, and so near a pixel's middle that its neighbours stay dark."""
    off = np.minimum(np.abs(stars.x - np.rint(stars.x)), np.abs(stars.y - np.rint(stars.y)))
    return np.asarray(1 - 2 * off > 2 * np.log(HOT_RATIO) * _sigma(stars) ** 2)


def _alone(stars: Spots, variance: Floats, threshold: float, shape: tuple[int, int]) -> Flags:
    """Those that are not taken for part of a brighter one: images touch where both fall to the threshold."""
    height = stars.electrons / (2 * np.pi * variance) / threshold
    reach = np.sqrt(2 * variance * np.log(np.maximum(height, 1.5)))
    alone = np.ones(len(reach), dtype=bool)
    if np.pi * (reach**2).sum() < CROWDED * shape[0] * shape[1]:
        return alone
    i, j = _near(stars, reach + SIGMAS_APART / 2 * np.sqrt(variance))
    away = (stars.x[i] - stars.x[j]) ** 2 + (stars.y[i] - stars.y[j]) ** 2
    fainter = np.log(stars.electrons[j] / stars.electrons[i])
    touch = away < (reach[i] + reach[j]) ** 2
    close = away < variance[j] * (SIGMAS_APART**2 + 2 * fainter)
    alone[i[(touch & (fainter > -np.log(SHARE_APART))) | close]] = False
    return alone


def _near(stars: Spots, reach: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of stars, the fainter first, whose reaches meet."""
    x, y, far = (column.astype(np.float32) for column in (stars.x, stars.y, reach))
    away = np.subtract.outer(x, x) ** 2
    away += np.subtract.outer(y, y) ** 2
    fainter, brighter = np.nonzero(away < np.add.outer(far, far) ** 2)
    once = fainter > brighter
    return fainter[once], brighter[once]
