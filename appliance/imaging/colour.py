"""Frames of colour cameras in colour: each 2 × 2 block of the pattern becomes one pixel."""

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.bins import bin_frame
from hardware.devices import Sensor

PATTERNS = frozenset({"RGGB", "BGGR", "GRBG", "GBRG"})


def pattern_at(bayer: str | None, x: int = 0, y: int = 0) -> str | None:
    """The pattern as seen from pixel (x, y); None for a mono camera, or a pattern that is not known."""
    known = (bayer or "").strip().upper()
    if known not in PATTERNS:
        return None
    return "".join(known[(row + y) % 2 * 2 + (column + x) % 2] for row in (0, 1) for column in (0, 1))


def pattern_of(sensor: Sensor, binning: int) -> str | None:
    """Of whole frames; binning mixes the colours."""
    return pattern_at(sensor.bayer) if binning == 1 else None


def superpixels(pixels: NDArray[np.uint16], pattern: str, factor: int = 1) -> NDArray[np.float32]:
    """Red, green and blue of each 2 × 2 block, then the mean of `factor` × `factor` of those.

    The two greens are averaged; rows and columns left over are dropped.
    """
    rows, columns = (side // 2 for side in pixels.shape)
    made = np.zeros((rows // factor, columns // factor, 3), np.float32)
    for place, colour in enumerate(pattern):
        own = pixels[place // 2 : 2 * rows : 2, place % 2 : 2 * columns : 2]
        share = np.float32(0.5 if colour == "G" else 1.0)
        made[..., "RGB".index(colour)] += share * bin_frame(own, factor)[0]
    return made


def narrow_colour(pixels: NDArray[np.uint16], pattern: str, max_width: int) -> NDArray[np.float32]:
    """`superpixels` of at most so many columns."""
    rows, columns = (side // 2 for side in pixels.shape)
    factor = max(1, -(-columns // max(max_width, 1)))
    return superpixels(pixels, pattern, min(factor, rows, columns))


def sky_tint(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each colour's sky (its median) has more than their mean: taken off, the sky is grey."""
    skies = np.median(image, axis=(0, 1))
    return np.asarray(skies - skies.mean(), np.float32)
