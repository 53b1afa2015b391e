"""One procedure per resource: what is running, and the one way to stop it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from appliance.bus import Publish, Said
from appliance.errors import BadCommand, NightboxError

log = logging.getLogger(__name__)


class Jobs:
    """The running procedures by name ("sequence", "park", ...)."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    def start(self, name: str, procedure: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        """Run it in the background; BadCommand when something else has the gear already."""
        busy = [other for other, task in self._tasks.items() if not task.done()]
        if busy:
            procedure.close()
            raise BadCommand(name, f"{busy[0]} is still running", advice="Press Stop first, then try again.")
        task = asyncio.create_task(procedure, name=name)
        task.add_done_callback(self._report)
        self._tasks[name] = task
        return task

    def running(self, name: str) -> bool:
        """True while a procedure of that name runs."""
        return name in self._tasks and not self._tasks[name].done()

    async def stop(self, name: str) -> bool:
        """Cancel it and wait until it has put things back; False when it was not running."""
        if not self.running(name):
            return False
        task = self._tasks[name]
        task.cancel()
        await asyncio.wait({task})
        return True

    async def stop_all(self) -> None:
        """Stop everything, for the end of the box."""
        for name in list(self._tasks):
            await self.stop(name)

    def _report(self, task: asyncio.Task[Any]) -> None:
        """Say why a procedure failed, once, where everybody reads it."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, NightboxError):
            said = Said(
                source=task.get_name(), level="error",
                text=error.sentence, code=error.code, advice=error.advice,
            )  # fmt: skip
        elif error is not None:
            log.error("%s failed", task.get_name(), exc_info=error)
            said = Said(
                source=task.get_name(), level="error", text=f"Unexpected: {error!r}.", code="bug",
                advice="Please report this with the log file; Start goes on where it stopped.",
            )  # fmt: skip
        else:
            return
        self._publish(said)
