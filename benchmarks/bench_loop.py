"""How long does the event loop wait while 26-megapixel frames are held, measured, saved and previewed?

`python -m benchmarks.bench_loop`. Step by step, where bench_indi runs the whole box. The idle row is
the same loop doing nothing: what the machine itself adds.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.calculator import Calculator
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from benchmarks.lag import ticking
from benchmarks.memory import peak_mb
from benchmarks.synthetic import Scene, render
from hardware.devices import FrameKind

FRAMES = 8
FACTS = SubFacts(kind=FrameKind.LIGHT, seconds=60, started=datetime(2026, 1, 31, tzinfo=UTC))


@asynccontextmanager
async def row(name: str) -> AsyncIterator[None]:
    """Print the loop's lag during the block."""
    started = time.monotonic()
    async with ticking() as lags:
        yield
    worst, usual, ticks = lags.between(started, time.monotonic())
    print(f"{name:10}{worst:9.2f}{usual:9.2f}{ticks:8d}")


async def main() -> None:
    """One row for an idle loop, one for each step, one for everything at once."""
    pixels, _ = render(Scene())
    print(f"event-loop lag during each step, ms ({FRAMES} frames of 26 megapixels)")
    print(f"{'':10}{'worst':>9}{'99.9 %':>9}{'ticks':>8}")
    with tempfile.TemporaryDirectory() as folder:
        async with Calculator.start() as calculator:
            async with calculator.hold(pixels[:64, :64]) as held:
                await held.stars(StarSettings())  # the process is up
            async with row("idle"):
                await asyncio.sleep(2)
            await _steps(calculator, pixels, Path(folder))
            assert calculator.pid
            print(f"peak resident memory: calculator {peak_mb(calculator.pid):.0f} MB")


async def _steps(calculator: Calculator, pixels: NDArray[np.uint16], folder: Path) -> None:
    async with row("hold"):
        for _ in range(FRAMES):
            async with calculator.hold(pixels):
                pass
    async with calculator.hold(pixels) as held:
        async with row("stars"):
            for _ in range(FRAMES):
                await held.stars(StarSettings())
        async with row("save"):
            for number in range(FRAMES):
                await held.save(folder / f"save{number}.fits", FACTS)
        async with row("preview"):
            for _ in range(FRAMES):
                await held.preview(folder / "latest.jpg", 1600)
    async with row("all"):
        for number in range(FRAMES):
            started = time.perf_counter()
            async with calculator.hold(pixels) as held:
                await held.stars(StarSettings())
                await held.save(folder / f"all{number}.fits", FACTS)
                await held.preview(folder / "latest.jpg", 1600)
    print(f"the last frame took {time.perf_counter() - started:.2f} s in all")


if __name__ == "__main__":
    asyncio.run(main())
