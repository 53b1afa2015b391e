"""Where are the stars, roughly? Found on binned copies, at the scale that fits their size."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import sep
from numpy.typing import NDArray

from appliance.imaging.bins import bin_frame, halve, hot_pixels

# Background mesh in full-resolution pixels: fine enough to follow a nebula between stars in focus,
# wide enough (three times the largest donut) not to follow a donut.
FINE_BOX = 128
WIDE_BOX = 256
FEWEST_BOXES = 5  # across the shorter side, or a gradient is not followed
COARSEST = 32
JUDGED = 50  # the most peaked detections say whether a scale fits: stars stand out, nebulae do not
APERTURE_BINS = 5.0
# Half-flux radius in bins above which the stars are too smeared for a scale.
COMPACT_BINS = 1.5
SHARPEST_BINS = 0.35  # no light spread over whole bins is sharper: this is the hole of a donut
FEW = 5
KERNEL = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32)
# sep compares the convolved image with a threshold in units of the unconvolved noise.
KERNEL_GAIN = float(np.sqrt((KERNEL**2).sum()) / KERNEL.sum())
SEP_PIXELS = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rough stars, brightest first: full-resolution 0-based pixels and their expected HFR in pixels.

    `background` is the frame's typical level in ADU, `noise` in ADU per full-resolution pixel.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    hfr: float
    background: float
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    factor: int
    objects: NDArray[Any]
    hfr_bins: float

    @property
    def compact(self) -> bool:
        return len(self.objects) > 0 and self.hfr_bins <= COMPACT_BINS


def base_factor(shape: tuple[int, ...]) -> int:
    """How far to bin before searching: as far as stars in focus allow on a frame of this size."""
    area = shape[0] * shape[1]
    if area >= 8_000_000:
        return 4
    return 2 if area >= 300_000 else 1


def detect(pixels: NDArray[np.uint16], sigma: float) -> Candidates:
    """Find stars brighter than `sigma` times the noise, in focus or far out of it."""
    factor = base_factor(pixels.shape)
    noise = pixel_noise(pixels)
    image, level = _despiked_copy(pixels, factor, noise)
    scale = _search(_flat(image, FINE_BOX // factor), factor, sigma)
    if not (scale.compact and len(scale.objects) >= FEW):
        scale = _fitting_scale(_flat(image, WIDE_BOX // factor), factor, sigma)
    objects = _without_nebulae(scale.objects)
    x, y = ((objects[axis] + 0.5) * scale.factor - 0.5 for axis in "xy")
    # A bin's own width adds about half a bin to the radius, in quadrature.
    hfr = scale.factor * float(np.sqrt(max(scale.hfr_bins**2 - 0.25, 0.04))) if len(objects) else 1.0
    return Candidates(x, y, max(hfr, 1.0), level, noise)


def pixel_noise(pixels: NDArray[np.uint16]) -> float:
    """Robust noise of one pixel in ADU, from neighbours of one colour: blind to stars and gradients."""
    rows = pixels[:: max(1, pixels.size // 500_000)].astype(np.float32)
    if rows.shape[1] < 4:
        return 1.0
    steps = rows[:, 2::4] - rows[:, : rows.shape[1] - 2 : 4]
    return max(1.4826 * float(np.median(np.abs(steps - np.median(steps)))) / 2**0.5, 0.3)


def _despiked_copy(
    pixels: NDArray[np.uint16], factor: int, noise: float
) -> tuple[NDArray[np.float32], float]:
    """The binned frame, hot pixels taken out; and its typical background level."""
    image, highest = bin_frame(pixels, factor)
    mesh = _mesh(image, FINE_BOX // factor)
    background = mesh.back(dtype=np.float32)
    suspects = highest > background + 8 * noise
    rows, columns, excess = hot_pixels(pixels, suspects, factor, background, noise)
    image[rows, columns] -= excess / factor**2
    return image, float(mesh.globalback)


def _flat(image: NDArray[np.float32], box: int) -> NDArray[np.float32]:
    flat: NDArray[np.float32] = image - _mesh(image, box).back(dtype=np.float32)
    return flat


def _mesh(image: NDArray[np.float32], box: int) -> Any:
    side = max(8, min(box, min(image.shape) // FEWEST_BOXES))
    return sep.Background(image, bw=side, bh=side)


def _fitting_scale(image: NDArray[np.float32], factor: int, sigma: float) -> _Scale:
    """The finest scale at which the stars are compact; the most compact one when none is."""
    best = _search(image, factor, sigma)
    while factor < COARSEST and min(image.shape) >= 32 and not (best.compact and len(best.objects) >= FEW):
        image, factor = halve(image), 2 * factor
        coarser = _search(image, factor, sigma)
        if best.compact:
            # A handful of cosmic rays must not outvote the donuts they lie among.
            better = coarser.hfr_bins >= 1 and len(coarser.objects) >= 2 * len(best.objects)
        else:
            better = len(coarser.objects) > 0 and not best.hfr_bins <= coarser.hfr_bins
        best = coarser if better else best
    return best


def _search(image: NDArray[np.float32], factor: int, sigma: float) -> _Scale:
    sample = image.ravel()[:: max(1, image.size // 200_000)]
    noise = 1.4826 * float(np.median(np.abs(sample)))
    objects = _extract(image, max(noise, 1e-3) * KERNEL_GAIN * sigma)
    peaked = objects[np.argsort(objects["cpeak"])[-JUDGED:]]
    return _Scale(factor, objects, _typical_radius(image, peaked))


def _extract(image: NDArray[np.float32], threshold: float) -> NDArray[Any]:
    sep.set_extract_pixstack(min(SEP_PIXELS, image.size + 1000))
    while True:
        try:
            objects: NDArray[Any] = sep.extract(
                image,
                threshold,
                filter_kernel=KERNEL,
                filter_type="conv",
                minarea=3,
                deblend_nthresh=8,
                deblend_cont=0.05,
                clean=False,
            )
        except Exception as full:  # sep raises nothing finer
            if "full" not in str(full) and "overflow" not in str(full):
                raise
            threshold *= 2  # a frame full of light: only what stands out of it counts
        else:
            return objects


def _typical_radius(image: NDArray[np.float32], objects: NDArray[Any]) -> float:
    if not len(objects):
        return float("nan")
    radii, _ = sep.flux_radius(
        image, objects["x"], objects["y"], np.full(len(objects), APERTURE_BINS), 0.5, subpix=5
    )
    radii = np.where(radii >= SHARPEST_BINS, radii, APERTURE_BINS)
    # The sharper quarter decides what a star is here: the rest may be knots of a nebula.
    return float(np.median(radii[radii <= 1.5 * np.quantile(radii, 0.25)]))


def _without_nebulae(objects: NDArray[Any]) -> NDArray[Any]:
    """Brightest first, without what is many times larger than the rest."""
    if not len(objects):
        return objects
    size = np.sqrt(objects["a"] * objects["b"])
    stars = objects[size <= 4 * np.median(size)]
    ordered: NDArray[Any] = stars[np.argsort(stars["flux"])[::-1]]
    return ordered
