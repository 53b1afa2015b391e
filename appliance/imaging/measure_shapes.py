"""Width and elongation of stars, by moments under a Gaussian that adapts to each star."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FWHM_PER_SIGMA = 2.354820
ROUNDS = 10
NARROWEST = 0.4  # pixels; a narrower weight sees one pixel only


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Of each star: full width at half maximum in pixels, and longest by shortest; NaN where unclear."""

    fwhm: Floats
    elongation: Floats


def shapes(squares: NDArray[np.float32], x: Floats, y: Floats, hfr: Floats) -> Shapes:
    """Of one star in the middle of each square, shape (stars, side, side), background subtracted.

    x, y, hfr in pixels of the squares. Moments under a Gaussian weight are narrower than the star by a known
    amount where both are Gaussian: 1/σ² = 1/σ_seen² - 1/σ_weight²; the weight follows the star until it fits.
    """
    if not len(squares):
        return Shapes(np.empty(0), np.empty(0))
    side = squares.shape[1]
    at = np.arange(side, dtype=float)
    across, down = at[None, :] - x[:, None], at[None, :] - y[:, None]
    weight = np.maximum(hfr / 1.1774, NARROWEST)
    for _ in range(ROUNDS):
        xx, yy, xy = _moments(squares, across, down, weight)
        seen = np.sqrt(np.maximum((xx + yy) / 2, 0.01))
        # Twice as wide under no weight at all as under its own: then the star has filled the weight.
        inverse = 1 / seen**2 - 1 / weight**2
        weight = np.clip(np.where(inverse > 0, np.abs(inverse) ** -0.5, 1.5 * weight), NARROWEST, side / 4)
    long_, short = _axes(xx, yy, xy, weight)
    good = np.isfinite(weight) & (weight < side / 4) & (short > 0)
    return Shapes(
        np.where(good, FWHM_PER_SIGMA * weight, np.nan),
        np.where(good, np.sqrt(long_ / np.where(good, short, 1.0)), np.nan),
    )


def _moments(
    squares: NDArray[np.float32], across: Floats, down: Floats, weight: Floats
) -> tuple[Floats, Floats, Floats]:
    """Second moments about the given places, weighted: xx, yy, xy."""
    gauss_x = np.exp(-(across**2) / (2 * weight[:, None] ** 2))
    gauss_y = np.exp(-(down**2) / (2 * weight[:, None] ** 2))
    light = squares.astype(np.float64)

    def moment(power_x: int, power_y: int) -> Floats:
        along: Floats = np.einsum("sij,sj->si", light, gauss_x * across**power_x)
        return np.asarray(np.einsum("si,si->s", along, gauss_y * down**power_y))

    total = np.maximum(moment(0, 0), 1e-9)
    return moment(2, 0) / total, moment(0, 2) / total, moment(1, 1) / total


def _axes(xx: Floats, yy: Floats, xy: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Variances along the long and the short axis, the weight's share taken out."""
    middle, half = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)

    def free(variance: Floats) -> Floats:
        inverse = 1 / np.maximum(variance, 1e-6) - 1 / weight**2
        return np.where(inverse > 0, 1 / np.where(inverse > 0, inverse, 1.0), np.nan)

    return free(middle + half), free(middle - half)
