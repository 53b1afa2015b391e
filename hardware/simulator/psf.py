"""How large a star's image is: the optics' law in the focuser's position, and the seeing."""

from dataclasses import dataclass, replace
from math import degrees, hypot

import numpy as np
from numpy.typing import NDArray

from hardware.simulator.world import CameraModel, FocuserModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Psf:
    """Half-flux radii of the seeing and the focused optics in pixels; they add in quadrature.

    `defocus` and `tilt` (between opposite corners) are in half widths; `law` as in FocuserModel.
    """

    seeing_px: float
    optics_px: float
    defocus: float
    tilt: float = 0.0
    law: str = "hyperbola"

    @property
    def middle(self) -> float:
        """Half-flux radius in the middle of the frame."""
        grown = 1 + self.defocus**2 if self.law == "parabola" else hypot(1.0, self.defocus)
        return hypot(self.seeing_px, self.optics_px * grown)

    def across(self, share: Floats) -> "float | Floats":
        """Half-flux radius from the first corner (-0.5) to the last (0.5); one number without tilt."""
        if not self.tilt:
            return self.middle
        off = self.defocus - self.tilt * share
        grown = 1 + off**2 if self.law == "parabola" else np.hypot(1.0, off)
        return np.hypot(self.seeing_px, self.optics_px * grown)

    def binned(self, binning: int) -> "Psf":
        """The same in binned pixels."""
        return replace(self, seeing_px=self.seeing_px / binning, optics_px=self.optics_px / binning)


def arcsec_per_pixel(camera: CameraModel) -> float:
    """Unbinned."""
    return 3600 * degrees(camera.pixel_um / 1000 / camera.focal_length_mm)


def psf_of(camera: CameraModel, focuser: FocuserModel, defocus_steps: float, seeing_arcsec: float) -> Psf:
    """In unbinned pixels. Half the light of a round Gaussian lies within half its width at half maximum."""
    return Psf(
        seeing_px=seeing_arcsec / 2 / arcsec_per_pixel(camera),
        optics_px=focuser.best_hfr_px,
        defocus=defocus_steps / focuser.half_width,
        tilt=camera.tilt_steps / focuser.half_width,
        law=focuser.law,
    )
