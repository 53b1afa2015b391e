"""A frame as a small stretched JPEG: what is faint becomes visible, what is bright stays a point."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.atomic import new_file
from appliance.imaging.bins import bin_frame
from appliance.imaging.colour import narrow_colour, sky_tint

SHADOWS = 2.8  # the black point lies so many deviations below the median
BACKGROUND = 0.2  # the sky is shown this bright, of 1
QUALITY = 85


def write_preview(path: Path, pixels: NDArray[np.uint16], max_width: int, pattern: str | None = None) -> None:
    """Save a JPEG at most `max_width` wide, replacing the one before it; errors as for FITS files.

    With the `pattern` of a colour camera it is in colour.
    """
    picture = Image.fromarray(stretched(pixels, max_width, pattern))
    with new_file(path, replace=True) as file:
        picture.save(file, "JPEG", quality=QUALITY)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What becomes black and white, in ADU, and the balance of the midtones between."""

    black: float
    white: float
    balance: float

    def shown(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        """8 bits of each pixel."""
        level = np.clip((image - np.float32(self.black)) / np.float32(self.white - self.black), 0, 1)
        return np.asarray(np.rint(255 * _transfer(level, self.balance)), np.uint8)


def stretched(pixels: NDArray[np.uint16], max_width: int, pattern: str | None = None) -> NDArray[np.uint8]:
    """The frame binned to at most `max_width` columns, 8 bits, by a midtones transfer function.

    With a `pattern` three colours, stretched alike, over a sky that was made grey.
    """
    if pattern is None or min(pixels.shape) < 2:
        image = narrowed(pixels, max_width)
    else:
        image = narrow_colour(pixels, pattern, max_width)
        image -= sky_tint(image)
    return stretch_of(image).shown(image)


def narrowed(pixels: NDArray[np.uint16], max_width: int) -> NDArray[np.float32]:
    """Binned to at most so many columns."""
    factor = max(1, -(-pixels.shape[1] // max(max_width, 1)))
    return bin_frame(pixels, min(factor, *pixels.shape))[0]


def stretch_of(image: NDArray[np.float32]) -> Stretch:
    """The one that shows this image's sky at BACKGROUND."""
    middle = float(np.median(image))
    spread = 1.4826 * float(np.median(np.abs(image - middle)))
    black = max(middle - SHADOWS * spread, float(image.min()))
    white = max(65535.0 if image.max() > 32768 else float(image.max()), black + 1)
    return Stretch(black, white, midtones(max((middle - black) / (white - black), 1e-5), BACKGROUND))


def midtones(level: float, shown: float) -> float:
    """The balance m for which the transfer function takes `level` to `shown` (both 0..1).

    The function is (m-1)x / ((2m-1)x - m): 0, m and 1 become 0, 0.5 and 1.
    """
    return level * (shown - 1) / (level * (2 * shown - 1) - shown)


def _transfer(image: NDArray[np.float32], balance: float) -> NDArray[np.float32]:
    return np.asarray((balance - 1) * image / ((2 * balance - 1) * image - balance))
