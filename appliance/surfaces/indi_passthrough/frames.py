"""Frames for a client that cannot keep up: they are left out until it has caught up, and it is told.

What its connection has not taken is then never more than the frame under way: the server is asked for no
further ones, so that neither we nor it heap them up.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator

from hardware.indi_wire import Element, enable_blob, encode, message

BEHIND_SECONDS = 2.0  # so long without one moment in which all was delivered
QUIET_SECONDS = 30.0  # between two words about it
MOST_WISHES = 256
LEFT_OUT = "Your connection is too slow for the frames: they are left out until it has caught up."
AGAIN = "Your connection has caught up: frames come again."


class Frames:
    """One client's wishes for frames, and whether it keeps up. `tell` takes words for the client."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        self._tell = tell
        self._wishes: OrderedDict[tuple[str, str], Element] = OrderedDict()
        self._clock = asyncio.get_running_loop().time
        self._behind_since: float | None = None
        self._told_at = float("-inf")
        self.left_out = False
        """Are frames left out now?"""

    def wish(self, asked: Element) -> None:
        """The client's enableBLOB; one that would be one too many is forgotten with the oldest."""
        key = asked.device, asked.name
        self._wishes.pop(key, None)
        self._wishes[key] = asked
        if len(self._wishes) > MOST_WISHES:
            self._wishes.popitem(last=False)

    def wishes(self) -> Iterator[bytes]:
        """As the client said them, for a new connection to the server."""
        self._behind_since, self.left_out = None, False
        return map(encode, self._wishes.values())

    def read(self, *, waited: bool) -> bytes:
        """At each read from the server, `waited` when all is delivered: what the server is to be told."""
        if waited:
            self._behind_since = None
            return self._resume() if self.left_out else b""
        if self._behind_since is None:
            self._behind_since = self._clock()
        return self.look(self._behind_since)

    def look(self, behind_since: float | None) -> bytes:
        """From time to time, while a write may be waiting since then. What the server is to be told."""
        if behind_since is None or self.left_out or self._clock() - behind_since < BEHIND_SECONDS:
            return b""
        return self._leave_out()

    def _leave_out(self) -> bytes:
        wanted = [key for key, asked in self._wishes.items() if asked.text != "Never"]
        if wanted:
            self.left_out = True
            self._say(LEFT_OUT)
        return b"".join(encode(enable_blob("Never", *key)) for key in wanted)

    def _resume(self) -> bytes:
        self.left_out = False
        self._say(AGAIN)
        return b"".join(map(encode, self._wishes.values()))

    def _say(self, text: str) -> None:
        if (now := self._clock()) - self._told_at >= QUIET_SECONDS or text == AGAIN:
            self._told_at = now
            self._tell(encode(message("", text)))
