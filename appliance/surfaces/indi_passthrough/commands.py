"""One client's commands in their order; only what stops something passes the others by."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.errors import DeviceRefused
from appliance.surfaces.indi_passthrough.judge import Judge
from appliance.surfaces.indi_passthrough.undone import HeldKeys
from hardware.indi_wire import Element

FINISH_SECONDS = 15.0
TRUTH_SECONDS = 1.0
MOST_WAITING = 64  # then the client is not read any further

Forward = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Waiting:
    """A command that has not been forwarded yet; `stopped`: somebody has pressed Stop since."""

    element: Element
    raw: bytes
    stopped: bool = False


class Commands:
    """`run` it for as long as the client is there. The interlock may take some seconds for an answer."""

    def __init__(self, client: str, judge: Judge, forward: Forward, say: Callable[[bytes], None]) -> None:
        self._client, self._judge, self._forward, self._say = client, judge, forward, say
        self._waiting: deque[_Waiting] = deque()
        self.keys = HeldKeys()
        self._untold: set[tuple[str, str]] = set()
        self._room, self._work, self._none = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._none.set()

    async def take(self, element: Element, raw: bytes) -> None:
        """The next one; returns at once unless too many wait."""
        if self._judge.stops(element):
            for one in self._waiting:
                one.stopped = one.stopped or one.element.device == element.device
            await self._do(_Waiting(element, raw))
            return
        if not self._waiting and not self._judge.takes_time(element):
            await self._do(_Waiting(element, raw))
            return
        while len(self._waiting) >= MOST_WAITING:
            self._room.clear()
            await self._room.wait()
        self._waiting.append(_Waiting(element, raw))
        self._none.clear()
        self._work.set()

    async def run(self) -> None:
        """One after the other."""
        while await self._work.wait():
            while self._waiting:
                await self._do(self._waiting[0])
                self._waiting.popleft()
                self._room.set()
            self._work.clear()
            self._none.set()

    async def finish(self) -> None:
        """The client has gone: what it has said is still done, if that does not take too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await self._none.wait()

    async def _do(self, one: _Waiting) -> None:
        async def forward() -> None:
            if one.stopped:
                raise DeviceRefused(one.element.device, "it was told to stop before it began", advice=AGAIN)
            await self._forward(one.raw)
            self.keys.note(one.element)

        if words := await self._judge.handle(self._client, one.element, forward):
            self._say(words)
            self._tell_truth_later(one.element)

    def _tell_truth_later(self, refused: Element) -> None:
        """At once it would hide the Alert from clients that look a moment after the news."""
        key = refused.device, refused.name
        if key not in self._untold and len(self._untold) < MOST_WAITING:
            self._untold.add(key)
            asyncio.get_running_loop().call_later(TRUTH_SECONDS, self._tell_truth, refused)

    def _tell_truth(self, refused: Element) -> None:
        self._untold.discard((refused.device, refused.name))
        if words := self._judge.truth(refused):
            self._say(words)


AGAIN = "Nothing was done; ask for it again."
