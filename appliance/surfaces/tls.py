"""TLS in front of the phone page: it takes the encryption off and passes on what it reads, both ways."""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from appliance.errors import NightboxError

# Where the page sees us come from: nothing else on this machine does, so that nobody from the network is
# taken for who sits at it.
FROM = "127.0.0.2"
MOST, MOST_OF_ONE = 64, 24  # connections; six phones have six each at the most
HANDSHAKE_SECONDS, CONNECT_SECONDS = 10.0, 5.0
CHUNK = 64 * 1024


class FrontUnavailable(NightboxError):
    """The address for HTTPS cannot be listened on."""

    code: ClassVar[str] = "page.unavailable"
    default_advice: ClassVar[str] = "Choose another page.https_port, or stop the program that uses this one."


class Front:
    """`client` tells the page who is behind one of our connections to it. Belongs to the loop's thread."""

    def __init__(self) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.set_alpn_protocols(["http/1.1"])
        self._clients: dict[int, str] = {}
        self._open: Counter[str] = Counter()
        self._relays: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    def client(self, port: int) -> str | None:
        """The address of who is behind our connection from this port; from any thread."""
        return self._clients.get(port)

    def use(self, chain: Path, key: Path) -> None:
        """Show this certificate from the next connection on."""
        self._context.load_cert_chain(chain, key)

    @asynccontextmanager
    async def serving(self, host: str, port: int, to: tuple[str, int]) -> AsyncIterator[int]:
        """Listen for as long as the block lasts, `host` "" everywhere; yields the port. FrontUnavailable."""

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._relays.add(task)
            try:
                async with self._closing(writer):
                    await self._admit(reader, writer, to)
            finally:
                self._relays.discard(task)

        try:
            server = await asyncio.start_server(
                relay, host or None, port, ssl=self._context, limit=CHUNK, backlog=64,
                ssl_handshake_timeout=HANDSHAKE_SECONDS, ssl_shutdown_timeout=2.0,
            )  # fmt: skip
        except OSError as taken:
            where = f"{host or 'any address'}, port {port}"
            raise FrontUnavailable(f"HTTPS cannot listen on {where}: {taken.strerror or taken}.") from taken
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for end in self._ends:
                end.transport.abort()
            # Each relay ends by itself now: cancelled ones would be noted as failures by asyncio.
            await asyncio.gather(*self._relays, return_exceptions=True)

    @asynccontextmanager
    async def _closing(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        """One end of a connection: closed after the block, whoever closes first."""
        self._ends.add(writer)
        try:
            yield
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await writer.wait_closed()
            self._ends.discard(writer)

    async def _admit(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: tuple[str, int]
    ) -> None:
        peer = writer.get_extra_info("peername")
        if peer is None:  # gone already
            return
        who = str(peer[0])
        if self._open[who] >= MOST_OF_ONE or self._open.total() >= MOST:
            return
        self._open[who] += 1
        try:
            with contextlib.suppress(OSError, TimeoutError):
                await self._pass_on(who, reader, writer, to)
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    async def _pass_on(
        self, who: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: tuple[str, int]
    ) -> None:
        async with asyncio.timeout(CONNECT_SECONDS):
            page_reader, page_writer = await asyncio.open_connection(*to, local_addr=(FROM, 0), limit=CHUNK)
        port = int(page_writer.get_extra_info("sockname")[1])
        self._clients[port] = who
        try:
            async with self._closing(page_writer):
                await _both(_pump(reader, page_writer), _pump(page_reader, writer))
        finally:
            del self._clients[port]


async def _both(*ways: Coroutine[Any, Any, None]) -> None:
    """Until one of them has come to its end."""
    tasks = {asyncio.create_task(way) for way in ways}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
