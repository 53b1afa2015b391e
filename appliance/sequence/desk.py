"""Changing the plan while it runs: one editor at a time, and nobody can hold up the night for ever."""

import asyncio
from collections.abc import Callable

from appliance.errors import BadCommand

EDIT_SECONDS = 300.0


class Desk:
    """The plan lies open on it, or not. `now` is UTC in seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.edition = 0
        """How often the plan was changed."""
        self.moved: Callable[[], None] = lambda: None
        """Called when somebody begins to edit, or ends."""
        self._who, self._until = "", 0.0
        self._closed = asyncio.Event()
        self._closed.set()

    @property
    def who(self) -> str:
        """Who edits, "" when nobody does."""
        return self._who if self._now() < self._until else ""

    @property
    def until(self) -> float | None:
        """When the one who edits has had all the time (UTC seconds), None when nobody edits."""
        return self._until if self.who else None

    def open(self, who: str) -> None:
        """Begin, or go on, for EDIT_SECONDS from now; BadCommand while somebody else edits."""
        if self.who not in {"", who}:
            raise BadCommand("plan", f"{self.who} is changing it", advice="Wait, five minutes at most.")
        self._who, self._until = who, self._now() + EDIT_SECONDS
        self._closed.clear()
        self.moved()

    def close(self, who: str) -> None:
        """End; nothing happens when it was not open, or somebody else has it."""
        if self.who == who:
            self._who, self._until = "", 0.0
            self._closed.set()
            self.moved()

    async def closed(self) -> None:
        """Returns when nobody edits; the one who does has so much time and no more."""
        while self.who:
            try:
                async with asyncio.timeout(max(0.0, self._until - self._now())):
                    await self._closed.wait()
            except TimeoutError:
                continue
