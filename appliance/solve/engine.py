"""The default solver: our own star list straight into astrometry-engine, without looking at pixels again."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.fits_text import Value, read_header, star_table
from appliance.solve.indexes import FOLDERS, Index, indexes_in, read_through, useful
from appliance.solve.process import run_program
from appliance.solve.solution import Hint, Solution
from appliance.solve.wcs import solution_of, tan_of
from hardware.worker import Worker

PROGRAM = "astrometry-engine"
MOST_STARS = 100
FEWEST_STARS = 5
# Telescopes and lenses that people carry: without any scale hint the engine tries these.
ANY_SCALE = (0.3, 60.0)


@dataclass(frozen=True, slots=True)
class EngineSolver:
    """astrometry.net's engine on the star list. `within` bounds one attempt in seconds."""

    within: float = 30.0
    folders: tuple[Path, ...] = FOLDERS
    program: str = PROGRAM

    @property
    def name(self) -> str:
        """As profiles call it."""
        return "astrometry.net engine"

    def missing(self) -> str | None:
        """What keeps it from working here, None when all is there."""
        if shutil.which(self.program) is None:
            return f"{self.program} is not installed"
        return None if indexes_in(self.folders) else "no astrometry.net index files are installed"

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:  # noqa: ARG002
        """SolveFailed when the engine finds nothing; the image is not needed."""
        started = asyncio.get_running_loop().time()
        indexes = useful(indexes_in(self.folders), stars.width, stars.height, scale_range(hint))
        if not indexes:
            raise SolveFailed(
                f"No installed index fits a field of {_field(stars, hint)}.", advice=INDEX_ADVICE
            )
        with tempfile.TemporaryDirectory(prefix="nightbox-solve-") as name:
            folder = Path(name)
            _prepare(folder, stars, hint, indexes, self.within)
            command = (self.program, "-c", "engine.cfg", "field.axy")
            try:
                finished = await run_program(command, folder, self.within)
            except TimeoutError as late:
                raise SolveFailed(f"{self.name}: no answer within {self.within:g} s.") from late
            except OSError as error:
                raise SolveFailed(f"{self.name} cannot be started: {error}.") from error
            header = _answer(folder / "field.wcs")
        if header is None:
            raise SolveFailed(f"{self.name}: none of {stars.count} stars' patterns fits.")
        return solution_of(
            tan_of(header), stars.width, stars.height,
            matched=matched_stars(finished.output), solver=self.name,
            seconds=asyncio.get_running_loop().time() - started,
        )  # fmt: skip

    async def warm(self, width: int, height: int, hint: Hint) -> int:
        """Read the index files for such frames once, so that the first solve does not wait for the card.

        Returns the bytes read; a file that cannot be read is left for the solve itself to report.
        """
        worker = Worker("solver warm-up")
        count = 0
        try:
            with suppress(OSError):
                chosen = useful(indexes_in(self.folders), width, height, scale_range(hint))
                count = await worker.call(read_through, chosen)
        finally:
            worker.close()
        return count


INDEX_ADVICE = (
    "Install index files for this field of view, or check focal length and pixel size in the profile."
)


def scale_range(hint: Hint) -> tuple[float, float]:
    """Lowest and highest scale to try, arcseconds per pixel."""
    if hint.scale_arcsec is None:
        return ANY_SCALE
    return hint.scale_arcsec * (1 - hint.scale_tolerance), hint.scale_arcsec * (1 + hint.scale_tolerance)


def matched_stars(output: str) -> int:
    """How many stars the engine says it matched, 0 when it does not say."""
    found = re.findall(r"(\d+) match, ", output)
    return int(found[-1]) if found else 0


def _field(stars: StarField, hint: Hint) -> str:
    scale = hint.scale_arcsec or ANY_SCALE[0]
    return f"{stars.width * scale / 60:.0f}' x {stars.height * scale / 60:.0f}'"


def _prepare(folder: Path, stars: StarField, hint: Hint, indexes: Sequence[Index], within: float) -> None:
    header = _request(stars, hint, within)
    (folder / "field.axy").write_bytes(star_table(stars, MOST_STARS, header))
    lines = [f"cpulimit {within:.0f}", "inparallel", *(f"index {index.path}" for index in indexes)]
    (folder / "engine.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _request(stars: StarField, hint: Hint, within: float) -> dict[str, Value]:
    """The keywords by which the engine is told what to do."""
    low, high = scale_range(hint)
    header: dict[str, Value] = {
        "AN_FILE": "XYLS", "ANRUN": True, "IMAGEW": stars.width, "IMAGEH": stars.height,
        "ANXCOL": "X", "ANYCOL": "Y", "ANAPPL1": low, "ANAPPU1": high,
        "ANDPL1": 1, "ANDPU1": MOST_STARS, "ANCLIM": max(1, round(within)),
        "ANTWEAK": True, "ANTWEAKO": 1, "ANCRPIXC": True,
        "ANWCS": "field.wcs", "ANSOLVED": "field.solved",
    }  # fmt: skip
    if hint.centre is not None:
        header |= {"ANERA": hint.centre.ra_deg, "ANEDEC": hint.centre.dec_deg, "ANERAD": hint.radius_deg}
    return header


def _answer(path: Path) -> dict[str, Value] | None:
    return read_header(path) if path.exists() else None
