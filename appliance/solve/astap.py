"""ASTAP, for those who have it and one of its star databases installed; it measures the image itself."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.process import run_program
from appliance.solve.solution import Hint, Solution
from appliance.solve.wcs import solution_of, tan_of

PROGRAMS = ("astap_cli", "astap")


@dataclass(frozen=True, slots=True)
class AstapSolver:
    """ASTAP's command line on the FITS file. `within` bounds one attempt in seconds."""

    within: float = 60.0
    programs: tuple[str, ...] = PROGRAMS

    @property
    def name(self) -> str:
        """As profiles call it."""
        return "ASTAP"

    def missing(self) -> str | None:
        """What keeps it from working here, None when all is there."""
        return None if self._program() else "ASTAP is not installed"

    def _program(self) -> str | None:
        return next(filter(None, map(shutil.which, self.programs)), None)

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        """SolveFailed when it finds nothing, is not installed or gets no image."""
        started = asyncio.get_running_loop().time()
        program = self._program()
        if program is None or image is None:
            reason = "is not installed" if program is None else "needs the frame as a file"
            raise SolveFailed(f"{self.name} {reason}.")
        with tempfile.TemporaryDirectory(prefix="nightbox-solve-") as name:
            folder = Path(name)
            command = _command(program, image, hint, stars.height)
            try:
                await run_program(command, folder, self.within)
            except TimeoutError as late:
                raise SolveFailed(f"{self.name}: no answer within {self.within:g} s.") from late
            except OSError as error:
                raise SolveFailed(f"{self.name} cannot be started: {error}.") from error
            answer = _read_answer(folder / "field.ini")
        if answer.get("PLTSOLVD") != "T":
            trouble = answer.get("ERROR") or answer.get("WARNING") or "no solution"
            raise SolveFailed(f"{self.name}: {trouble.rstrip('. ')}.")
        return solution_of(
            tan_of(answer), stars.width, stars.height, matched=0, solver=self.name,
            seconds=asyncio.get_running_loop().time() - started,
        )  # fmt: skip


def _command(program: str, image: Path, hint: Hint, height: int) -> list[str]:
    """ASTAP wants right ascension in hours, the angle from the south pole, the height in degrees."""
    options = [program, "-f", str(image.absolute()), "-o", "field"]
    if hint.scale_arcsec is not None:
        options += ["-fov", f"{hint.scale_arcsec * height / 3600:.4f}"]
    if hint.centre is None:
        return [*options, "-r", "180"]
    ra, dec = hint.centre.ra_deg / 15, hint.centre.dec_deg + 90
    return [*options, "-ra", f"{ra:.6f}", "-spd", f"{dec:.6f}", "-r", f"{hint.radius_deg:g}"]


def _read_answer(path: Path) -> Mapping[str, str]:
    """ASTAP's .ini: KEY=value lines, numbers as in FITS; empty when it wrote none."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}
