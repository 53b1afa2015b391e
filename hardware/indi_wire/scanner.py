"""Where the elements of an INDI stream begin and end; every byte is handed on as it came.

INDI's elements never hold one another, so the first closing tag of its name ends an element, and another
one's beginning shows that the first was only half a message. That needs no parser: a frame of 70 MB is passed
over by one search for "<", and after a half message the next whole one is found.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import NamedTuple

from hardware.indi_wire.errors import TooLong

LONGEST = 1 << 18  # more takes too long to understand in one go
LONGEST_STREAMED = 1 << 30
BLOB = frozenset({"setBLOBVector"})
_KINDS = ("Text", "Number", "Switch", "Light", "BLOB")
_TAGS = (
    *(f"{verb}{kind}Vector" for verb in ("def", "set", "new") for kind in _KINDS),
    *("getProperties", "enableBLOB", "message", "delProperty", "pingRequest", "pingReply"),
)
_KNOWN = "(?:" + "|".join(_TAGS) + r")(?=[\s/>])"
_JUNK_ENDS = {b"<!--": b"-->", b"<?": b"?>"}
_OPENING = re.compile(f"<({_KNOWN})|<!--|<\\?".encode())
_OPENINGS = (*(f"<{tag}".encode() for tag in _TAGS), *_JUNK_ENDS)
_LONGEST_OPENING = max(map(len, _OPENINGS))
_LONGEST_ENDING = 64  # a closing tag, with white space before its ">"
_TAG_MARK = re.compile(rb"[<>\"']")
_QUOTED_MARK = {quote: re.compile(b"[<" + quote + b"]") for quote in (b'"', b"'")}


@cache
def _ending(tag: str) -> re.Pattern[bytes]:
    """What ends an element of this tag, or shows that it will never end."""
    return re.compile(rf"</{tag}\s{{0,32}}>|<{_KNOWN}".encode())


def _may_end(tag: str, begun: bytes) -> bool:
    """Whether more bytes could make an ending of it."""
    return f"</{tag}".encode().startswith(begun.rstrip()) or any(o.startswith(begun) for o in _OPENINGS)


class Piece(NamedTuple):
    """Bytes of a stream as they came.

    `tag` names the element they belong to; it is empty between elements (white space, declarations,
    comments, junk, half messages). An element is one piece, first and last at once, unless its tag is
    streamed; the first piece of a streamed one has its whole start tag.
    """

    raw: bytes
    tag: str = ""
    first: bool = True
    last: bool = True


class ElementScanner:
    """One direction of one connection.

    `longest`: bytes of one element, start tag or comment; TooLong beyond. Elements whose tag is in `streamed`
    are handed on in pieces as they arrive, and may have `longest_streamed` bytes.
    """

    def __init__(
        self,
        *,
        longest: int = LONGEST,
        streamed: Collection[str] = (),
        longest_streamed: int = LONGEST_STREAMED,
    ) -> None:
        self._longest, self._longest_streamed, self._streamed = longest, longest_streamed, streamed
        self._held = bytearray()
        self._looked = 0  # so far was searched: no byte is searched anew for each chunk
        self._step: Callable[[], Piece | None] = self._between
        self._tag, self._quote, self._junk_end = "", b"", b""
        self._flowed = 0
        self._broken: TooLong | None = None

    @property
    def held(self) -> int:
        """Bytes that wait for the rest of what they began."""
        return len(self._held)

    def feed(self, data: bytes) -> Iterator[Piece]:
        """What these bytes complete, in order; to be iterated to its end.

        All pieces joined are the stream, but for what is held. TooLong, now and ever after, when an element
        passes its bound.
        """
        if self._broken is not None:
            raise self._broken
        if self._flowed and not self._held and b"<" not in data:
            yield self._flow_on(data)  # the inside of a frame, not copied
            return
        self._held += data
        while (piece := self._step()) is not None:
            yield piece

    def _between(self) -> Piece | None:
        held = self._held
        opening = _OPENING.search(held)
        if opening is None:
            return self._rest_of_junk()
        if opening.start():
            return self._cut(opening.start())
        self._looked, self._quote, self._tag = opening.end(), b"", (opening[1] or b"").decode()
        if self._tag:
            return self._go_on(self._start_tag)
        self._junk_end = _JUNK_ENDS[opening[0]]
        return self._go_on(self._junk)

    def _rest_of_junk(self) -> Piece | None:
        """All of it, but for a "<" near the end that may still begin something."""
        held = self._held
        begins = held.find(b"<", max(0, len(held) - _LONGEST_OPENING))
        while begins >= 0:
            begun = bytes(held[begins:])
            if any(start.startswith(begun) for start in _OPENINGS):
                return self._cut(begins) if begins else None
            begins = held.find(b"<", begins + 1)
        return self._cut(len(held)) if held else None

    def _junk(self) -> Piece | None:
        found = self._held.find(self._junk_end, self._looked)
        if found < 0:
            self._wait(len(self._junk_end) - 1)
            return None
        return self._cut(found + len(self._junk_end))

    def _start_tag(self) -> Piece | None:
        held = self._held
        while mark := (_QUOTED_MARK[self._quote] if self._quote else _TAG_MARK).search(held, self._looked):
            self._looked = mark.end()
            if mark[0] == b"<":
                return self._cut(mark.start())  # half a start tag
            if mark[0] != b">":
                self._quote = b"" if self._quote else mark[0]
            elif held[mark.start() - 1] == ord("/"):
                return self._cut(mark.end(), self._tag)
            elif self._tag in self._streamed:
                self._check(mark.end(), self._longest)
                self._step = self._flow
                return self._flow_on(self._taken(mark.end()), first=True)
            else:
                return self._go_on(self._body)
        self._wait(0)
        return None

    def _body(self) -> Piece | None:
        ends = _ending(self._tag).search(self._held, self._looked)
        if ends is None:
            self._wait(_LONGEST_ENDING)
            return None
        if ends[0].startswith(b"</"):
            return self._cut(ends.end(), self._tag)
        return self._cut(ends.start())  # half a message

    def _flow(self) -> Piece | None:
        held, begins = self._held, -1
        while (begins := held.find(b"<", begins + 1)) >= 0:
            ends = _ending(self._tag).match(held, begins)
            if ends is not None:
                self._step = self._between
                whole = ends[0].startswith(b"</")
                return self._flow_on(self._taken(ends.end() if whole else begins), last=True)
            if len(held) - begins <= _LONGEST_ENDING and _may_end(self._tag, bytes(held[begins:])):
                break
        end = begins if begins >= 0 else len(held)
        return self._flow_on(self._taken(end)) if end else None

    def _flow_on(self, raw: bytes, *, first: bool = False, last: bool = False) -> Piece:
        self._flowed += len(raw)
        self._check(self._flowed, self._longest_streamed)
        if last:
            self._flowed = 0
        return Piece(raw, self._tag, first, last)

    def _go_on(self, step: Callable[[], Piece | None]) -> Piece | None:
        self._step = step
        return step()

    def _wait(self, overlap: int) -> None:
        """All was searched; what may begin in the last `overlap` bytes is looked for again."""
        self._looked = max(self._looked, len(self._held) - overlap)
        self._check(len(self._held), self._longest)

    def _cut(self, length: int, tag: str = "") -> Piece:
        if self._step != self._between:
            self._check(length, self._longest)
        self._step = self._between
        return Piece(self._taken(length), tag)

    def _taken(self, length: int) -> bytes:
        raw = bytes(self._held[:length])
        del self._held[:length]
        return raw

    def _check(self, length: int, most: int) -> None:
        if length > most:
            self._broken = TooLong(f"{self._tag or 'junk'} of more than {most} bytes")
            self._held.clear()
            raise self._broken
