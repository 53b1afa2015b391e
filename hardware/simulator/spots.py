"""Points of light on the sensor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """0-based centres, electrons, and half-flux radius in pixels: one each, or one for all."""

    x: Floats
    y: Floats
    electrons: Floats
    hfr: Floats | float = 0.0

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Spots":
        """Some of them."""
        hfr = self.hfr[which] if isinstance(self.hfr, np.ndarray) else self.hfr
        return Spots(self.x[which], self.y[which], self.electrons[which], hfr)
