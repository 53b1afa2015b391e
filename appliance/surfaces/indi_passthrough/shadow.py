"""What is true on the INDI server, by a connection of our own: for refusals, for movements, for stops.

It never asks for frames. Clients have their own connections; nothing of theirs passes here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from appliance.surfaces.indi_passthrough.reading import read_elements
from appliance.surfaces.indi_passthrough.socket_wire import Closed, SocketWire
from appliance.surfaces.indi_passthrough.vectors import Known
from hardware.indi_wire import Element, WireError, encode, get_properties

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
MOST_PROPERTIES = 20_000  # a driver that invents new ones for ever fills no memory


class Shadow:
    """The server's properties as last told; empty while it is away."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._known: dict[tuple[str, str], Known] = {}
        self._devices: Counter[str] = Counter()
        self._wire: SocketWire | None = None
        self._changed = asyncio.Event()
        self.came: list[Callable[[], None]] = []
        """Called each time that the server is there again."""

    @property
    def up(self) -> bool:
        """Is the server there?"""
        return self._wire is not None

    def find(self, device: str, name: str) -> Known | None:
        """One property; None for one that is not defined now."""
        return self._known.get((device, name))

    def has(self, device: str) -> bool:
        """Is there a device of this name now?"""
        return device in self._devices

    async def run(self) -> None:
        """Stay connected, for as long as the passthrough runs."""
        attempts = 0
        while True:
            try:
                wire = await SocketWire.to_server(self.host, self.port)
            except OSError:
                await asyncio.sleep(RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)])
                attempts += 1
                continue
            attempts = 0
            try:
                await self._follow(wire)
            except (Closed, WireError) as gone:
                log.info("the INDI server has gone: %s", gone)
            finally:
                self._wire = None
                wire.close()
                self._known.clear()
                self._devices.clear()
                self._stir()

    async def _follow(self, wire: SocketWire) -> None:
        await wire.write(encode(get_properties()))
        self._wire = wire
        for tell in self.came:
            tell()
        await read_elements(wire, self._take, self._stir)

    def _take(self, element: Element) -> None:
        key = element.device, element.name
        if element.tag.startswith("def"):
            if key not in self._known:
                if len(self._known) >= MOST_PROPERTIES:
                    return
                self._devices[element.device] += 1
            self._known[key] = Known.defined(element)
        elif element.tag.startswith("set"):
            if (known := self._known.get(key)) is not None:
                known.update(element)
        elif element.tag == "delProperty":
            for gone in [one for one in self._known if one[0] == key[0] and key[1] in {"", one[1]}]:
                del self._known[gone]
                self._devices[gone[0]] -= 1
            self._devices = +self._devices

    def _stir(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def send(self, element: Element) -> None:
        """A command of the box's own; Closed while the server is away."""
        if self._wire is None:
            raise Closed("the INDI server is away")
        await self._wire.write(encode(element))

    async def until(self, device: str, name: str, so: Callable[[Known], bool], within: float) -> bool:
        """Wait until the property is so; False when it was not in so many seconds, or is no more."""
        try:
            async with asyncio.timeout(within):
                while (known := self.find(device, name)) is not None and not so(known):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return known is not None
