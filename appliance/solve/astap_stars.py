"""Star sizes by ASTAP, for those who have it installed and trust its half-flux diameters."""

import csv
import shutil
import tempfile
from pathlib import Path

import numpy as np

from appliance.errors import ProcedureFailed
from appliance.imaging.calculator import Held
from appliance.imaging.stars import StarField
from appliance.solve.astap import PROGRAMS
from appliance.solve.process import run_program

WITHIN = 60.0  # seconds for one frame


class AstapMissing(ProcedureFailed):
    """focus.stars.measure asks for ASTAP, which is not installed or did not answer."""

    code = "focus.astap"
    default_advice = 'Install ASTAP\'s command line (astap_cli), or set focus.stars.measure = "hfr".'


async def stars_by_astap(
    held: Held, shape: tuple[int, int], min_snr: float, programs: tuple[str, ...] = PROGRAMS
) -> StarField:
    """Measure a held frame of this shape (rows, columns); hfr is half of ASTAP's half-flux diameter.

    AstapMissing where it is not installed, does not answer in time or writes nothing that can be read.
    """
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None:
        raise AstapMissing("ASTAP is not installed: it cannot measure the stars.")
    with tempfile.TemporaryDirectory(prefix="nightbox-focus-") as name:
        image = Path(name) / "focus.fits"
        await held.plain(image)
        try:
            await run_program([program, "-f", str(image), "-extract", f"{min_snr:g}"], image.parent, WITHIN)
            return _read(image.with_suffix(".csv"), shape)
        except (TimeoutError, OSError, KeyError, ValueError) as error:
            raise AstapMissing(f"ASTAP did not measure the stars: {error}.") from error


def _read(path: Path, shape: tuple[int, int]) -> StarField:
    """ASTAP's list: x and y count from 1; brightest first here."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {key.strip().lower(): value for key, value in row.items() if key} for row in csv.DictReader(file)
        ]
    table = np.array([[float(row[key]) for key in ("x", "y", "hfd", "flux")] for row in rows]).reshape(-1, 4)
    table = table[np.argsort(-table[:, 3])].astype(np.float32)
    hfr = (table[:, 2] / 2).astype(np.float32)
    return StarField(
        x=table[:, 0] - 1, y=table[:, 1] - 1, flux=table[:, 3], hfr=hfr,
        hfr_median=float(np.median(hfr)) if len(hfr) else float("nan"), count=len(hfr), saturated=0,
        background=0.0, noise=0.0, width=shape[1], height=shape[0],
    )  # fmt: skip
