"""What a solver is told (Hint) and what it answers (Solution)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.imaging.stars import StarField
from hardware.devices import J2000


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to look first; None means anywhere (blind). The scale is for the frame as binned."""

    centre: J2000 | None = None
    radius_deg: float = 3.0
    scale_arcsec: float | None = None
    scale_tolerance: float = 0.05


@dataclass(frozen=True, slots=True)
class Solution:
    """A linear (TAN) WCS of one frame, ICRS/J2000.

    `cd` is ((CD1_1, CD1_2), (CD2_1, CD2_2)) in degrees per pixel, `crpix` 1-based as in FITS,
    `crval` the sky there; `centre` is the sky at the middle of the frame. `rotation_deg` is the
    position angle of the frame's +y (rows growing) direction, east of north, 0..360;
    `mirrored` is True when the parity is that of a mirror image (det(CD) > 0).
    """

    centre: J2000
    crpix: tuple[float, float]
    crval: J2000
    cd: tuple[tuple[float, float], tuple[float, float]]
    scale_arcsec: float
    rotation_deg: float
    mirrored: bool
    width: int
    height: int
    matched: int
    solver: str
    seconds: float


class Solver(Protocol):
    """One way of solving. Raises SolveFailed; cancelled, it leaves no child process behind."""

    @property
    def name(self) -> str: ...

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        """`image` is the FITS file of the frame, for solvers that insist on measuring it themselves."""
        ...
