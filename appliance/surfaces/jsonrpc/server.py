"""Listening on the port, and keeping the number of clients bounded."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import ClassVar

from appliance.errors import NightboxError
from appliance.surfaces.jsonrpc.client import Client, Content
from appliance.surfaces.jsonrpc.limits import MOST_CLIENTS, SPARED_SECONDS

log = logging.getLogger(__name__)

TOO_MANY = b"Failed! Too many connections\r\n"


class PortTaken(NightboxError):
    """Nobody can connect: the port is not to be had."""

    code: ClassVar[str] = "jsonrpc.unavailable"
    default_advice: ClassVar[str] = "Choose another jsonrpc.port, or end the program that uses it (CCDciel?)."


class Server:
    """Its clients. `port` is the one in use."""

    def __init__(self, content: Content, most: int = MOST_CLIENTS) -> None:
        self._content, self._most = content, most
        self._clients: dict[asyncio.Task[None], Client] = {}
        self._count = 0
        self.port = 0

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator["Server"]:
        """For as long as the block lasts; `host` "" is every address. PortTaken when that cannot be."""
        try:
            server = await asyncio.start_server(self._take, sock=_listener(host, port), limit=2**16)
        except OSError as error:
            where = f"{host or 'any address'}, port {port}"
            raise PortTaken(f"JSON-RPC cannot listen on {where}: {error.strerror or error}.") from error
        self.port = int(server.sockets[0].getsockname()[1])
        try:
            yield self
        finally:
            server.close()
            for task, client in list(self._clients.items()):
                client.abort()
                task.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)
            await server.wait_closed()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Not a coroutine: so the task that serves the client is ours to end."""
        if len(self._clients) >= self._most and not self._make_room():
            with suppress(OSError):
                writer.write(TOO_MANY)
            writer.close()
            return
        self._count += 1
        client = Client(self._count, reader, writer, self._content)
        task = asyncio.create_task(client.serve(), name="jsonrpc client")
        self._clients[task] = client
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._clients.pop(task, None)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("a JSON-RPC client was dropped", exc_info=bug)

    def _make_room(self) -> bool:
        """Drop who has been idle for longest, if that was long."""
        now = asyncio.get_running_loop().time()
        idle = [(client.since, task) for task, client in self._clients.items() if client.since is not None]
        since, task = min(idle, key=lambda one: one[0], default=(now, None))
        if task is None or now - since < SPARED_SECONDS:
            return False
        self._clients.pop(task).abort()
        return True


def _listener(host: str, port: int) -> socket.socket:
    """One socket; for every address it takes IPv4 and IPv6, where there is that."""
    if host == "" and socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=32)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=32)
