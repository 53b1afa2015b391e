"""The elements that come over a wire, one by one."""

from collections.abc import Callable
from typing import NoReturn

from appliance.surfaces.indi_passthrough.socket_wire import SocketWire
from appliance.surfaces.indi_passthrough.turns import Turns
from hardware.indi_wire import Element, ElementScanner, WireError, parse_element


async def read_elements(
    wire: SocketWire, take: Callable[[Element], None], stir: Callable[[], None]
) -> NoReturn:
    """`take` each, letting others have their turn, and `stir` after each piece of news; Closed at its end.

    One that nobody can understand changes nothing; WireError for bytes that are no elements at all.
    """
    scanner, turns = ElementScanner(), Turns()
    while True:
        data = await wire.read()
        turns.begin()
        for piece in scanner.feed(data):
            if piece.tag and (element := _understood(piece.raw)) is not None:
                take(element)
            await turns.over()
        stir()


def _understood(raw: bytes) -> Element | None:
    try:
        return parse_element(raw)
    except WireError:
        return None
