"""Binned copies of a frame, free of hot pixels: small enough to search, faithful enough to trust.

A hot pixel stands more than HOT_RATIO times higher over the background than the second highest of
its eight neighbours (the highest may be hot too); no star does, not even one of 1.5 pixels full
width at half maximum (2.7 times).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

HOT_RATIO = 4.0
STRIP_ROWS = 64  # so many rows of the frame at a time stay in the processor's cache
AROUND = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def bin_frame(pixels: NDArray[np.uint16], factor: int) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Mean and maximum of each factor × factor block; rows and columns left over are dropped."""
    rows, columns = pixels.shape[0] // factor, pixels.shape[1] // factor
    mean = np.empty((rows, columns), np.float32)
    highest = np.empty((rows, columns), np.uint16)
    step = max(1, STRIP_ROWS // factor)
    for row in range(0, rows, step):
        strip = pixels[row * factor : min(row + step, rows) * factor, : columns * factor]
        lines = strip.reshape(-1, factor, columns * factor)
        mean[row : row + step] = _fold(_sum_lines(lines), factor, np.add)
        highest[row : row + step] = _fold(lines.max(axis=1), factor, np.maximum)
    mean /= factor * factor
    return mean, highest


def halve(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of each 2 × 2 block."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    blocks = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    half: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return half


def hot_pixels(
    pixels: NDArray[np.uint16],
    candidates: NDArray[np.bool_],
    factor: int,
    background: NDArray[np.float32],
    noise: float,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Of the candidate blocks, those whose highest pixel is hot: block row, column, its excess in ADU.

    `background` is per block; `excess` is how far the pixel is above the mean of its neighbours.
    """
    rows, columns = np.nonzero(candidates)
    y, x = _highest_in_block(pixels, rows, columns, factor)
    height, width = pixels.shape
    level = background[rows, columns]
    value = pixels[y, x].astype(np.float32) - level
    around = Neighbours(value)
    for dy, dx in AROUND:
        near = pixels[np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)] - level
        # Beyond the edge the pixel would be its own neighbour.
        beyond = (y + dy < 0) | (y + dy >= height) | (x + dx < 0) | (x + dx >= width)
        around.add(np.where(beyond, np.float32(0), near))
    hot = around.tell_hot(value, noise)
    return rows[hot], columns[hot], (value - around.mean())[hot]


class Neighbours:
    """Gathers the eight neighbours of many pixels at once, as heights over the background."""

    def __init__(self, like: NDArray[np.float32]) -> None:
        self._first = np.full_like(like, -np.inf)
        self._second = np.full_like(like, -np.inf)
        self._total = np.zeros_like(like)

    def add(self, near: NDArray[np.float32]) -> None:
        """One neighbour of each."""
        np.maximum(self._second, np.minimum(self._first, near), out=self._second)
        np.maximum(self._first, near, out=self._first)
        self._total += near

    def tell_hot(self, value: NDArray[np.float32], noise: float) -> NDArray[np.bool_]:
        """Which of the pixels are hot."""
        return value > HOT_RATIO * np.maximum(self._second, 0) + 3 * noise

    def mean(self) -> NDArray[np.float32]:
        """The mean of the neighbours but the highest."""
        return (self._total - self._first) / np.float32(len(AROUND) - 1)


def _highest_in_block(
    pixels: NDArray[np.uint16], rows: NDArray[np.intp], columns: NDArray[np.intp], factor: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    inside_y, inside_x = np.divmod(np.arange(factor * factor), factor)
    y, x = rows[:, None] * factor + inside_y, columns[:, None] * factor + inside_x
    where = pixels[y, x].argmax(axis=1)
    every = np.arange(len(rows))
    return y[every, where], x[every, where]


def _sum_lines(lines: NDArray[np.uint16]) -> NDArray[np.float32]:
    total = lines[:, 0].astype(np.float32)
    for line in range(1, lines.shape[1]):
        total += lines[:, line]
    return total


def _fold(lines: NDArray[Any], factor: int, join: np.ufunc) -> NDArray[Any]:
    folded = lines[:, 0::factor].copy()
    for column in range(1, factor):
        join(folded, lines[:, column::factor], out=folded)
    return folded
