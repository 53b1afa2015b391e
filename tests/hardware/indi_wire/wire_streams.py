"""Streams to be read: what drivers and clients send, and what they should not."""

from hypothesis import strategies as st

from hardware.indi_wire import Element, ElementScanner, Member, Piece, WireError, encode

KINDS = ("Text", "Number", "Switch", "Light")
NAMES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_ 0123456789", min_size=1, max_size=12)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=30,
).map(str.strip)
ATTRIBUTES = st.dictionaries(st.sampled_from(["label", "state", "timeout", "message"]), TEXTS, max_size=3)
JUNK = st.sampled_from(
    [
        b"", b"\n", b" \t\r\n", b'<?xml version="1.0"?>', b"<!-- <setSwitchVector> -- -->", b"a < b & c > d",
        b"</stray>", b"<unknown attribute='1'>", b"<>", b"\xff\xfe\x00", b"]]>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"<setNumberVectors/>", b"<oneNumber name='A'>5</oneNumber>",
    ]
)  # fmt: skip


@st.composite
def elements(draw: st.DrawFn) -> Element:
    """Any element that can be sent."""
    kind, verb = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["def", "set", "new"]))
    attributes = {"device": draw(NAMES), "name": draw(NAMES), **draw(ATTRIBUTES)}
    if draw(st.integers(0, 3)) == 0:
        tag = draw(st.sampled_from(["getProperties", "message", "delProperty", "pingReply"]))
        return Element(tag, attributes)
    member_tag = ("def" if verb == "def" else "one") + kind
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    members = tuple(Member(member_tag, name, draw(TEXTS), {"name": name}) for name in names)
    return Element(f"{verb}{kind}Vector", attributes, members)


STREAMS = st.lists(st.tuples(JUNK, elements().map(encode)), max_size=6).map(
    lambda pairs: b"".join(junk + element for junk, element in pairs)
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Streams with pieces cut out, doubled, or overwritten."""
    stream = bytearray(draw(STREAMS))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(stream)))
        end = min(len(stream), begin + draw(st.integers(0, 20)))
        stream[begin:end] = draw(
            st.sampled_from([b"", b"<", b'"', b">", b"/>", b"<!--", bytes(stream[begin:])])
        )
    return bytes(stream)


@st.composite
def split(draw: st.DrawFn, streams: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    """A stream, whole and in chunks."""
    stream = draw(streams)
    if draw(st.booleans()):
        return stream, [stream[n : n + 1] for n in range(len(stream))]
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    return stream, [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def scanned(scanner: ElementScanner, *chunks: bytes) -> tuple[list[Piece], WireError | None]:
    """Every piece, and the error that came after them."""
    pieces: list[Piece] = []
    try:
        for chunk in chunks:
            pieces += scanner.feed(chunk)
    except WireError as wrong:
        return pieces, wrong
    return pieces, None


def joined(pieces: list[Piece]) -> list[tuple[str, bytes]]:
    """Whole elements, the pieces of streamed ones put together."""
    found: list[tuple[str, bytes]] = []
    parts = b""
    for piece in pieces:
        if piece.tag:
            parts = piece.raw if piece.first else parts + piece.raw
            if piece.last:
                found.append((piece.tag, parts))
    return found
