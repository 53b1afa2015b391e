"""One star of a frame seen closely: its radial profile, its sizes, and a small picture of it."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.atomic import new_file
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.preview import QUALITY, stretched
from appliance.imaging.stars import StarField

Pixels = NDArray[np.uint16]
SIDE = 256  # of the picture, in its own pixels
NEAR = 40.0  # pixels that a star may wander between two frames
REACH = 3.2  # half-flux radii that the profile goes out to,
LEAST_REACH = 8.0  # and at least so many pixels
RINGS = 24


@dataclass(frozen=True, slots=True)
class Star:
    """Place in 0-based pixels of the frame, sizes in pixels (None where it is saturated or too faint).

    `peak` is its brightest pixel in ADU as read out.
    """

    x: float
    y: float
    hfr: float | None
    fwhm: float | None
    peak: int


@dataclass(frozen=True, slots=True, eq=False)
class CloseUp:
    """All stars, and one of them. `profile` has radius (pixels) and mean light over the sky (ADU)."""

    stars: StarField
    star: Star | None
    profile: tuple[tuple[float, float], ...]


def close_up(
    pixels: Pixels, path: Path, settings: StarSettings, near: tuple[float, float] | None, rank: int
) -> CloseUp:
    """Measure the frame, and look at the star that is `near` a place, else at the `rank`-th best one.

    Its picture replaces the file at `path`; errors as for FITS files. Without stars there is no new one.
    """
    stars = measure(pixels, settings)
    which = chosen(stars, near, rank)
    if which is None:
        return CloseUp(stars, None, ())
    x, y, hfr = float(stars.x[which]), float(stars.y[which]), float(stars.hfr[which])
    size = hfr if math.isfinite(hfr) else typical_size(stars)
    profile, peak = radial(pixels, x, y, max(REACH * size, LEAST_REACH))
    _picture(path, pixels, x, y, max(REACH * size, 2 * LEAST_REACH))
    fwhm = math.nan if stars.fwhm is None else float(stars.fwhm[which])
    return CloseUp(stars, Star(round(x, 1), round(y, 1), _known(hfr), _known(fwhm), peak), profile)


def chosen(stars: StarField, near: tuple[float, float] | None, rank: int) -> int | None:
    """Index of the star to look at: the one looked at before, else a bright one that can be measured."""
    if near is not None and len(stars.x):
        far = np.hypot(stars.x - near[0], stars.y - near[1])
        if far.min() <= NEAR:
            return int(far.argmin())
    measured = np.flatnonzero(np.isfinite(stars.hfr))
    every = measured if len(measured) else np.arange(len(stars.x))
    return int(every[rank % len(every)]) if len(every) else None


def typical_size(stars: StarField) -> float:
    """Half-flux radius of most stars, a guess where none could be measured."""
    return stars.hfr_median if math.isfinite(stars.hfr_median) else LEAST_REACH / REACH


def radial(pixels: Pixels, x: float, y: float, reach: float) -> tuple[tuple[tuple[float, float], ...], int]:
    """Mean light in rings around a place, from the middle out to `reach` pixels, and the brightest pixel."""
    cut, left, top = _cut(pixels, x, y, math.ceil(1.5 * reach))
    rows, columns = np.indices(cut.shape, dtype=float)
    radius = np.hypot(columns + left - x, rows + top - y)
    around = cut[radius > reach]
    sky = float(np.median(around)) if around.size else float(cut.min())
    width = reach / RINGS
    ring = np.minimum((radius / width).astype(int), RINGS)
    light = np.bincount(ring.ravel(), (cut - sky).ravel(), RINGS + 1)[:RINGS]
    count = np.bincount(ring.ravel(), minlength=RINGS + 1)[:RINGS]
    seen = [
        (round((index + 0.5) * width, 2), round(float(light[index] / count[index]), 1))
        for index in range(RINGS) if count[index]
    ]  # fmt: skip
    inner = cut[radius <= max(reach / 2, 2.0)]
    return tuple(seen), int(inner.max()) if inner.size else 0


def _picture(path: Path, pixels: Pixels, x: float, y: float, reach: float) -> None:
    """Each pixel of the frame stays a square: what is seen is what the camera saw."""
    cut, _, _ = _cut(pixels, x, y, math.ceil(reach))
    picture = Image.fromarray(stretched(cut, cut.shape[1])).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    with new_file(path, replace=True) as file:
        picture.save(file, "JPEG", quality=QUALITY)


def _cut(pixels: Pixels, x: float, y: float, half: int) -> tuple[Pixels, int, int]:
    """A square around a place, its edge repeated where it leaves the frame; its first column and row."""
    left, top = round(x) - half, round(y) - half
    span = np.arange(2 * half + 1)
    rows = np.clip(span + top, 0, pixels.shape[0] - 1)
    columns = np.clip(span + left, 0, pixels.shape[1] - 1)
    return pixels[np.ix_(rows, columns)], left, top


def _known(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
