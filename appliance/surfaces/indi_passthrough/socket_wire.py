"""A TCP connection on the event loop, for INDI's small commands and its big frames."""

import asyncio
import socket
from contextlib import suppress

CHUNK = 1 << 18
HANG_UP_SECONDS = 2.0
# Linux's own number; it must be set again after each read.
QUICKACK = getattr(socket, "TCP_QUICKACK", None)


class Closed(ConnectionError):
    """The other side has gone."""


class ServerClosed(Closed):
    """It was the INDI server."""


class LetGo(Closed):
    """It was we who ended it."""


class SocketWire:
    """Raw bytes in and out.

    `closed` is raised when the other side has gone. One reads at a time; several may write.
    """

    def __init__(self, sock: socket.socket, closed: type[Closed] = Closed) -> None:
        sock.setblocking(False)
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock, self._loop, self._closed = sock, asyncio.get_running_loop(), closed
        self._writing = asyncio.Lock()

    @classmethod
    async def to_server(cls, host: str, port: int) -> "SocketWire":
        """To an INDI server; OSError when nobody listens there."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, (host, port))
        except BaseException:
            sock.close()
            raise
        return cls(sock, ServerClosed)

    async def read(self) -> bytes:
        """What is there, at least a byte; `closed` at the end."""
        if (data := self.read_now()) is not None:
            return data
        try:
            data = await self._loop.sock_recv(self._sock, CHUNK)
        except OSError as gone:
            raise self._closed(str(gone)) from gone
        return self._taken(data)

    def read_now(self) -> bytes | None:
        """The same, None when there is nothing now."""
        try:
            return self._taken(self._sock.recv(CHUNK))
        except BlockingIOError:
            return None
        except OSError as gone:
            raise self._closed(str(gone)) from gone

    def _taken(self, data: bytes) -> bytes:
        if not data:
            raise self._closed("closed")
        if (
            QUICKACK is not None
        ):  # else INDI's library waits 40 ms for the acknowledgement of each half command
            with suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        return data

    async def write(self, data: bytes) -> None:
        """Returns when the kernel has all of it; Closed when the other side has gone."""
        try:
            async with self._writing:
                await self._loop.sock_sendall(self._sock, data)
        except OSError as gone:
            raise self._closed(str(gone)) from gone

    async def hang_up(self) -> None:
        """Say that nothing more comes, and close once the other side has read it all and ended it."""
        try:
            with suppress(OSError, Closed, TimeoutError):
                self._sock.shutdown(socket.SHUT_WR)
                async with asyncio.timeout(HANG_UP_SECONDS):
                    while True:
                        await self.read()
        finally:
            self.close()

    def close(self) -> None:
        """At once; safe to call again. Whoever waited in it must have ended before."""
        self._sock.close()
