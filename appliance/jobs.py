"""One procedure per resource: what is running, and the one way to stop it."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from appliance.bus import Publish, Said
from appliance.errors import BadCommand, NightboxError

log = logging.getLogger(__name__)


class Jobs:
    """The running procedures by name ("sequence", "park", ...)."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._needs: dict[str, frozenset[str] | None] = {}
        self.changed: Callable[[], None] = lambda: None
        """Called when one has begun, and when one has ended."""

    def start(
        self, name: str, procedure: Coroutine[Any, Any, object], needs: Collection[str] | None = None
    ) -> asyncio.Task[Any]:
        """Run it in the background; BadCommand when something else has the gear already.

        `needs` are the kinds of devices that it commands, None for the whole rig. One without any is in
        nobody's way, and nobody is in its: `busy` does not know it.
        """
        if busy := self._in_the_way(needs):
            procedure.close()
            raise BadCommand(name, f"{busy} is still running", advice="Press Stop first, then try again.")
        task = asyncio.create_task(procedure, name=name)
        task.add_done_callback(self._report)
        self._tasks[name] = task
        self._needs[name] = None if needs is None else frozenset(needs)
        self.changed()
        return task

    def needs(self, name: str) -> frozenset[str] | None:
        """The kinds of devices that the newest procedure of that name commands, None for the whole rig."""
        return self._needs[name]

    def _in_the_way(self, needs: Collection[str] | None) -> str:
        """What has one of these devices now, "" when nothing does."""
        if needs is not None and not needs:
            return ""
        for name in self.busy():
            others = self._needs[name]
            if needs is None or others is None or others & frozenset(needs):
                return name
        return ""

    def busy(self) -> list[str]:
        """What runs now and commands a device."""
        return [name for name in self._tasks if self.running(name) and self._needs[name] != frozenset()]

    def task(self, name: str) -> "asyncio.Task[Any]":
        """The newest procedure of that name; KeyError when there was none."""
        return self._tasks[name]

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

    def forget(self, name: str) -> None:
        """One that has ended, and will not be asked for again."""
        if not self.running(name):
            self._tasks.pop(name, None)
            self._needs.pop(name, None)

    async def stop_all(self) -> None:
        """Stop everything, for the end of the box."""
        for name in list(self._tasks):
            await self.stop(name)

    def _report(self, task: asyncio.Task[Any]) -> None:
        """Say why a procedure failed, once, where everybody reads it."""
        self.changed()
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
