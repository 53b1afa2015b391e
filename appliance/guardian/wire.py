"""INDI's XML, as little of it as the guardian needs: switches out, states in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import quoteattr

MOST_BYTES = 1 << 20  # of one element; BLOBs are never asked for
_DECLARATION = b"<?xml"


@dataclass(frozen=True, slots=True)
class Property:
    """One property as last heard; `state` is Idle, Ok, Busy or Alert, values are stripped text.

    `kind` is switch, light, number or text.
    """

    device: str
    name: str
    state: str
    values: dict[str, str]
    kind: str = "switch"

    def is_on(self, element: str) -> bool:
        """Whether a switch is on."""
        return self.values.get(element) == "On"


@dataclass(frozen=True, slots=True)
class Message:
    """What a driver says; `gone` when it says that the device or one property (`name`) has gone."""

    device: str
    text: str = ""
    gone: bool = False
    name: str = ""


def ask(device: str, name: str = "") -> bytes:
    """Please tell of this device, or of one property of it, now and from now on."""
    one = f" name={quoteattr(name)}" if name else ""
    return f'<getProperties version="1.7" device={quoteattr(device)}{one}/>\n'.encode()


def switch(device: str, name: str, element: str) -> bytes:
    """Switch on one element of a device's property."""
    return (
        f"<newSwitchVector device={quoteattr(device)} name={quoteattr(name)}>"
        f"<oneSwitch name={quoteattr(element)}>On</oneSwitch></newSwitchVector>\n"
    ).encode()


class Reader:
    """A stream of elements without a root; ValueError for what is no INDI, or one element without an end.

    XML declarations may come at the head of any message: they are left out.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._parser: Any = Xml.XMLPullParser(["start", "end"])
        self._parser.feed("<stream>")
        self._depth = self._unfinished = 0
        self._root: Xml.Element | None = None
        self._held = b""

    def read(self, data: bytes) -> Iterator[Property | Message]:
        """What these bytes complete."""
        data, self._held = self._held + data, b""
        while (at := data.find(_DECLARATION)) >= 0:
            yield from self._feed(data[:at])
            _, end, rest = data[at:].partition(b"?>")
            if not end:
                self._held = data[at : at + MOST_BYTES]
                return
            data = rest
        cut = _begun(data)
        self._held = data[cut:]
        yield from self._feed(data[:cut])

    def _feed(self, data: bytes) -> Iterator[Property | Message]:
        self._unfinished += len(data)
        if self._unfinished > MOST_BYTES:
            raise ValueError("an element without an end")
        try:
            self._parser.feed(data)
            events: list[Any] = list(self._parser.read_events())
        except Xml.ParseError as wrong:
            raise ValueError(f"not INDI: {wrong}") from wrong
        for event, element in events:
            if not isinstance(element, Xml.Element):
                continue
            self._depth += 1 if event == "start" else -1
            if self._depth == 1 and event == "start":
                self._root = element
            elif self._depth == 1:
                self._unfinished = 0
                if self._root is not None:
                    self._root.clear()  # what is understood need not be kept
                yield from _understood(element)


def _begun(data: bytes) -> int:
    """Where the beginning of a declaration begins at the end of the data; the end without one."""
    for length in range(len(_DECLARATION) - 1, 0, -1):
        if data.endswith(_DECLARATION[:length]):
            return len(data) - length
    return len(data)


def _understood(element: Xml.Element) -> Iterator[Property | Message]:
    device, name = element.get("device", ""), element.get("name", "")
    if element.tag == "delProperty":
        yield Message(device, gone=True, name=name)
    if text := element.get("message", ""):
        yield Message(device, text)
    if element.tag.endswith("Vector") and element.tag[:3] in {"def", "set"}:
        values = {one.get("name", ""): (one.text or "").strip() for one in element}
        kind = element.tag[3:].removesuffix("Vector").lower()
        yield Property(device, name, element.get("state", ""), values, kind)
