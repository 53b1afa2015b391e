"""A client of the passthrough inside the box, for the page: there while somebody looks, and a while after.

It goes by the very way of a program outside: the same leases, the same interlock, the same refusals.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.errors import DeviceError, DeviceRefused
from appliance.surfaces.indi_browser.tree import Key, Shown, Tree
from appliance.surfaces.indi_passthrough.reading import read_elements
from appliance.surfaces.indi_passthrough.socket_wire import Closed, SocketWire
from hardware.indi_wire import (
    Element,
    MalformedElement,
    WireError,
    encode,
    get_properties,
    number,
)

NAME = "the page's driver panel"  # as leases know it
IDLE_SECONDS = 300.0  # nobody looks any more: it goes, and what it had is free
LOOK_SECONDS = 5.0
READY_SECONDS = 4.0  # for the first devices to come
ANSWER_SECONDS = 10.0
CLOSE = 1e-9
NOTHING = "Nothing was set."
SEE_LINES = "The lines below the properties are what drivers say."
GONE = "Try again in a moment: Nightbox reaches for what has gone."

LetIn = Callable[[SocketWire, str], None]


@dataclass(slots=True)
class _Asked:
    """What was asked for, and the future that its answer ends."""

    element: Element
    answer: "asyncio.Future[Shown]"
    heard: bool = False


class Browser:
    """`serve` it for as long as the passthrough runs; it connects when it is looked at for the first time."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.looked_at = asyncio.Event()
        self._wire: SocketWire | None = None
        self._connected = asyncio.Event()
        self._news = asyncio.Event()
        self._last = float("-inf")
        self._asked: dict[Key, list[_Asked]] = {}

    async def look(self) -> None:
        """Somebody does: returns when the first devices are known, or none has come in good time."""
        self._last = asyncio.get_running_loop().time()
        self.looked_at.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                while not self.tree.devices:
                    await self._news.wait()

    async def set(self, wish: Element) -> Shown | None:
        """The property once its driver has taken it on or done it, None when it said nothing in good time.

        DeviceRefused, with the reason, when the box or the driver will not; DeviceError while INDI is away.
        """
        self._last = asyncio.get_running_loop().time()
        key = wish.device, wish.name
        asked = _Asked(wish, asyncio.get_running_loop().create_future())
        self._asked.setdefault(key, []).append(asked)
        try:
            if self._wire is None:
                raise Closed("not connected")
            await self._wire.write(encode(wish))
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asked.answer
        except TimeoutError:
            return self.tree.find(*key) if asked.heard else None
        except Closed as away:
            raise DeviceError(wish.device, "INDI does not answer", advice="Try again in a moment.") from away
        finally:
            self._asked[key].remove(asked)
            if not self._asked[key]:
                del self._asked[key]

    async def serve(self, let_in: LetIn) -> None:
        """Until cancelled."""
        while True:
            await self.looked_at.wait()
            ours, theirs = socket.socketpair()
            let_in(SocketWire(theirs), NAME)
            self._wire = SocketWire(ours)
            try:
                await self._follow(self._wire)
            except (Closed, WireError, TimeoutError):
                self.looked_at.clear()
            finally:
                self._end()

    async def _follow(self, wire: SocketWire) -> None:
        """TimeoutError when nobody has looked for a while."""
        await wire.write(encode(get_properties()))
        reading = asyncio.ensure_future(read_elements(wire, self._take, self._stir))
        try:
            while not reading.done():
                await asyncio.wait({reading}, timeout=LOOK_SECONDS)
                if asyncio.get_running_loop().time() - self._last > IDLE_SECONDS:
                    raise TimeoutError
            reading.result()
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    def _stir(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _take(self, element: Element) -> None:
        key = self.tree.take(element)
        if element.tag == "message":
            self._refused(element)
        shown = None if key is None else self.tree.find(*key)
        if key is not None and shown is not None and element.tag.startswith("set"):
            for asked in self._asked.get(key, ()):
                _answered(asked, element, shown)

    def _refused(self, words: Element) -> None:
        """Of a property that has gone meanwhile there is nothing else to tell than words."""
        for (device, name), every in self._asked.items():
            for asked in every if device == words.device and self.tree.find(device, name) is None else ():
                if not asked.answer.done():
                    why = words.attributes.get("message", "")
                    asked.answer.set_exception(DeviceRefused(device, why, advice=GONE))

    def _end(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None
        self.tree.clear()
        for every in self._asked.values():
            for asked in every:
                if not asked.answer.done():
                    asked.answer.set_exception(Closed("INDI has gone"))


def _answered(asked: _Asked, news: Element, shown: Shown) -> None:
    """Busy, or as it was wanted, is an answer; so is Alert. What a driver tells by itself is none."""
    asked.heard = True
    if asked.answer.done():
        return
    state, why = news.attributes.get("state", ""), news.attributes.get("message", "")
    if state == "Alert":
        asked.answer.set_exception(_refusal(shown, why))
    elif state == "Busy" or _so(asked.element, shown):
        asked.answer.set_result(shown)


def _refusal(shown: Shown, why: str) -> DeviceError:
    words = why.removeprefix(f"{shown.device}: ") or "its driver refuses it and does not say why"
    return DeviceRefused(shown.device, words, advice=NOTHING if why else SEE_LINES)


def _so(wish: Element, shown: Shown) -> bool:
    """Momentary switches go off by themselves: that there is news is all that they say."""
    if shown.kind == "Switch" and shown.rule != "OneOfMany":
        return True
    return all(_same(shown.kind, text, shown.items[name].text) for name, text in wish.values())


def _same(kind: str, wanted: str, is_: str) -> bool:
    if kind != "Number":
        return wanted == is_
    try:
        one, other = number(wanted), number(is_)
    except MalformedElement:
        return False
    return abs(one - other) <= CLOSE * max(1.0, abs(one))
