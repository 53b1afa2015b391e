"""Writing one sub while the next is exposed: never more than one in each hand."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from appliance.cleanup import on_failure

AFTER_STOP_SECONDS = 60.0


class Saver:
    """At most one sub on its way to disk; `number` is its number while it is not yet SAVED."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self.number: int | None = None

    async def start(self, number: int, save: Coroutine[Any, Any, None]) -> None:
        """Begin to save; waits for the one before (back-pressure), and raises what that one raised."""
        try:
            await self.finished()
        except BaseException:
            # The newer frame is good though the older one failed: give it its chance as well.
            self._begin(number, save)
            raise
        self._begin(number, save)

    def _begin(self, number: int, save: Coroutine[Any, Any, None]) -> None:
        self.number, self._task = number, asyncio.create_task(save)

    async def finished(self) -> None:
        """Returns when nothing is on its way; raises what the save raised. Safe to cancel."""
        if self._task is None:
            return
        await asyncio.wait({self._task})
        task, self._task, self.number = self._task, None, None
        task.result()


@asynccontextmanager
async def saving() -> AsyncIterator[Saver]:
    """A Saver; on Stop or failure the frame that is already in memory still reaches the disk."""
    saver = Saver()
    async with on_failure(saver.finished, within=AFTER_STOP_SECONDS):
        yield saver
        await saver.finished()
