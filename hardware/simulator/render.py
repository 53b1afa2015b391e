"""Pixels: Gaussian stars integrated over each pixel, light and dark, noise, digits.

All arithmetic is in electrons until the last step. A star's centre is sub-pixel and its flux is kept.
1.3 megapixels with some hundred stars take about 0.05 s, so the loop can afford it; see camera.py.
"""

import numpy as np
from numpy.typing import NDArray

from hardware.simulator.shot import Shot
from hardware.simulator.spots import Spots

Floats = NDArray[np.float64]
Image = NDArray[np.float32]
# Half the flux of a round Gaussian lies within sqrt(2 ln 2) sigma.
HALF_FLUX_SIGMA = 1.17741
REACH_SIGMA = 5.0


def render(shot: Shot, hot: Spots) -> NDArray[np.uint16]:
    """The frame of an exposure; `hot` in unbinned pixels and electrons per second at 0 °C."""
    binning = shot.exposure.binning
    image = np.full(shot.shape, shot.background_e, dtype=np.float32)
    if (vignette := shot.vignette) is not None:
        image -= np.float32(shot.glow) * (1 - vignette)
    if shot.starlight > 0:
        paint(image, shot.stars(), float(np.hypot(np.sqrt(shot.glow), shot.read_noise_e)))
    add_hot(image, Spots(hot.x // binning, hot.y // binning, hot.electrons * shot.warmth))
    return digitise(image, shot, np.random.default_rng((shot.seed, shot.number)))


def sigma_for(hfr_px: Floats | float) -> Floats:
    """The Gaussian whose image, once smeared by the pixels (variance 1/12), has this half-flux radius."""
    return np.asarray(np.sqrt(np.maximum((np.asarray(hfr_px) / HALF_FLUX_SIGMA) ** 2 - 1 / 12, 0.01)))


def paint(image: Image, stars: Spots, noise_e: float) -> None:
    """Add stars to an image in place; those that would drown in the noise are left out."""
    rows, columns = image.shape
    sigma = np.broadcast_to(sigma_for(stars.hfr), stars.x.shape)
    reach = int(np.ceil(REACH_SIGMA * sigma.max(initial=0.0))) + 1
    bright = stars.electrons / (2 * np.pi * (sigma**2 + 1 / 12)) > 0.02 * noise_e
    near = (np.abs(stars.x - columns / 2) < columns / 2 + reach) & (
        np.abs(stars.y - rows / 2) < rows / 2 + reach
    )
    seen, sigma = stars.only(bright & near), sigma[bright & near, None]
    left, bottom = np.rint(seen.x).astype(int) - reach, np.rint(seen.y).astype(int) - reach
    across = _shares(left - seen.x, reach, sigma) * seen.electrons[:, None]
    along = _shares(bottom - seen.y, reach, sigma)
    for i in range(len(seen.x)):
        x0, y0 = left[i], bottom[i]
        here = slice(max(0, y0), y0 + 2 * reach + 1), slice(max(0, x0), x0 + 2 * reach + 1)
        part = image[here]
        up, right = here[0].start - y0, here[1].start - x0
        part += np.outer(along[i, up : up + part.shape[0]], across[i, right : right + part.shape[1]])


def _shares(first: Floats, reach: int, sigma: Floats) -> Floats:
    """Share of a star's light in each pixel of a row; `first` is the first pixel's centre from the star."""
    edges = first[:, None] - 0.5 + np.arange(2 * reach + 2)
    return np.diff(_erf(edges / (sigma * np.sqrt(2))) / 2, axis=1)


def _erf(x: Floats) -> Floats:
    """Error function to 2e-7 (Abramowitz and Stegun 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.asarray(np.sign(x) * (1 - series * np.exp(-(x**2))))


def add_hot(image: Image, hot: Spots) -> None:
    """Add single hot pixels in place; those outside a binned frame's edge are cut off."""
    x, y = hot.x.astype(int), hot.y.astype(int)
    inside = (x < image.shape[1]) & (y < image.shape[0])
    np.add.at(image, (y[inside], x[inside]), hot.electrons[inside].astype(np.float32))


def digitise(image: Image, shot: Shot, random: np.random.Generator) -> NDArray[np.uint16]:
    """Shot and read noise (normal, of the right variance), full well, gain, offset; clipped at 65535."""
    noise = random.standard_normal(image.shape, dtype=np.float32)
    noise *= np.sqrt(image + np.float32(shot.read_noise_e**2))
    noise += image
    np.minimum(noise, np.float32(shot.full_well_e), out=noise)
    noise /= np.float32(shot.e_per_adu)
    noise += np.float32(shot.exposure.offset or 0)
    return np.clip(np.rint(noise), 0, 65535).astype(np.uint16)
