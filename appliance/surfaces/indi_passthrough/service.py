"""Listening for clients: bounded in number, each on its own, and none that takes nothing for long."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from appliance.errors import NightboxError
from appliance.leases import Leases
from appliance.surfaces.indi_passthrough.client import Client, Common
from appliance.surfaces.indi_passthrough.socket_wire import SocketWire
from hardware.indi_wire import Element

log = logging.getLogger(__name__)

MOST_CLIENTS = 32
MOST_OF_ONE = 16  # one computer keeps no other out


class PortTaken(NightboxError):
    """The passthrough cannot listen where it should."""

    code: ClassVar[str] = "passthrough.port"
    default_advice: ClassVar[str] = (
        "Another program listens there, an indiserver perhaps: give it or [passthrough] another port."
    )


class Service:
    """The clients that are there; `gone` gets what must be said to the server when one has gone."""

    def __init__(self, common: Common, leases: Leases, gone: Callable[[list[Element]], None]) -> None:
        self._common, self._leases, self._gone = common, leases, gone
        self._clients: dict[asyncio.Task[None], Client] = {}
        self._turned_away: set[str] = set()

    async def serve(self, listener: socket.socket) -> None:
        """Until cancelled; then every client is let go."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                sock, address = await loop.sock_accept(listener)
                host = str(address[0])
                if self._is_full(host):
                    sock.close()
                else:
                    self.let_in(SocketWire(sock), host)
        finally:
            every = list(self._clients)
            for task in every:
                task.cancel()
            await asyncio.gather(*every, return_exceptions=True)

    def say_to(self, host: str, words: bytes) -> None:
        """To every connection of one client."""
        for client in self._clients.values():
            if client.host == host:
                client.outlet.say(words)

    def _is_full(self, host: str) -> bool:
        """Said once for as long as it lasts: whoever knocks without end fills no log."""
        of_one = sum(client.host == host for client in self._clients.values())
        full = len(self._clients) >= MOST_CLIENTS or of_one >= MOST_OF_ONE
        if full and host not in self._turned_away:
            self._turned_away.add(host)
            log.warning("too many INDI clients: %s was not let in", host)
        elif not full:
            self._turned_away.discard(host)
        return full

    def let_in(self, wire: SocketWire, host: str) -> None:
        """One more client; `host` is how leases know it."""
        client = Client(wire, host, self._common)
        task = asyncio.create_task(self._attended(client))
        self._clients[task] = client
        task.add_done_callback(self._clients.pop)

    async def _attended(self, client: Client) -> None:
        self._leases.came(client.host)
        try:
            await client.run()
        except Exception as bug:  # one client's trouble is nobody else's
            log.error("an INDI client's connection failed", exc_info=bug)
        finally:
            client.close()
            self._gone(client.held_keys())
            self._leases.gone(client.host)


def listening(host: str, port: int) -> socket.socket:
    """PortTaken when that cannot be."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(16)
        listener.setblocking(False)
    except OSError as taken:
        with suppress(OSError):
            listener.close()
        raise PortTaken(f"INDI clients cannot be served at {host}:{port}: {taken.strerror}.") from taken
    return listener
