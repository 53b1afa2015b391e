"""How fast and how true is a plate solved? Our star list against solve-field on the same frames.

`python -m benchmarks.bench_solve`. Frames of the real sky are drawn from the star file with noise, but
without the hot pixels on which solve-field can spend minutes. Hints are 0.3° and 2 % of scale off. Memory
is the peak of the largest child process.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from astropy.io import fits
from numpy.typing import NDArray

from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import offset_by, separation_arcsec
from appliance.solve.engine import EngineSolver
from appliance.solve.near import NearSolver
from appliance.solve.solution import Hint, Solution, Solver
from appliance.solve.solve_field import SolveFieldSolver
from appliance.solve.wcs import Tan
from hardware.devices import J2000
from hardware.stars.catalogue import faint_within, stars_within

GOAL = 0.1
SIZES = {"1.3 megapixels": (1280, 1024, 2.0), "24 megapixels": (6000, 4000, 1.0)}
PLACES = {"Orion": J2000(83.8, -5.4), "Andromeda": J2000(10.7, 41.3), "Crescent": J2000(303.0, 38.4)}
TIMES = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One way of solving one frame."""

    seconds: float
    error_arcsec: float
    peak_mb: float


def draw(centre: J2000, width: int, height: int, scale: float) -> NDArray[np.uint16]:
    """The real stars (and invented fainter ones) of a field, 3 pixels wide, with noise."""
    random = np.random.default_rng(1)
    k = scale / 3600
    tan = Tan(((width + 1) / 2, (height + 1) / 2), centre, ((-k, 0.0), (0.0, k)))
    frame = random.normal(800, 18, (height, width)).astype(np.float32)
    reach = hypot(width, height) / 2 * k
    for ra, dec, mag in (stars_within(centre, reach), faint_within(centre, reach)):
        x, y = tan.pixels(ra, dec)
        inside = (x > 12) & (x < width - 12) & (y > 12) & (y < height - 12)
        for star in zip(x[inside] - 1, y[inside] - 1, 10 ** (0.4 * (21 - mag[inside])), strict=True):
            _add(frame, *star)
    return np.clip(frame, 0, 65535).astype(np.uint16)


def _add(frame: NDArray[np.float32], x: float, y: float, flux: float, sigma: float = 1.3) -> None:
    left, top = int(x) - 8, int(y) - 8
    across = np.exp(-(((np.arange(17) + left - x) / sigma) ** 2) / 2)
    down = np.exp(-(((np.arange(17) + top - y) / sigma) ** 2) / 2)
    frame[top : top + 17, left : left + 17] += np.outer(down, across) * flux / (2 * np.pi * sigma**2)


async def timed(solve: Callable[[], Awaitable[Solution]], truth: J2000) -> Run:
    """Run once, watching the memory of the children."""
    peaks: dict[int, int] = {}
    watching = asyncio.ensure_future(_watch(peaks))
    started = time.perf_counter()
    try:
        solution = await solve()
    finally:
        watching.cancel()
    seconds = time.perf_counter() - started
    return Run(seconds, separation_arcsec(solution.centre, truth), max(peaks.values(), default=0) / 1024)


async def _watch(peaks: dict[int, int]) -> None:
    while True:
        for child in psutil.Process().children(recursive=True):
            peaks[child.pid] = max(peaks.get(child.pid, 0), _high_water_kb(child.pid))
        await asyncio.sleep(0.004)


def _high_water_kb(pid: int) -> int:
    process = Path(f"/proc/{pid}")
    try:
        if (process / "cmdline").read_bytes() == Path("/proc/self/cmdline").read_bytes():
            return 0  # not yet the solver: a copy of ourselves about to become it
        lines = (process / "status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


async def compare(stars: StarField, image: Path, centre: J2000, scale: float) -> dict[str, list[Run]]:
    """Every solver on one frame, from near and blind."""
    near = Hint(offset_by(centre, 40.0, 0.3), 3.0, scale * 1.02)
    blind = Hint(None, scale_arcsec=scale * 1.02)
    ways: list[tuple[str, Solver, Hint, int]] = [
        ("engine, near", EngineSolver(), near, TIMES),
        ("engine, all sky", EngineSolver(), blind, TIMES),
        ("built-in, near", NearSolver(stars_within), near, TIMES),
        ("solve-field on the image, near", SolveFieldSolver(within=120, measure_image=True), near, 1),
    ]
    found: dict[str, list[Run]] = {}
    for name, solver, hint, times in ways:
        for _ in range(times):
            run = await timed(lambda s=solver, h=hint: s.solve(stars, h, image), centre)  # type: ignore[misc]
            found.setdefault(name, []).append(run)
    return found


async def bench(size: str, folder: Path) -> float:
    """Print one table and return the ratio the goal is about."""
    width, height, scale = SIZES[size]
    runs: dict[str, list[Run]] = {}
    detection: list[float] = []
    for place, centre in PLACES.items():
        pixels = draw(centre, width, height, scale)
        image = folder / f"{place}-{width}.fits"
        fits.PrimaryHDU(pixels).writeto(image)
        measure(pixels, StarSettings())
        started = time.perf_counter()
        stars = measure(pixels, StarSettings())
        detection.append(time.perf_counter() - started)
        for name, more in (await compare(stars, image, centre, scale)).items():
            runs.setdefault(name, []).extend(more)
    reference = median(run.seconds for run in runs["solve-field on the image, near"])
    print(f"{size}: {len(PLACES)} frames; measuring our star list takes {median(detection):.3f} s")
    print(f"{'':32}{'median s':>10}{'max s':>8}{'ratio':>8}{'error arcsec':>14}{'peak MB':>9}")
    for name, done in runs.items():
        seconds = [run.seconds for run in done]
        worst, peak = max(run.error_arcsec for run in done), max(run.peak_mb for run in done)
        ratio = median(seconds) / reference
        print(f"{name:32}{median(seconds):10.3f}{max(seconds):8.3f}{ratio:8.3f}{worst:14.2f}{peak:9.0f}")
    ours = median(run.seconds for run in runs["engine, near"])
    print(f"with measuring: {(ours + median(detection)) / reference:.3f} of solve-field's time")
    return ours / reference


async def main() -> None:
    """All sizes."""
    print("plate solving, seconds of wall time")
    with tempfile.TemporaryDirectory() as name:
        ratios = {size: await bench(size, Path(name)) for size in SIZES}
    shares = ", ".join(f"{ratio:.3f} at {size}" for size, ratio in ratios.items())
    print(f"engine near, as a share of solve-field's time: {shares} (goal: below {GOAL})")


if __name__ == "__main__":
    asyncio.run(main())
