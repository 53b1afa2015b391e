"""astrometry.net's solve-field: slower than the bare engine, but it can measure the image itself."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.engine import MOST_STARS, matched_stars, scale_range
from appliance.solve.fits_text import read_header, star_table
from appliance.solve.process import run_program
from appliance.solve.solution import Hint, Solution
from appliance.solve.wcs import solution_of, tan_of

PROGRAM = "solve-field"


@dataclass(frozen=True, slots=True)
class SolveFieldSolver:
    """solve-field on our star list or, with `measure_image`, on the FITS file. `within` in seconds."""

    within: float = 60.0
    measure_image: bool = False
    program: str = PROGRAM

    @property
    def name(self) -> str:
        """As profiles call it."""
        return "solve-field"

    def missing(self) -> str | None:
        """What keeps it from working here, None when all is there."""
        return None if shutil.which(self.program) else f"{self.program} is not installed"

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        """SolveFailed when it finds nothing, or when it is to measure an image and there is none."""
        started = asyncio.get_running_loop().time()
        if self.measure_image and image is None:
            raise SolveFailed(f"{self.name} is set to measure the image itself, but there is no file.")
        with tempfile.TemporaryDirectory(prefix="nightbox-solve-") as name:
            folder = Path(name)
            subject = _subject(folder, stars, image if self.measure_image else None)
            command = [self.program, *_options(hint, self.within), *subject]
            try:
                finished = await run_program(command, folder, self.within)
            except TimeoutError as late:
                raise SolveFailed(f"{self.name}: no answer within {self.within:g} s.") from late
            except OSError as error:
                raise SolveFailed(f"{self.name} cannot be started: {error}.") from error
            wcs = folder / "field.wcs"
            header = read_header(wcs) if wcs.exists() else None
        if header is None:
            raise SolveFailed(f"{self.name}: none of {stars.count} stars' patterns fits.")
        return solution_of(
            tan_of(header), stars.width, stars.height,
            matched=matched_stars(finished.output), solver=self.name,
            seconds=asyncio.get_running_loop().time() - started,
        )  # fmt: skip


def _subject(folder: Path, stars: StarField, image: Path | None) -> list[str]:
    if image is not None:
        return [str(image.absolute())]
    (folder / "field.xyls").write_bytes(star_table(stars, MOST_STARS, {"AN_FILE": "XYLS"}))
    size = ["--width", str(stars.width), "--height", str(stars.height)]
    return [*size, "--x-column", "X", "--y-column", "Y", "--sort-column", "FLUX", "field.xyls"]


def _options(hint: Hint, within: float) -> list[str]:
    low, high = scale_range(hint)
    options = [
        "--no-plots", "--overwrite", "--dir", ".", "--out", "field", "--temp-dir", ".",
        "--new-fits", "none", "--solved", "none", "--match", "none", "--rdls", "none", "--corr", "none",
        "--index-xyls", "none", "--crpix-center", "--tweak-order", "1", "--cpulimit", f"{max(1, within):.0f}",
        "--scale-units", "arcsecperpix", "--scale-low", f"{low:.5f}", "--scale-high", f"{high:.5f}",
    ]  # fmt: skip
    if hint.centre is None:
        return options
    ra, dec, radius = hint.centre.ra_deg, hint.centre.dec_deg, hint.radius_deg
    return [*options, "--ra", f"{ra:.6f}", f"--dec={dec:.6f}", "--radius", f"{radius:g}"]
