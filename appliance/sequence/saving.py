"""Writing one sub while the next is exposed: never more than one in each hand."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from appliance.cleanup import on_failure

# Longer than two subs can take, whose every step has its own limit: a save that went on after the end of the
# sequence could bring a file that the next start has already given up.
AFTER_STOP_SECONDS = 900.0


class Saver:
    """Subs on their way to disk: one, or two for as long as it takes to end after a Stop or a failure."""

    def __init__(self) -> None:
        self._saves: dict[asyncio.Task[None], int] = {}

    @property
    def numbers(self) -> set[int]:
        """The numbers of the subs that are not yet known to be SAVED."""
        return set(self._saves.values())

    async def start(self, number: int, save: Coroutine[Any, Any, None]) -> None:
        """Begin to save; waits for the one before (back-pressure), and raises what that one raised."""
        try:
            await self.finished()
        finally:
            # The newer frame is good though the older one failed or Stop came: it gets its chance as well.
            self._saves[asyncio.create_task(save)] = number

    async def finished(self) -> None:
        """Returns when nothing is on its way; raises what a save raised. Safe to cancel."""
        if not self._saves:
            return
        await asyncio.wait(self._saves)
        ended, self._saves = self._saves, {}
        for save in ended:
            save.result()


@asynccontextmanager
async def saving() -> AsyncIterator[Saver]:
    """A Saver; on Stop or failure the frames that are already in memory still reach the disk."""
    saver = Saver()
    async with on_failure(saver.finished, within=AFTER_STOP_SECONDS):
        yield saver
        await saver.finished()
