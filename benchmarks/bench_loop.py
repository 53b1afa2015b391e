"""How long does the event loop wait while 26-megapixel frames are held, measured, saved and previewed?

`python -m benchmarks.bench_loop`. A ticker asks for 1 ms of sleep over and over; whatever it gets
more than that is lag. The idle row is the same loop doing nothing: what the machine itself adds.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from appliance.imaging.calculator import Calculator
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from benchmarks.synthetic import Scene, render
from hardware.devices import FrameKind

TICK = 0.001
FRAMES = 8
FACTS = SubFacts(kind=FrameKind.LIGHT, seconds=60, started=datetime(2026, 1, 31, tzinfo=UTC))


@asynccontextmanager
async def ticker(name: str) -> AsyncIterator[None]:
    """Print the worst and the 99.9th percentile of the loop's lag during the block."""
    lags: list[float] = []

    async def tick() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(TICK)
            lags.append(time.perf_counter() - started - TICK)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        worst, usual = 1e3 * max(lags), 1e3 * float(np.quantile(lags, 0.999))
        print(f"{name:10} worst {worst:6.2f} ms   99.9 % {usual:6.2f} ms   {len(lags)} ticks")


async def main() -> None:
    """One row for an idle loop, one for each step, one for everything at once."""
    pixels, _ = render(Scene())
    with tempfile.TemporaryDirectory() as folder:
        async with Calculator.start() as calculator:
            async with calculator.hold(pixels[:64, :64]) as held:
                await held.stars(StarSettings())  # the process is up
            async with ticker("idle"):
                await asyncio.sleep(2)
            await _steps(calculator, pixels, Path(folder))
            assert calculator.pid
            peak = [psutil.Process(pid).memory_info().rss / 1e6 for pid in (calculator.pid, os.getpid())]
            print(f"resident afterwards: calculator {peak[0]:.0f} MB, this process {peak[1]:.0f} MB")


async def _steps(calculator: Calculator, pixels: NDArray[np.uint16], folder: Path) -> None:
    async with ticker("hold"):
        for _ in range(FRAMES):
            async with calculator.hold(pixels):
                pass
    async with calculator.hold(pixels) as held:
        async with ticker("stars"):
            for _ in range(FRAMES):
                await held.stars(StarSettings())
        async with ticker("save"):
            for number in range(FRAMES):
                await held.save(folder / f"save{number}.fits", FACTS)
        async with ticker("preview"):
            for _ in range(FRAMES):
                await held.preview(folder / "latest.jpg", 1600)
    async with ticker("all"):
        for number in range(FRAMES):
            started = time.perf_counter()
            async with calculator.hold(pixels) as held:
                await held.stars(StarSettings())
                await held.save(folder / f"all{number}.fits", FACTS)
                await held.preview(folder / "latest.jpg", 1600)
    print(f"the last frame took {time.perf_counter() - started:.2f} s in all")


if __name__ == "__main__":
    asyncio.run(main())
