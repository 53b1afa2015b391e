"""The calculator and the solver of fast nights: they look at sketches of frames, where others see pixels.

A sketch carries what its frame would show. So nothing is measured and nothing is recognised, but everything
else is as ever: stars that are not there cannot be solved, files are whole or not there at all.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from math import cos, radians, sin
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from appliance.errors import SolveFailed
from appliance.imaging.atomic import Sync, fsync, new_file
from appliance.imaging.calculator import Held
from appliance.imaging.close_up import SIDE, CloseUp, Star, chosen, typical_size
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import BLOCK, CARRY, sum32
from appliance.imaging.measure import APERTURE, APERTURE_AT, CLEAR, StarSettings
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import offset_by, separation_deg
from appliance.solve.solution import Hint, Solution
from appliance.solve.wcs import Tan, solution_of
from hardware.simulator.projection import Projection
from hardware.simulator.sketch import Shown, Sketch

MARK, END = b"NIGHTBOX SKETCH\n", b"END\n"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SeenField(StarField):
    """A StarField that remembers where the telescope really pointed."""

    truth: Projection


class FastCalculator:
    """LocalCalculator for sketches; `sync` has what it writes on the disk."""

    def __init__(self, sync: Sync = fsync) -> None:
        self._sync = sync

    @asynccontextmanager
    async def hold(self, pixels: NDArray[np.uint16]) -> AsyncIterator[Held]:
        """As Calculator.hold; `pixels` is a sketch. A save writes a short text in place of a FITS file."""
        sketch = cast(Sketch, pixels)

        async def ask(name: str, arguments: tuple[Any, ...]) -> Any:
            await asyncio.sleep(0)
            return _WORK[name](sketch, self._sync, *arguments)

        yield Held(ask)


def _stars(sketch: Sketch, _: Sync, settings: StarSettings) -> SeenField:
    shown, most = sketch.shown, slice(settings.most)
    return SeenField(
        x=shown.x[most],
        y=shown.y[most],
        flux=shown.flux[most],
        hfr=shown.hfr[most],
        hfr_median=_hfr_median(shown),
        count=shown.count,
        saturated=shown.saturated,
        background=shown.background,
        noise=shown.noise,
        width=sketch.shape[1],
        height=sketch.shape[0],
        truth=shown.projection,
    )


def _hfr_median(shown: Shown) -> float:
    """Of the stars whose size is worth something, else of all, as `measure` does it; NaN without any."""
    known = np.isfinite(shown.hfr)
    if not known.any():
        return float("nan")
    typical = np.median(shown.hfr[known])
    radius = max(3.0, typical * np.interp(typical, APERTURE_AT, APERTURE))
    clear = known & (shown.flux > CLEAR * shown.noise * radius * np.pi**0.5)
    return float(np.median(shown.hfr[clear if clear.any() else known]))


def _save(sketch: Sketch, sync: Sync, path: Path, facts: SubFacts) -> None:
    known = {field.name: getattr(facts, field.name) for field in fields(facts) if field.name != "stars"}
    known |= {"count": sketch.shown.count, "truth": sketch.shown.projection}
    lines = "".join(f"{name} = {value}\n" for name, value in known.items() if value is not None)
    with new_file(path, sync=sync) as file:
        file.write(MARK + lines.encode() + END)


def _preview(
    sketch: Sketch, sync: Sync, path: Path, max_width: int, pattern: str | None = None,  # noqa: ARG001
) -> None:  # fmt: skip
    with new_file(path, replace=True, sync=sync) as file:
        file.write(MARK + f"shape = {sketch.shape}, at most {max_width} wide\n".encode() + END)


def _close_up(
    sketch: Sketch, sync: Sync, path: Path, settings: StarSettings, near: tuple[float, float] | None,
    rank: int,
) -> CloseUp:  # fmt: skip
    """The profile of a star that is a Gaussian: half its light lies within its half-flux radius."""
    stars = _stars(sketch, sync, settings)
    which = chosen(stars, near, rank)
    if which is None:
        return CloseUp(stars, None, ())
    hfr = float(stars.hfr[which])
    size = hfr if np.isfinite(hfr) else typical_size(stars)
    height = float(stars.flux[which]) * np.log(2) / (np.pi * size**2)
    rings = [(size * (ring + 0.5) / 8, float(height * 2 ** -(((ring + 0.5) / 8) ** 2))) for ring in range(24)]
    _preview(sketch, sync, path, SIDE)
    peak = round(min(height + stars.background, 65_535.0))
    star = Star(float(stars.x[which]), float(stars.y[which]), size, 2 * size, peak)
    return CloseUp(stars, star, tuple(rings))


_WORK: dict[str, Callable[..., object]] = {
    "stars": _stars, "save": _save, "preview": _preview, "close_up": _close_up,
}  # fmt: skip


def complete(path: Path) -> bool:
    """Is there a whole sub under this name, a FITS file of ours or a sketch's text?"""
    if not path.is_file():
        return False
    content = path.read_bytes()
    if content.startswith(MARK):
        return content.endswith(b"\n" + END)
    # By its CHECKSUM a whole file of ours sums to all ones; one cut short does not.
    whole = content.startswith(b"SIMPLE") and len(content) % BLOCK == 0
    return whole and sum32(content) == CARRY


@dataclass(frozen=True, slots=True)
class SketchSolver:
    """Solver: the truth within a small error, which is always the same for the same frame and seed.

    It recognises `fewest` stars or more, within the hint's radius and scale as others do, blind as well.
    """

    seed: int = 1
    error_arcsec: float = 0.2
    fewest: int = 8
    name: str = "sketch"

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:  # noqa: ARG002
        """SolveFailed also for stars that are not a SeenField."""
        await asyncio.sleep(0)
        if not isinstance(stars, SeenField) or len(stars.x) < self.fewest:
            raise SolveFailed(f"Of {len(stars.x)} stars none were recognised.")
        scale = 3600 * stars.truth.scale_deg
        if hint.centre and separation_deg(hint.centre, stars.truth.centre) > hint.radius_deg:
            raise SolveFailed(f"Nothing fits within {hint.radius_deg:g}° of the expected place.")
        if hint.scale_arcsec and abs(scale / hint.scale_arcsec - 1) > hint.scale_tolerance:
            raise SolveFailed(f'Nothing fits at {hint.scale_arcsec:.2f}" per pixel.')
        tan = self._seen(stars)
        return solution_of(
            tan, stars.width, stars.height, matched=len(stars.x), solver=self.name, seconds=0.0
        )

    def _seen(self, stars: SeenField) -> Tan:
        """The truth with an error: as far off at the frame's edge as in its middle."""
        truth = stars.truth
        random = Random(f"{self.seed} {truth} {stars.hfr_median}")
        off = random.gauss(0, self.error_arcsec) / 3600
        centre = offset_by(truth.centre, 360 * random.random(), off)
        across = random.gauss(0, self.error_arcsec) / 3600 / (truth.scale_deg * stars.width / 2)
        turn, scale = radians(truth.rotation_deg) + across, truth.scale_deg
        # Not mirrored: with rotation 0 rows grow to the north, columns to the west.
        cd = ((-scale * cos(turn), scale * sin(turn)), (scale * sin(turn), scale * cos(turn)))
        return Tan((truth.centre_x + 1, truth.centre_y + 1), centre, cd)
