"""Stopping the hardware when the procedure is stopped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from hardware.errors import DeviceLost

HALT_SECONDS = 15.0


@asynccontextmanager
async def halting(halt: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Run `halt` when the block is cancelled or fails, unless the device is lost.

    A second Stop does not interrupt it, it is bounded in time, and the block's own error is the one
    that leaves.
    """
    try:
        yield
    except DeviceLost:
        raise
    except BaseException as cause:
        task = asyncio.create_task(_bounded(halt()))
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                continue  # Stop pressed again: the hardware is being stopped already
        if not task.cancelled() and (error := task.exception()):
            cause.add_note(f"and stopping it failed: {error!r}")
        raise


async def _bounded(halting: Awaitable[object]) -> None:
    async with asyncio.timeout(HALT_SECONDS):
        await halting
