"""What goes to a client: the server's bytes as they came, and words of our own between its elements."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Hashable

from appliance.surfaces.indi_passthrough.socket_wire import SocketWire

MOST_WORDS = 256  # of refusals that nobody reads the oldest are forgotten
MOST_NEWS = 512


class Outlet:
    """One client's; `run` it for as long as the client is there. What is to be said never waits.

    `blocked_since` is when the write began that has not ended yet, by the loop's clock.
    """

    def __init__(self, wire: SocketWire) -> None:
        self._wire = wire
        self._lock = asyncio.Lock()
        self._whole = True  # nothing of ours may come inside an element
        self._words: deque[bytes] = deque(maxlen=MOST_WORDS)
        self._news: OrderedDict[Hashable, bytes] = OrderedDict()
        self._stirred = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        self.blocked_since: float | None = None

    async def relay(self, data: bytes, *, whole: bool) -> None:
        """The server's bytes; `whole`: an element ends with them, or none has begun. Closed at its end."""
        async with self._lock:
            await self._write(data)
            self._whole = whole
            if whole:
                await self._flush()

    def say(self, words: bytes) -> None:
        """Elements of ours, at the next place where they may stand."""
        self._words.append(words)
        self._stirred.set()

    def show(self, key: Hashable, news: bytes) -> None:
        """The same, but older news of this key that has not been sent is left out."""
        self._news.pop(key, None)
        self._news[key] = news
        if len(self._news) > MOST_NEWS:
            self._news.popitem(last=False)
        self._stirred.set()

    async def run(self) -> None:
        """Send what is to be said while the server says nothing; Closed when the client has gone."""
        while await self._stirred.wait():
            self._stirred.clear()
            async with self._lock:
                if self._whole:
                    await self._flush()

    async def _flush(self) -> None:
        while self._words or self._news:
            ready = [*self._words, *self._news.values()]
            self._words.clear()
            self._news.clear()
            await self._write(b"".join(ready))

    async def _write(self, data: bytes) -> None:
        self.blocked_since = self._clock()
        await self._wire.write(data)
        self.blocked_since = None
