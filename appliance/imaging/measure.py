"""Pixels in, StarField out: found on bins, measured at full resolution.

The half-flux radius is measured in an aperture that follows it (3.5 times itself for sharp
stars), so that faint and bright stars of one frame give the same size.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sep
from numpy.typing import NDArray

from appliance.imaging.bins import AROUND, Neighbours
from appliance.imaging.darks import Calibrate
from appliance.imaging.detect import Candidates, detect, pixel_noise
from appliance.imaging.measure_detail import detail_px
from appliance.imaging.measure_shapes import shapes
from appliance.imaging.stars import StarField

# Aperture in half-flux radii, at these half-flux radii: a sharp star has wings, a donut has an
# edge, and a needlessly wide aperture only gathers the errors of the background.
APERTURE_AT = (5.0, 12.0)
APERTURE = (3.5, 2.5)
LARGEST_APERTURE = 150.0
# Half-flux radii below belong to what is left of hot pixels and cosmic rays.
SMALLEST_HFR = 0.6
# Larger stars are measured on cutouts binned until they are about this small: no less exact, far faster.
FINE_HFR = 4.0
_Floats = NDArray[np.float64]
CUTOUT_PIXELS = 6_000_000  # at most so many pixels in all cutouts together: 24 MB
WINDOW_SIGMA = 0.85  # Gaussian sigma of a half-flux radius of 1
FLAT_TOP_PIXELS = 5
MOST_SHAPES = 100  # stars whose widths are measured: enough for a median
# Signal to noise in the aperture from which something is a star, and from which its size is worth
# something. The search is sharper than the aperture, so its 5 sigma are about 3 here.
CERTAIN = 3.0
CLEAR = 10.0


@dataclass(frozen=True, slots=True)
class StarSettings:
    """How to measure. `full_well` in ADU: 65535, or less for cameras that do not fill 16 bits.

    Stars whose peak is above `saturation` of it count as saturated; `sigma` is the detection
    threshold; the `most` brightest stars are measured. Only the middle `crop` of width and height is looked
    at. Stars smaller than `smallest_hfr` pixels or of less signal to noise than `min_snr` are left out.
    `shapes` also measures widths and elongation, `detail` how sharp a picture without stars is. `calibrate`
    and `darks` (a folder) take out bad pixels first; `seconds` and `binning` find the fitting dark.
    """

    full_well: float = 65535.0
    saturation: float = 0.85
    sigma: float = 5.0
    most: int = 400
    crop: float = 1.0
    smallest_hfr: float = SMALLEST_HFR
    min_snr: float = CERTAIN
    shapes: bool = False
    detail: bool = False
    calibrate: Calibrate = "none"
    darks: Path | None = None
    seconds: float = 0.0
    binning: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Cutouts:
    """One square per star in a tall column, background subtracted: sep sees one image.

    `x`, `y` are each square's first pixel in the frame, `step` how many frame pixels wide one of
    its pixels is, `side` how many it has; `peak` is the star's highest despiked value in ADU.
    """

    image: NDArray[np.float32]
    x: NDArray[np.intp]
    y: NDArray[np.intp]
    step: int
    side: int
    peak: NDArray[np.float32]
    flat_top: NDArray[np.bool_]

    def inward(self, x: _Floats, y: _Floats) -> tuple[_Floats, _Floats]:
        """From places in the frame to places in the column."""
        tops = np.arange(len(self.x)) * self.side
        return (x - self.x + 0.5) / self.step - 0.5, (y - self.y + 0.5) / self.step - 0.5 + tops

    def outward(self, x: _Floats, y: _Floats) -> tuple[_Floats, _Floats]:
        """Back again."""
        tops = np.arange(len(self.x)) * self.side
        return (x + 0.5) * self.step - 0.5 + self.x, (y - tops + 0.5) * self.step - 0.5 + self.y


def measure(pixels: NDArray[np.uint16], settings: StarSettings) -> StarField:
    """Measure the stars of one frame; a frame without any gives an empty field, never an error.

    Saturated stars stay in the list, for solvers want the brightest, but with hfr NaN: they do
    not count for `hfr_median`. `count` is all stars detected, also beyond the `most` measured.
    """
    if settings.crop < 1 and pixels.ndim == 2:
        return _cropped(pixels, settings)
    if pixels.ndim != 2 or min(pixels.shape) < 16:
        return _empty(pixels, float(np.median(pixels)) if pixels.size else 0.0, 0.0)
    if settings.detail:
        return _picture(pixels)
    found = detect(pixels, settings.sigma)
    inside = _inside(found, pixels.shape)
    if not inside.any():
        return _empty(pixels, found.background, found.noise)
    return _measured(pixels, found, inside, settings)


def _cropped(pixels: NDArray[np.uint16], settings: StarSettings) -> StarField:
    """The stars of the middle, in the whole frame's pixels."""
    height, width = pixels.shape
    # An even margin keeps the colour pattern of the first pixel.
    top, left = (round(side * (1 - settings.crop) / 4) * 2 for side in (height, width))
    middle = measure(pixels[top : height - top, left : width - left], replace(settings, crop=1.0))
    x, y = middle.x + np.float32(left), middle.y + np.float32(top)
    return replace(middle, x=x, y=y, width=width, height=height)


def _picture(pixels: NDArray[np.uint16]) -> StarField:
    """Of the Sun, the Moon or a planet: its sharpness, no stars."""
    detail, lit = detail_px(pixels)
    return replace(_empty(pixels, float(np.median(pixels)), pixel_noise(pixels)), detail=detail, lit=lit)


def _measured(
    pixels: NDArray[np.uint16], found: Candidates, inside: NDArray[np.bool_], settings: StarSettings
) -> StarField:
    aperture = float(np.clip(1.3 * _aperture(found.hfr), 6, LARGEST_APERTURE))
    most = min(settings.most, max(20, int(CUTOUT_PIXELS / (2 * aperture + 10) ** 2)))
    cutouts = _cut(pixels, found.x[inside][:most], found.y[inside][:most], aperture, found)
    x, y, hfr = _refine(cutouts, found.x[inside][:most], found.y[inside][:most], found.hfr, aperture)
    typical = float(np.nanmedian(hfr)) if np.isfinite(hfr).any() else found.hfr
    radius = float(np.clip(_aperture(typical), 3, aperture))
    flux = sep.sum_circle(cutouts.image, *cutouts.inward(x, y), radius / cutouts.step)[0] * cutouts.step**2
    error = found.noise * radius * np.pi**0.5  # of a star's flux
    real = (hfr >= settings.smallest_hfr) & (flux > settings.min_snr * error)
    saturated = cutouts.flat_top | (cutouts.peak >= settings.saturation * settings.full_well)
    clear = flux > CLEAR * error
    order = np.flatnonzero(real)[np.argsort(-flux[real])]
    sizes = np.where(saturated, np.nan, hfr)
    fwhm, elongation = _shapes(cutouts, order, x, y, sizes) if settings.shapes else (None, float("nan"))
    return StarField(
        x=x[order].astype(np.float32),
        y=y[order].astype(np.float32),
        flux=flux[order].astype(np.float32),
        hfr=sizes[order].astype(np.float32),
        hfr_median=_median(sizes[real & clear], sizes[real]),
        count=len(order) + int(inside.sum()) - len(x),
        saturated=int((saturated & real).sum()),
        background=found.background,
        noise=found.noise,
        width=pixels.shape[1],
        height=pixels.shape[0],
        fwhm=fwhm,
        elongation=elongation,
    )


def _shapes(
    cutouts: _Cutouts, order: NDArray[np.intp], x: _Floats, y: _Floats, sizes: _Floats
) -> tuple[NDArray[np.float32], float]:
    """Widths of the stars in this order (NaN beyond the brightest), and the elongation of most."""
    fwhm = np.full(len(order), np.nan, np.float32)
    known = np.flatnonzero(np.isfinite(sizes[order]))[:MOST_SHAPES]
    which = order[known]
    across, down = (
        (at[which] - first[which] + 0.5) / cutouts.step - 0.5
        for at, first in ((x, cutouts.x), (y, cutouts.y))
    )
    squares = cutouts.image.reshape(-1, cutouts.side, cutouts.side)[which]
    seen = shapes(squares, across, down, sizes[which] / cutouts.step)
    fwhm[known] = seen.fwhm * cutouts.step
    long_ = seen.elongation[np.isfinite(seen.elongation)]
    return fwhm, float(np.median(long_)) if len(long_) else float("nan")


def _aperture(hfr: float | _Floats) -> _Floats:
    return np.asarray(hfr * np.interp(hfr, APERTURE_AT, APERTURE))


def _median(clear: NDArray[np.float64], any_star: NDArray[np.float64]) -> float:
    for sizes in (clear, any_star):
        known = sizes[np.isfinite(sizes)]
        if len(known):
            return float(np.median(known))
    return float("nan")


def _inside(found: Candidates, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Stars whose light is not cut by the frame's edge."""
    margin = max(2.0 * found.hfr, 3.0)
    height, width = shape
    across = (found.x >= margin) & (found.x <= width - 1 - margin)
    down = (found.y >= margin) & (found.y <= height - 1 - margin)
    return np.asarray(across & down)


def _cut(pixels: NDArray[np.uint16], x: _Floats, y: _Floats, aperture: float, found: Candidates) -> _Cutouts:
    step = 2 ** max(0, int(np.log2(found.hfr / FINE_HFR)))
    half = -(-(int(aperture) + 4) // step) * step
    span = np.arange(-half, half)
    column, row = np.rint(x).astype(np.intp), np.rint(y).astype(np.intp)
    rows = np.clip(row[:, None] + span, 0, pixels.shape[0] - 1)[:, :, None]
    columns = np.clip(column[:, None] + span, 0, pixels.shape[1] - 1)[:, None, :]
    cut = pixels[rows, columns].astype(np.float32)
    cut -= _colour_steps(pixels, found.noise)[rows % 2, columns % 2]
    level = np.median(cut[:, np.hypot(span[:, None], span) > aperture], axis=1)
    cut -= level[:, None, None]
    _despike(cut, found.noise)
    peak, flat_top = _peaks(cut[:, half // 2 : -half // 2, half // 2 : -half // 2], level, found.noise)
    side = 2 * half // step
    image = cut.reshape(len(x) * side, step, side, step).mean(axis=(1, 3)) if step > 1 else cut
    return _Cutouts(
        image.reshape(-1, side), column - half, row - half, step, side, peak=peak, flat_top=flat_top
    )


def _peaks(
    cores: NDArray[np.float32], level: NDArray[np.float32], noise: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Each star's highest value in ADU; and is it clipped there, whatever the camera's full well?"""
    highest = cores.max(axis=(1, 2))
    flat = (cores >= highest[:, None, None] - 0.5).sum(axis=(1, 2)) >= FLAT_TOP_PIXELS
    peak = highest + level
    return peak, flat & (highest > 50 * noise) & (peak >= 0.98 * peak.max())


def _colour_steps(pixels: NDArray[np.uint16], noise: float) -> NDArray[np.float32]:
    """How far each place of a 2 × 2 colour pattern lies over their mean; nothing on mono frames."""
    step = max(2, min(pixels.shape) // 200 * 2)
    levels = np.array([[np.median(pixels[i::step, j::step]) for j in (0, 1)] for i in (0, 1)], np.float32)
    levels -= levels.mean()
    return levels if np.abs(levels).max() > noise / 2 else np.zeros_like(levels)


def _despike(cut: NDArray[np.float32], noise: float) -> None:
    """Replace hot pixels, and the light of a cosmic ray's core, by the mean of their neighbours."""
    inner = cut[:, 1:-1, 1:-1]
    around = Neighbours(inner)
    for dy, dx in AROUND:
        around.add(cut[:, 1 + dy : cut.shape[1] - 1 + dy, 1 + dx : cut.shape[2] - 1 + dx])
    hot = around.tell_hot(inner, noise)
    inner[hot] = around.mean()[hot]


def _refine(
    cutouts: _Cutouts, x: _Floats, y: _Floats, hfr: float, aperture: float
) -> tuple[_Floats, _Floats, _Floats]:
    """Sub-pixel places and half-flux radii; NaN where the star ran away from where it was found."""
    first_x, first_y = at_x, at_y = cutouts.inward(x, y)
    first, widest = hfr / cutouts.step, aperture / cutouts.step
    sizes = np.full(len(x), first)
    for _ in range(2):
        at_x, at_y, _ = sep.winpos(cutouts.image, at_x, at_y, WINDOW_SIGMA * sizes)
        strayed = ~(np.hypot(at_x - first_x, at_y - first_y) < first + 2)
        at_x, at_y = np.where(strayed, first_x, at_x), np.where(strayed, first_y, at_y)
        radius = np.clip(_aperture(sizes * cutouts.step) / cutouts.step, 3, widest)
        sizes, _ = sep.flux_radius(cutouts.image, at_x, at_y, radius, 0.5)
        sizes = np.where(np.isfinite(sizes), np.clip(sizes, 0.3, widest), first)
    sizes[strayed] = np.nan
    return *cutouts.outward(at_x, at_y), sizes * cutouts.step


def _empty(pixels: NDArray[np.uint16], background: float, noise: float) -> StarField:
    none = np.empty(0, np.float32)
    height, width = pixels.shape if pixels.ndim == 2 else (0, 0)
    return StarField(none, none, none, none, float("nan"), 0, 0, background, noise, width, height)
