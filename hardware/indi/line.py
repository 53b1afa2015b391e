"""The local server's Unix socket: bytes both ways, and the descriptors of the buffers that come with them."""

import array
import asyncio
import os
import socket
from collections import deque

CHUNK = 32768  # what is understood in one turn of the loop: a few milliseconds
MOST_UNSENT = 1 << 20
_MOST_DESCRIPTORS = 253  # in one message, says the kernel
_ANCILLARY = socket.CMSG_SPACE(_MOST_DESCRIPTORS * array.array("i").itemsize)


class Line:
    """One connection, from `opened` to `close`. OSError when the server has gone."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._descriptors: deque[int] = deque()
        self._unsent = bytearray()
        self._sent: asyncio.Future[None] | None = None

    @classmethod
    async def opened(cls, path: str) -> "Line":
        """Connected. The server's socket has a name in the kernel only: it begins with a zero byte."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, f"\0{path}")
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    def close(self) -> None:
        """Hang up, and close what nobody has taken."""
        if self._sock.fileno() < 0:
            return
        self._loop.remove_reader(self._sock)
        self._settle(ConnectionAbortedError("it was hung up"))
        self._sock.close()
        self.drop_descriptors()

    async def receive(self) -> bytes:
        """The next bytes; none when the server has closed the connection."""
        while True:
            try:
                data, ancillary, _, _ = self._sock.recvmsg(CHUNK, _ANCILLARY, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                await self._readable()
                continue
            for level, kind, content in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    found = array.array("i")
                    found.frombytes(content[: len(content) // found.itemsize * found.itemsize])
                    self._descriptors.extend(found)
            return data

    def descriptor(self) -> int | None:
        """The first not yet taken of those that came; whoever takes it closes it."""
        return self._descriptors.popleft() if self._descriptors else None

    def drop_descriptors(self) -> None:
        """Close those that nobody has taken."""
        while (descriptor := self.descriptor()) is not None:
            os.close(descriptor)

    async def send(self, data: bytes) -> None:
        """Return once the kernel has it. Whoever stops waiting leaves no half message: the rest follows."""
        if len(self._unsent) + len(data) > MOST_UNSENT:
            raise BlockingIOError("the server reads nothing")
        if self._sent is None:
            data = data[self._push(data) :]
            if not data:
                return
            self._sent = self._loop.create_future()
            self._loop.add_writer(self._sock, self._flush)
        self._unsent += data
        await asyncio.shield(self._sent)

    def _push(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def _flush(self) -> None:
        try:
            del self._unsent[: self._push(self._unsent)]
        except OSError as gone:
            self._settle(gone)
        if not self._unsent:
            self._settle(None)

    def _settle(self, error: OSError | None) -> None:
        sent, self._sent = self._sent, None
        self._unsent.clear()
        if sent is None:
            return
        self._loop.remove_writer(self._sock)
        if error is None:
            sent.set_result(None)
        else:
            sent.set_exception(error)
            sent.exception()  # read: it is no news that nobody waits any more

    async def _readable(self) -> None:
        ready = self._loop.create_future()
        self._loop.add_reader(self._sock, _set, ready)
        try:
            await ready
        finally:
            if self._sock.fileno() >= 0:
                self._loop.remove_reader(self._sock)


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
