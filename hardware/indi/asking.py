"""Asking a driver what is so now: most tell of changes only, and one that hangs tells of none."""

import asyncio
from collections.abc import Awaitable, Callable

from hardware.errors import DeviceError
from hardware.indi.line import Line
from hardware.indi.link import Picture, Property
from hardware.indi.properties import Remote
from hardware.indi.vectors import Vectors
from hardware.indi_wire import ElementScanner, WireError, encode, get_properties, parse_element

# A property of a device as its driver tells it when asked; DeviceError when it does not.
Ask = Callable[[str, str], Awaitable[Property]]
ASK_SECONDS = 3.0
AGAIN_SECONDS = 0.2
TIMES = 3


def asking(socket: str) -> Ask:
    """Each question has a connection of its own: a server answers it in a fraction of a millisecond.

    libindi's client hears nothing of the answer, because it knows the property already.
    """

    async def ask(device: str, name: str) -> Property:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await _answer(socket, device, name)
        except TimeoutError as late:  # which is an OSError, too
            raise DeviceError(device, f"its driver does not say what {name} is now") from late
        except (OSError, WireError, EOFError) as broken:
            raise DeviceError(device, f"it cannot be asked for {name} ({broken})") from broken

    return ask


async def _answer(socket: str, device: str, name: str) -> Property:
    line, heard = await Line.opened(socket), _Heard(device, name)
    vectors, scanner = Vectors(heard), ElementScanner()
    try:
        await line.send(encode(get_properties(device, name)))
        while heard.prop is None:
            if not (data := await line.receive()):
                raise EOFError("the server has hung up")
            for piece in scanner.feed(data):
                if piece.tag:
                    vectors.take(parse_element(piece.raw))
        return heard.prop
    finally:
        line.close()


class _Heard:
    """A Listener for the definition of one property."""

    def __init__(self, device: str, name: str) -> None:
        self._wanted = device, name
        self.prop: Property | None = None

    def defined(self, prop: Property) -> None:
        if (prop.device, prop.name) == self._wanted:
            self.prop = prop

    def updated(self, prop: Property) -> None: ...

    def deleted(self, device: str, name: str | None) -> None: ...

    def said(self, device: str | None, text: str) -> None: ...

    def received(self, picture: Picture) -> None: ...

    def lost(self, reason: str) -> None: ...


class Fresh:
    """Some properties of one device, none of them older than `seconds` when they are read."""

    def __init__(self, remote: Remote, ask: Ask, seconds: float, *names: str) -> None:
        self._remote, self._ask, self._seconds, self._names = remote, ask, seconds, names

    async def proved(self) -> None:
        """Returns at once when the driver has spoken lately, else when it has been asked; DeviceError."""
        for name in self._names:
            if self._remote.find(name) is not None and self._remote.age(name) >= self._seconds:
                await self._prove(name)

    async def _prove(self, name: str) -> None:
        """What differs may be on its way on the other connection: then it is asked again, and believed."""
        for _ in range(TIMES):
            now, known = await self._ask(self._remote.name, name), self._remote.get(name)
            if known.says_as(now):
                break
            await asyncio.sleep(AGAIN_SECONDS)
        self._remote.confirm(now)
