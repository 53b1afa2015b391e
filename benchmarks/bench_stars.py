"""Star measurement against source-extractor, side by side on the same 26-megapixel frame.

`python -m benchmarks.bench_stars`. Both get 5 sigma; source-extractor reads the FITS file with its
default settings, and once more with the quickest sensible ones (no filter, no cleaning); ours gets the
pixels as a camera gives them (copied to the calculator and measured there). "cold" is ours as a new
process that starts Python and reads the same file.
"""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from appliance.imaging.calculator import Calculator
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import write_fits
from appliance.imaging.measure import StarSettings
from appliance.imaging.stars import StarField
from benchmarks.memory import peak_mb
from benchmarks.synthetic import Scene, Truth, render
from hardware.devices import FrameKind

GOAL, GOAL_HFR_PERCENT = 0.4, 3.0
ROUNDS = 5
QUICK = {"FILTER": "N", "CLEAN": "N", "DETECT_MINAREA": "5"}
COLUMNS = "X_IMAGE\nY_IMAGE\nFLUX_AUTO\nFLUX_RADIUS\nFLAGS\n"
SETTINGS = Path("/usr/share/source-extractor")
COLD = """
import sys; from pathlib import Path
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.reader import read_fits
measure(read_fits(Path(sys.argv[1])).pixels, StarSettings())
"""
# A process counts the memory of whoever started it as its own peak: start it from a small one.
WATCH = """
import os, sys, time
started = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass
class Row:
    """One line of the table: seconds of wall and of processor time (best round), peak memory."""

    name: str
    wall: float = np.inf
    cpu: float = np.inf
    peak_mb: float = 0.0
    hfr: float = np.nan
    stars: int = 0

    def took(self, wall: float, cpu: float) -> None:
        self.wall, self.cpu = min(self.wall, wall), min(self.cpu, cpu)


def run(row: Row, command: list[str], folder: Path) -> None:
    """Run a program once and note its time and its peak memory."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WATCH, *command], cwd=folder, capture_output=True, check=True
    )
    wall, cpu, peak_kb = map(float, done.stdout.split()[-3:])
    row.took(wall, cpu)
    row.peak_mb = peak_kb / 1024


async def ours(row: Row, calculator: Calculator, pixels: NDArray[np.uint16]) -> StarField:
    """Hold and measure one frame as the controller does."""
    started, before = time.perf_counter(), _cpu(calculator)
    async with calculator.hold(pixels) as held:
        field = await held.stars(StarSettings())
    row.took(time.perf_counter() - started, _cpu(calculator) - before)
    assert calculator.pid
    row.peak_mb = peak_mb(calculator.pid)
    row.hfr, row.stars = field.hfr_median, field.count
    return field


def source_extractor(folder: Path, **more: str) -> Callable[[Row], None]:
    """Prepare its settings; the returned function runs it once."""
    (folder / "columns").write_text(COLUMNS)
    command = ["source-extractor", "frame.fits", "-c", str(SETTINGS / "default.sex")]
    options = {
        "PARAMETERS_NAME": "columns",
        "FILTER_NAME": str(SETTINGS / "default.conv"),
        "STARNNW_NAME": str(SETTINGS / "default.nnw"),
        "CATALOG_NAME": "stars.cat",
        "CATALOG_TYPE": "FITS_1.0",
        "DETECT_THRESH": "5",
        "VERBOSE_TYPE": "QUIET",
        **more,
    }
    command += [word for name, value in options.items() for word in (f"-{name}", value)]
    return lambda row: run(row, command, folder)


def read_catalogue(row: Row, path: Path) -> None:
    """Its median over clean stars; what is below 0.8 pixels is its hot pixels."""
    table = fits.getdata(path)
    clean = table[(table["FLAGS"] == 0) & (table["FLUX_RADIUS"] > 0.8)]
    brightest = clean[np.argsort(clean["FLUX_AUTO"])[-400:]]
    row.hfr, row.stars = float(np.median(brightest["FLUX_RADIUS"])), len(table)


async def main() -> None:
    """Take turns, so that a busy machine hurts all alike."""
    if not shutil.which("source-extractor"):
        sys.exit("source-extractor is not installed: there is nothing to compare with.")
    scene = Scene()
    pixels, truth = render(scene)
    mine, cold = Row("nightbox"), Row("nightbox, cold")
    theirs, quick = Row("source-extractor"), Row("  the same, quick")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = SubFacts(kind=FrameKind.LIGHT, seconds=60, started=datetime(2026, 1, 31, tzinfo=UTC))
        write_fits(folder / "frame.fits", pixels, frame)
        extract = source_extractor(folder)
        extract_quickly = source_extractor(folder, **QUICK, CATALOG_NAME="quick.cat")
        async with Calculator.start() as calculator:
            for _ in range(ROUNDS):
                field = await ours(mine, calculator, pixels)
                extract(theirs)
                extract_quickly(quick)
        run(cold, [sys.executable, "-c", COLD, str(folder / "frame.fits")], Path.cwd())
        read_catalogue(theirs, folder / "stars.cat")
        read_catalogue(quick, folder / "quick.cat")
    report(scene, truth, field, [mine, theirs, quick, cold])


def report(scene: Scene, truth: Truth, field: StarField, rows: list[Row]) -> None:
    """Print the table and what it means."""
    print(f"star measurement, {scene.width} x {scene.height}:", end=" ")
    print(f"{scene.stars} stars of HFR {scene.hfr}, {scene.hot_pixels} hot pixels; best of {ROUNDS}")
    print(f"{'':18}{'wall s':>8}{'cpu s':>8}{'peak MB':>9}{'HFR':>7}{'found':>7}")
    for row in rows:
        hfr = "" if np.isnan(row.hfr) else f"{row.hfr:7.3f}{row.stars:7d}"
        print(f"{row.name:18}{row.wall:8.3f}{row.cpu:8.3f}{row.peak_mb:9.0f}{hfr}")
    mine, theirs, quick = rows[:3]
    away = [float(np.hypot(truth.x - x, truth.y - y).min()) for x, y in zip(field.x, field.y, strict=True)]
    print(
        f"time as a share of source-extractor's: {mine.wall / theirs.wall:.2f} (goal: below {GOAL});", end=" "
    )
    print(f"of its quickest: {mine.wall / quick.wall:.2f}")
    print(f"HFR against the truth {100 * (mine.hfr / scene.hfr - 1):+.1f} %,", end=" ")
    print(f"against source-extractor {100 * (mine.hfr / theirs.hfr - 1):+.1f} %", end=" ")
    print(f"(goal: within {GOAL_HFR_PERCENT:g} %)")
    print(f"measured, but no star there: {sum(distance > 3 for distance in away)} of {len(away)};", end=" ")
    print(f"positions off by {np.median(away):.3f} px (median)")


def _cpu(calculator: Calculator) -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    ticks = os.sysconf("SC_CLK_TCK")
    fields = (
        Path(f"/proc/{calculator.pid}/stat").read_text().rsplit(")", 1)[1].split() if calculator.pid else ()
    )
    child = sum(int(value) for value in fields[11:13]) / ticks if fields else 0.0
    return used.ru_utime + used.ru_stime + child


if __name__ == "__main__":
    asyncio.run(main())
