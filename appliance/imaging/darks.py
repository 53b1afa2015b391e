"""Dark frames for focusing: a library in a folder, subtracted or turned into a map of bad pixels."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from appliance.errors import BadInput
from appliance.imaging.reader import read_fits

Pixels = NDArray[np.uint16]
Calibrate = Literal["none", "dark", "bad_pixels"]
NEAR_SECONDS = 2.0  # a dark may be so much longer or shorter than the light
BAD_SIGMA = 8.0  # over the dark's own scatter
MOST_BAD = 0.02  # of all pixels: more is no map of bad pixels but a dark with light in it


@dataclass(frozen=True, slots=True)
class Dark:
    """One file of the library, by its header."""

    path: Path
    seconds: float
    binning: int
    width: int
    height: int


def library(folder: Path) -> tuple[Dark, ...]:
    """The darks of a folder and those below it; files that are none are passed over."""
    if not folder.is_dir():
        raise BadInput("focus.darks", f"{folder} is no folder")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".fits", ".fit", ".fts"})
    return tuple(dark for path in files if (dark := _read(path, path.stat().st_mtime_ns)) is not None)


def nearest(darks: tuple[Dark, ...], seconds: float, binning: int, shape: tuple[int, int]) -> Dark | None:
    """The dark whose exposure is nearest, at most NEAR_SECONDS away, of the same binning and size."""
    same = [dark for dark in _alike(darks, binning, shape) if abs(dark.seconds - seconds) <= NEAR_SECONDS]
    return min(same, key=lambda dark: abs(dark.seconds - seconds), default=None)


def longest(darks: tuple[Dark, ...], binning: int, shape: tuple[int, int]) -> Dark | None:
    """The dark that shows bad pixels best."""
    return max(_alike(darks, binning, shape), key=lambda dark: dark.seconds, default=None)


def calibrated(pixels: Pixels, how: Calibrate, folder: Path | None, seconds: float, binning: int) -> Pixels:
    """Pixels with the fitting dark subtracted, or bad pixels replaced; as they are where no dark fits.

    The level of the background stays, so that nothing is cut off at zero.
    """
    if how == "none" or folder is None:
        return pixels
    darks, shape = library(folder), (pixels.shape[0], pixels.shape[1])
    dark = nearest(darks, seconds, binning, shape) if how == "dark" else longest(darks, binning, shape)
    if dark is None:
        return pixels
    frame = _pixels(dark.path, dark.path.stat().st_mtime_ns)
    return _subtract(pixels, frame) if how == "dark" else _repair(pixels, bad_pixels(frame))


def bad_pixels(dark: Pixels) -> NDArray[np.intp]:
    """Flat indices of pixels far brighter than the dark's others; none where they are too many to be bad."""
    sample = dark.ravel()[:: max(1, dark.size // 200_000)].astype(np.float32)
    middle = float(np.median(sample))
    scatter = max(1.4826 * float(np.median(np.abs(sample - middle))), 1.0)
    bad = np.flatnonzero(dark.ravel() > middle + BAD_SIGMA * scatter)
    return bad if len(bad) <= MOST_BAD * dark.size else np.empty(0, np.intp)


def _alike(darks: tuple[Dark, ...], binning: int, shape: tuple[int, int]) -> list[Dark]:
    return [dark for dark in darks if dark.binning == binning and (dark.height, dark.width) == shape]


def _subtract(pixels: Pixels, dark: Pixels) -> Pixels:
    pedestal = round(float(np.median(dark[::7, ::7])))
    whole: Pixels = np.clip(pixels.astype(np.int32) - dark + pedestal, 0, 65_535).astype(np.uint16)
    return whole


def _repair(pixels: Pixels, bad: NDArray[np.intp]) -> Pixels:
    """Each bad pixel becomes the median of its neighbours of the same colour."""
    height, width = pixels.shape
    row, column = np.divmod(bad, width)
    around = [
        pixels[np.clip(row + dy, 0, height - 1), np.clip(column + dx, 0, width - 1)]
        for dy in (-2, 0, 2) for dx in (-2, 0, 2) if (dy, dx) != (0, 0)
    ]  # fmt: skip
    whole = pixels.copy()
    if len(bad):
        whole.ravel()[bad] = np.median(around, axis=0).astype(np.uint16)
    return whole


@lru_cache(maxsize=512)
def _read(path: Path, _: int) -> Dark | None:
    try:
        header = fits.getheader(path)
        kind = str(header.get("IMAGETYP", header.get("FRAME", ""))).lower()
        seconds = float(header.get("EXPTIME", header.get("EXPOSURE", math.nan)))
        width, height = int(header["NAXIS1"]), int(header["NAXIS2"])
        binning = int(header.get("XBINNING", 1))
    except (OSError, KeyError, TypeError, ValueError, fits.VerifyError):
        return None
    return Dark(path, seconds, binning, width, height) if "dark" in kind and seconds > 0 else None


@lru_cache(maxsize=2)
def _pixels(path: Path, _: int) -> Pixels:
    return read_fits(path).pixels
