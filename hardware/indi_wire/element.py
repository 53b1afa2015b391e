"""One INDI element, understood: its attributes, and the members of a vector."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple
from xml.parsers import expat

from hardware.indi_wire.errors import MalformedElement

_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WITHOUT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_START = re.compile(rb"""[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*""")
_DEEPEST = 2
# More than any vector has, and few enough to be done with in some milliseconds.
_MOST_MEMBERS = _MOST_AMPERSANDS = 4096


class Member(NamedTuple):
    """One of a vector, as <oneNumber>: its `text` without the white space around it."""

    tag: str
    name: str
    text: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the stream; `text` is its own, as of enableBLOB. Nothing but its shape was checked."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    text: str = ""

    @property
    def device(self) -> str:
        """Empty when it names none."""
        return self.attributes.get("device", "")

    @property
    def name(self) -> str:
        """The property's; empty when it names none."""
        return self.attributes.get("name", "")

    def values(self) -> Iterator[tuple[str, str]]:
        """Each member's name and text, in order; a name may come twice."""
        return ((member.name, member.text) for member in self.members)


def parse_element(raw: bytes) -> Element:
    """One whole element, as an ElementScanner hands it on; MalformedElement when it cannot be understood.

    Borne with, because INDI's own library does: ampersands that begin no entity, text that is not UTF-8 (it
    is then read as Latin-1), control characters (dropped).
    """
    return _Builder().build(raw)


def parse_start(raw: bytes) -> Element:
    """Only what the start tag says, of bytes that begin with a whole one; MalformedElement as above."""
    start = _START.match(raw)
    end = start.end() if start else 0
    if raw[end : end + 1] != b">":
        raise MalformedElement("a start tag without an end")
    return parse_element(raw[:end].removesuffix(b"/") + b"/>")


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if _NOT_XML.search(text):
        text = text.translate(_WITHOUT)
    if "&" in text:
        text, bare = _BARE_AMPERSAND.subn("&amp;", text, _MOST_AMPERSANDS)
        if bare == _MOST_AMPERSANDS:
            raise MalformedElement("ampersands without a meaning")
    return text


class _Builder:
    """Expat's events, of two levels; a document type, which could define entities, is refused."""

    def __init__(self) -> None:
        self._open: list[tuple[str, dict[str, str]]] = []
        self._texts: list[list[str]] = []
        self._members: list[Member] = []
        self._element: Element | None = None

    def build(self, raw: bytes) -> Element:
        text = _text(raw)
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError as wrong:
            raise MalformedElement(f"not XML ({wrong})") from wrong
        assert self._element
        return self._element

    def _declared(self, *_: object) -> None:
        raise MalformedElement("a document type of its own")

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) == _DEEPEST:
            raise MalformedElement(f"<{tag}> inside a member")
        if len(self._members) == _MOST_MEMBERS:
            raise MalformedElement(f"more than {_MOST_MEMBERS} members")
        self._open.append((tag, attributes))
        self._texts.append([])

    def _said(self, text: str) -> None:
        self._texts[-1].append(text)

    def _ended(self, _: str) -> None:
        tag, attributes = self._open.pop()
        text = "".join(self._texts.pop()).strip()
        if self._open:
            self._members.append(Member(tag, attributes.get("name", ""), text, attributes))
        else:
            self._element = Element(tag, attributes, tuple(self._members), text)
