"""How sharp is a picture of the Sun, the Moon or a planet? Without stars, whatever its brightness."""

import math

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.bins import halve
from appliance.imaging.detect import pixel_noise

LIT = 0.15  # of the brightest: what belongs to the picture
UNLIT = 0.4  # of the bright part: darker is sky
FEWEST = 30  # bins that must be lit
CLEAR = 1.5  # times what noise alone would give
MEDIAN_NOISE = 0.2  # of the bins' variance that a median over five leaves in the squared gradient


def detail_px(pixels: NDArray[np.uint16]) -> tuple[float, int]:
    """Pixels over which brightness changes, and how many pixels are lit; NaN without a picture.

    √(Σ signal² / Σ gradient²): small is sharp. Pixels are halved first, which takes out colour patterns and
    most of the noise; what noise adds to the gradients is subtracted.
    """
    if min(pixels.shape, default=0) < 16:
        return math.nan, 0
    noise = pixel_noise(pixels) / 2
    image = halve(_despiked(pixels))
    image = np.sort(_shifts(image), axis=0)[2]  # a median over a cross, for what is left of hot pixels
    if image.size < FEWEST:
        return math.nan, 0
    dark, bright = float(np.percentile(image, 5)), float(np.partition(image, -FEWEST, axis=None)[-FEWEST])
    if dark > UNLIT * bright:
        dark = (
            0.0  # a surface fills the frame: what varies with sharpness must not be the measure's own scale
        )
    signal = image - dark
    lit = signal > max(LIT * (bright - dark), 5 * noise)
    if lit.sum() < FEWEST:
        return math.nan, 0
    # The rim counts too: it is where a planet is most of all.
    wide = _grown(lit)
    across, down = np.gradient(signal)
    gradient = float((across[wide] ** 2 + down[wide] ** 2).sum())
    by_noise = MEDIAN_NOISE * noise**2 * float(wide.sum())
    if gradient <= CLEAR * by_noise:
        return math.nan, 0
    gradient -= by_noise
    return 2 * math.sqrt(float((signal[wide] ** 2).sum()) / gradient), int(lit.sum()) * 4


def _despiked(pixels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """No pixel is brighter than the brightest of its four nearest neighbours of the same colour."""
    padded = np.pad(pixels, 2, mode="reflect")
    inner = slice(2, -2)
    around = np.maximum(
        np.maximum(padded[:-4, inner], padded[4:, inner]), np.maximum(padded[inner, :-4], padded[inner, 4:])
    )
    return np.minimum(pixels, around).astype(np.float32)


def _shifts(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """The image and its four neighbours."""
    padded = np.pad(image, 1, mode="edge")
    inner = slice(1, -1)
    return np.stack(
        [padded[inner, inner], padded[:-2, inner], padded[2:, inner], padded[inner, :-2], padded[inner, 2:]]
    )


def _grown(lit: NDArray[np.bool_], by: int = 3) -> NDArray[np.bool_]:
    for _ in range(by):
        lit = _shifts(lit.astype(np.float32)).max(axis=0) > 0
    return lit
