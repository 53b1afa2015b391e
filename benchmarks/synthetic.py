"""Synthetic frames with a known truth; the same seed gives the same frame, always."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HFR_PER_SIGMA = 1.17741  # half-flux radius of a round Gaussian, sqrt(2 ln 2)


@dataclass(frozen=True, slots=True)
class Scene:
    """What to draw: `hfr` in pixels is the true half-flux radius of every star.

    `donut` draws evenly lit rings with a central hole of 0.4 of their radius instead of Gaussians.
    Fluxes follow 10^(-0.6 m) counts between `faintest` and `brightest` (ADU over the background).
    """

    width: int = 6248
    height: int = 4176
    stars: int = 5000
    hot_pixels: int = 5000
    hfr: float = 2.02
    donut: bool = False
    faintest: float = 2_000.0
    brightest: float = 600_000.0
    background: float = 800.0
    gradient: float = 200.0
    noise: float = 18.0
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where the stars are: 0-based pixels, flux in ADU, brightest first."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    flux: NDArray[np.float64]


def render(scene: Scene) -> tuple[NDArray[np.uint16], Truth]:
    """Draw a frame: background with gradient, stars with photon noise, read noise, hot pixels."""
    rng = np.random.default_rng(scene.seed)
    truth = _truth(scene, rng)
    frame = rng.standard_normal((scene.height, scene.width), dtype=np.float32)
    frame *= np.float32(scene.noise)
    frame += np.linspace(0, scene.gradient, scene.width, dtype=np.float32) + np.float32(scene.background)
    for x, y, flux in zip(truth.x, truth.y, truth.flux, strict=True):
        _draw(frame, (x, y, flux), scene, rng)
    hot = rng.integers(0, frame.size, scene.hot_pixels)
    frame.flat[hot] = rng.uniform(3_000, 65_535, scene.hot_pixels)
    return np.clip(np.rint(frame), 0, 65_535).astype(np.uint16), truth


def _truth(scene: Scene, rng: np.random.Generator) -> Truth:
    share = rng.uniform(size=scene.stars)
    slope = -0.6  # cumulative star counts against log10 of the flux
    low, high = scene.brightest**slope, scene.faintest**slope
    flux = np.sort((low + share * (high - low)) ** (1 / slope))[::-1]
    x = rng.uniform(0, scene.width - 1, scene.stars)
    y = rng.uniform(0, scene.height - 1, scene.stars)
    return Truth(x, y, flux)


def _draw(
    frame: NDArray[np.float32], star: tuple[float, float, float], scene: Scene, rng: np.random.Generator
) -> None:
    x, y, flux = star
    reach = int(np.ceil((2.0 if scene.donut else 5.0) * scene.hfr)) + 2
    x0, y0 = round(x) - reach, round(y) - reach
    left, top = max(x0, 0), max(y0, 0)
    patch = frame[top : max(y0 + 2 * reach + 1, 0), left : max(x0 + 2 * reach + 1, 0)]
    rows, columns = np.ogrid[top : top + patch.shape[0], left : left + patch.shape[1]]
    radius2 = (rows - y) ** 2 + (columns - x) ** 2
    light = flux * (_ring(radius2, scene.hfr) if scene.donut else _gaussian(radius2, scene.hfr))
    patch += light + np.sqrt(light) * rng.standard_normal(light.shape)


def _gaussian(radius2: NDArray[np.float64], hfr: float) -> NDArray[np.float64]:
    variance = (hfr / HFR_PER_SIGMA) ** 2
    value: NDArray[np.float64] = np.exp(-radius2 / (2 * variance)) / (2 * np.pi * variance)
    return value


def _ring(radius2: NDArray[np.float64], hfr: float) -> NDArray[np.float64]:
    # Half the light of an evenly lit ring from 0.4 R to R lies within R sqrt((1 + 0.16) / 2).
    outer = hfr / np.sqrt(0.58)
    radius = np.sqrt(radius2)
    lit = np.clip(outer - radius + 0.5, 0, 1) * np.clip(radius - 0.4 * outer + 0.5, 0, 1)
    value: NDArray[np.float64] = lit / (np.pi * outer**2 * 0.84)
    return value
