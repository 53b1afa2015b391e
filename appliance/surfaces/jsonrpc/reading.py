"""Reading from a client that may be slow, hostile or gone: lines and bodies, bounded in bytes and time."""

import asyncio

from appliance.surfaces.jsonrpc.limits import HALF_SECONDS, LONGEST

CHUNK = 16 * 1024


class Gone(Exception):
    """The client has hung up, or takes too long."""


class TooLong(Exception):
    """One request is longer than any may be."""


class Silent(Exception):
    """Nothing has come yet within the time that was given."""


class Incoming:
    """A client's bytes in order. What has been read ahead stays for the next call."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader, self._buffer = reader, bytearray()

    async def line(self, idle: float, longest: int = LONGEST) -> bytes:
        """One line without its end. Silent when none has begun within `idle` seconds.

        Once begun it must end within HALF_SECONDS (Gone) and `longest` bytes (TooLong); Gone at the end.
        """
        searched, deadline = 0, self._deadline()
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > longest:
                raise TooLong
            await self._more(deadline if self._buffer else None, idle)
            deadline = deadline or self._deadline()
        if end > longest:
            raise TooLong
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.rstrip(b"\r")

    async def body(self, length: int) -> bytes:
        """So many bytes within HALF_SECONDS, else Gone."""
        deadline = asyncio.get_running_loop().time() + HALF_SECONDS
        while len(self._buffer) < length:
            await self._more(deadline, 0.0)
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _deadline(self) -> float | None:
        """Until when what has begun must be complete; None while nothing has."""
        return asyncio.get_running_loop().time() + HALF_SECONDS if self._buffer else None

    async def _more(self, deadline: float | None, idle: float) -> None:
        until = deadline or asyncio.get_running_loop().time() + idle
        try:
            async with asyncio.timeout_at(until):
                chunk = await self._reader.read(CHUNK)
        except TimeoutError as late:
            raise (Silent if deadline is None else Gone) from late
        except OSError as broken:
            raise Gone from broken
        if not chunk:
            raise Gone
        self._buffer += chunk
