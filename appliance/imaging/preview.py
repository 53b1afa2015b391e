"""A frame as a small stretched JPEG: what is faint becomes visible, what is bright stays a point."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.atomic import new_file
from appliance.imaging.bins import bin_frame

SHADOWS = 2.8  # the black point lies so many deviations below the median
BACKGROUND = 0.2  # the sky is shown this bright, of 1
QUALITY = 85


def write_preview(path: Path, pixels: NDArray[np.uint16], max_width: int) -> None:
    """Save a JPEG at most `max_width` wide, replacing the one before it; errors as for FITS files."""
    picture = Image.fromarray(stretched(pixels, max_width))
    with new_file(path, replace=True) as file:
        picture.save(file, "JPEG", quality=QUALITY)


def stretched(pixels: NDArray[np.uint16], max_width: int) -> NDArray[np.uint8]:
    """The frame binned to at most `max_width` columns, 8 bits, by a midtones transfer function."""
    factor = max(1, -(-pixels.shape[1] // max(max_width, 1)))
    image = bin_frame(pixels, min(factor, *pixels.shape))[0]
    middle = float(np.median(image))
    spread = 1.4826 * float(np.median(np.abs(image - middle)))
    black = max(middle - SHADOWS * spread, float(image.min()))
    white = max(65535.0 if image.max() > 32768 else float(image.max()), black + 1)
    image = np.clip((image - black) / (white - black), 0, 1)
    balance = midtones(max((middle - black) / (white - black), 1e-5), BACKGROUND)
    return np.asarray(np.rint(255 * _transfer(image, balance)), np.uint8)


def midtones(level: float, shown: float) -> float:
    """The balance m for which the transfer function takes `level` to `shown` (both 0..1).

    The function is (m-1)x / ((2m-1)x - m): 0, m and 1 become 0, 0.5 and 1.
    """
    return level * (shown - 1) / (level * (2 * shown - 1) - shown)


def _transfer(image: NDArray[np.float32], balance: float) -> NDArray[np.float32]:
    return np.asarray((balance - 1) * image / ((2 * balance - 1) * image - balance))
