"""Few frames and a learned slope: where is the focus? Pure; positions in steps, sizes in pixels.

With z = HFR² (or HFR where the V is a parabola) the curve is z = z₀ + κ (p - x₀)², linear in z₀ + κx₀², κx₀
and κ. The learned κ enters as one more measurement: two frames give x₀, three check κ.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.focus.matching import FEWEST, sizes_of
from appliance.focus.past import Shape
from appliance.imaging.stars import StarField

SIZE_NOISE = 0.02  # relative, of one frame's size
SEEING_NOISE = 0.08  # relative, by which the seeing of frames differs
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """error: one sigma of `centre`, steps. z0, z0_error: of the sharpest. ratio, ratio_error: κ against the
    learned one. chi2: of the frames, for the noise assumed; 0 where nothing is left to contradict.
    """

    centre: float
    error: float
    z0: float
    z0_error: float
    ratio: float
    ratio_error: float
    chi2: float


def levels(fields: Sequence[StarField], shape: Shape, hfrs: Sequence[float]) -> list[float]:
    """Each frame's z by the stars it shares with the first; `hfrs` are the frames' own sizes."""
    own = [shape.squared(hfr) for hfr in hfrs]
    table = sizes_of(fields)
    table = table**2 if shape.kind == "hyperbola" else table
    shared = np.isfinite(table)
    made = [own[0]]
    for row, known in zip(table[1:], shared[1:], strict=True):
        both = known & shared[0]
        if both.sum() < FEWEST:
            made.append(own[len(made)])
        else:
            made.append(own[0] + float(np.median(row[both] - table[0][both])))
    return made


def solve(positions: Sequence[int], z: Sequence[float], shape: Shape, prior: float) -> Solution | None:
    """`prior`: one sigma of the learned κ, relative. None where the frames form no valley."""
    at = np.array(positions, float)
    middle, width = float(at.mean()), shape.breadth
    x = (at - middle) / width
    design = np.vstack([np.stack([np.ones_like(x), x, x**2], axis=1), [0.0, 0.0, 1.0]])
    kappa = shape.rise * width**2
    values = np.append(np.array(z, float), kappa)
    modelled = np.maximum(np.array(z, float), 1e-9)
    for _ in range(ROUNDS):
        sigma = np.append(_noise(shape, modelled), prior * kappa)
        weighted = design / sigma[:, None]
        covariance = np.linalg.pinv(weighted.T @ weighted, hermitian=True)
        p = covariance @ weighted.T @ (values / sigma)
        if p[2] <= 0:
            return None
        modelled = np.maximum(design[:-1] @ p, 0.1 * min(z))
    u = -p[1] / (2 * p[2])
    gradient = np.array([0.0, -0.5 / p[2], p[1] / (2 * p[2] ** 2)])
    of_z0 = np.array([1.0, u, u**2])
    misses = (values - design @ p) / sigma
    return Solution(
        centre=float(middle + width * u),
        error=float(width * np.sqrt(gradient @ covariance @ gradient)),
        z0=float(p[0] - p[1] ** 2 / (4 * p[2])),
        z0_error=float(np.sqrt(of_z0 @ covariance @ of_z0)),
        ratio=float(p[2] / kappa),
        ratio_error=float(np.sqrt(covariance[2, 2]) / kappa),
        chi2=float((misses[:-1] ** 2).sum()),
    )


def _noise(shape: Shape, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """One sigma of each frame's z: the measurement grows with the star, the seeing blurs all alike."""
    power = 2.0 if shape.kind == "hyperbola" else 1.0
    sharpest = shape.squared(shape.hfr)
    noise: NDArray[np.float64] = np.hypot(power * SIZE_NOISE * z, power * SEEING_NOISE * sharpest)
    return noise
