"""Asking every source again and again, each on its own: a silent one delays nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from appliance.errors import NightboxError
from appliance.safety.sources import Objections, Source

Hear = Callable[[Source, Objections], None]
# A chattering contact must not have the loop for itself.
APART_SECONDS = 0.02


async def listen(source: Source, every: float, hear: Hear) -> None:
    """For as long as the box runs: open it if it is away, ask it, wait `every` seconds or until it changes.

    What cannot be answered, or not within that time, is silence: the judge counts it.
    """
    clock = asyncio.get_running_loop().time
    while True:
        asked = clock()
        rest = every
        with suppress(NightboxError, TimeoutError):
            await source.reach()
            # The ear is at the door before the question: no change between the two is missed.
            async with _noticing(source) as changed:
                async with asyncio.timeout(every):
                    hear(source, await source.read())
                await asyncio.wait({changed}, timeout=every)
            rest = max(0.0, asked + APART_SECONDS - clock())
        await asyncio.sleep(rest)


@asynccontextmanager
async def _noticing(source: Source) -> AsyncIterator["asyncio.Task[None]"]:
    """A task that ends when the source should be asked again; how it ends does not matter."""
    changed = asyncio.ensure_future(source.changed())
    try:
        yield changed
    finally:
        changed.cancel()
        await asyncio.gather(changed, return_exceptions=True)
