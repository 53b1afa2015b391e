"""How long an event loop keeps its work waiting.

A ticker asks for TICK seconds of sleep over and over; whatever it gets more than that is lag. One long
wait would be one sample among thousands though everything due in that time had to wait, so each sample
counts for all the ticks it swallowed: the percentiles are those of work that falls due at any moment.

`python -m benchmarks.lag` is the control: a loop of its own that does nothing but tick until its stdin
ends. What it shows is the machine's doing, not ours.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import numpy as np

TICK = 0.001
READY = b"ready\n"


@dataclass(slots=True)
class Lags:
    """Seconds of lag, and when it was noticed (system's monotonic clock)."""

    at: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def tick(self) -> None:
        """Tick for ever."""
        while True:
            started = time.monotonic()
            await asyncio.sleep(TICK)
            ended = time.monotonic()
            self.at.append(ended)
            self.seconds.append(ended - started - TICK)

    def between(self, start: float, end: float) -> tuple[float, float, int]:
        """Worst and 99.9th percentile in milliseconds, and how many ticks, of those that touch the span."""
        ticks = zip(self.at, self.seconds, strict=True)
        found = [lag for at, lag in ticks if at >= start and at - lag - TICK <= end]
        waits = np.concatenate([np.arange(lag, -TICK, -TICK)[: 1 + int(max(lag, 0) / TICK)] for lag in found])
        return 1e3 * float(waits.max()), 1e3 * float(np.quantile(waits, 0.999)), len(found)


@asynccontextmanager
async def ticking() -> AsyncIterator[Lags]:
    """Tick on this loop during the block."""
    lags = Lags()
    task = asyncio.create_task(lags.tick())
    try:
        yield lags
    finally:
        task.cancel()


@contextmanager
def control() -> Iterator[Lags]:
    """Tick in a process of its own during the block; the numbers are there after it."""
    lags = Lags()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lag"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.read(len(READY))
        try:
            yield lags
        finally:
            told = np.frombuffer(process.communicate()[0]).reshape(2, -1)
            lags.at, lags.seconds = told[0].tolist(), told[1].tolist()


async def _until_stdin_ends() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    async with ticking() as lags:
        os.write(1, READY)
        await ended.wait()
    sys.stdout.buffer.write(np.array([lags.at, lags.seconds]).tobytes())


if __name__ == "__main__":
    asyncio.run(_until_stdin_ends())
