"""Star detection and half-flux radius of one frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class StarField:
    """The stars of one frame, brightest first.

    x, y: 0-based full-resolution pixels, (0, 0) is the centre of the first pixel read out;
    flux in ADU over background; hfr in pixels, NaN for saturated stars, which are kept for their
    place alone; all float32 arrays of one length. `count` is all stars detected and may be more
    than were measured. `hfr_median` is NaN when no star could be measured. `width`, `height` in
    pixels of the frame. Where it was asked for: `fwhm`, full widths at half maximum in pixels, NaN for faint
    stars; `elongation`, median of longest by shortest width; of a picture without stars `detail`, the length
    in pixels over which brightness changes (small is sharp), and how many pixels are `lit`.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    flux: NDArray[np.float32]
    hfr: NDArray[np.float32]
    hfr_median: float
    count: int
    saturated: int
    background: float
    noise: float
    width: int
    height: int
    elongation: float = float("nan")
    fwhm: NDArray[np.float32] | None = None
    detail: float = float("nan")
    lit: int = 0
