"""A server's end of INDI's wire: a test says what a link hears, and reads what it says."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.indi.link import Picture, Property

DEFINITION = b"""<defNumberVector device="Mount" name="COORD" state="Idle" perm="rw">
    <defNumber name="RA" label="RA (hh)" format="%010.6m" min="0" max="24" step="0">
      5:30:36
    </defNumber><defNumber name="DEC" label="" min="-90" max="90">-0:30</defNumber>
</defNumberVector>
"""
CAMERA = b"""<defBLOBVector device="Camera" name="CCD1" state="Idle" perm="ro">
    <defBLOB name="CCD1"/>
</defBLOBVector>
"""
FRAME = """<setBLOBVector device="Camera" name="CCD1" state="Ok">
    <oneBLOB name="CCD1" size="{0}" format="{1}" len="{0}" attached="true"/>
</setBLOBVector>
"""


def plus_one(raw: NDArray[np.uint8], form: str) -> NDArray[np.uint16]:
    """Stands for FITS: simple to foresee."""
    if form != ".raw":
        raise ValueError(f"the camera sent a {form} file")
    return raw.astype(np.uint16) + 1


class Heard:
    """A Listener that keeps everything in order."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()

    def defined(self, prop: Property) -> None:
        self.events.put_nowait(("defined", prop))

    def updated(self, prop: Property) -> None:
        self.events.put_nowait(("updated", prop))

    def deleted(self, device: str, name: str | None) -> None:
        self.events.put_nowait(("deleted", device, name))

    def said(self, device: str | None, text: str) -> None:
        self.events.put_nowait(("said", device, text))

    def received(self, picture: Picture) -> None:
        self.events.put_nowait(("received", picture))

    def lost(self, reason: str) -> None:
        self.events.put_nowait(("lost", reason))

    async def next(self) -> tuple[Any, ...]:
        async with asyncio.timeout(10):
            return await self.events.get()


class Spoken:
    """One connection, at the server's end."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._read = b""

    async def say(self, text: bytes | str, fds: Sequence[int] = ()) -> None:
        data = text.encode() if isinstance(text, str) else text
        if fds:
            assert socket.send_fds(self.sock, [data], fds) == len(data)
        else:
            await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def frame(self, content: bytes, form: str = ".raw", says: int | None = None) -> None:
        """Send it as a driver does: in memory that both share."""
        with memory(content) as buffer:
            await self.say(FRAME.format(len(content) if says is None else says, form), [buffer])

    async def read(self, until: bytes) -> bytes:
        """What the link says, to the end of those bytes."""
        async with asyncio.timeout(10):
            while (found := self._read.find(until)) < 0:
                data = await asyncio.get_running_loop().sock_recv(self.sock, 65536)
                assert data, "it hung up"
                self._read += data
        end = found + len(until)
        read, self._read = self._read[:end], self._read[end:]
        return read

    async def hung_up(self) -> bool:
        async with asyncio.timeout(10):
            while await asyncio.get_running_loop().sock_recv(self.sock, 65536):
                pass
        return True


class SpokenServer:
    """Where a link connects to."""

    def __init__(self, path: str, listener: socket.socket) -> None:
        self.path, self._listener = path, listener
        self._connections: list[socket.socket] = []

    async def accept(self) -> Spoken:
        async with asyncio.timeout(10):
            sock, _ = await asyncio.get_running_loop().sock_accept(self._listener)
        self._connections.append(sock)
        return Spoken(sock)

    def close(self) -> None:
        for sock in (*self._connections, self._listener):
            sock.close()


@asynccontextmanager
async def spoken_server() -> AsyncIterator[SpokenServer]:
    """At a name of its own in the kernel."""
    path = tempfile.mktemp(prefix="nightbox-spoken-")  # a name only: nothing is made there
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{path}")
        listener.listen()
        listener.setblocking(False)
        server = SpokenServer(path, listener)
        try:
            yield server
        finally:
            server.close()


@contextmanager
def memory(content: bytes) -> Iterator[int]:
    """A descriptor of memory that can be shared, as drivers make it."""
    buffer = os.memfd_create("frame")
    try:
        os.write(buffer, content)
        yield buffer
    finally:
        os.close(buffer)
