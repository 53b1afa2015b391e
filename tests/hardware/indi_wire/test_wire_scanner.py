"""Where elements begin and end, however the bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.indi_wire import BLOB, ElementScanner, Piece, TooLong
from tests.hardware.indi_wire.wire_streams import STREAMS, joined, scanned, split, spoilt

FRAME = b"<setBLOBVector device='C > D' name='CCD1'>\n<oneBLOB size='9'>\n%b\n</oneBLOB>\n</setBLOBVector>"


def test_elements_without_a_root_and_what_lies_between_them() -> None:
    stream = (
        b'<?xml version="1.0"?>\n<getProperties version="1.7"/><!-- <message/> -->junk & < > </a><b>'
        b"<?xml?><message device='M' message='a > b'/>\n"
        b"<newSwitchVector >\n<oneSwitch>On</oneSwitch></newSwitchVector \n>"
    )
    pieces, wrong = scanned(ElementScanner(), stream)
    assert wrong is None
    assert b"".join(piece.raw for piece in pieces) == stream
    assert [piece.raw for piece in pieces if piece.tag] == [
        b'<getProperties version="1.7"/>',
        b"<message device='M' message='a > b'/>",
        b"<newSwitchVector >\n<oneSwitch>On</oneSwitch></newSwitchVector \n>",
    ]


@pytest.mark.parametrize(
    "half",
    [
        b"<setNumberVector device='A",
        b"<setNumberVector device='A'",
        b"<setNumberVector device='A'><oneNumber name='B'>5",
        b"<setTextVector device='A'><oneText name='B'>5</oneText></setTextV",
    ],
)
def test_after_half_a_message_the_next_is_found(half: bytes) -> None:
    whole = b"<setNumberVector><oneNumber>1</oneNumber></setNumberVector>"
    assert joined(scanned(ElementScanner(), half + whole)[0]) == [("setNumberVector", whole)]


def test_a_half_message_waits_for_its_rest() -> None:
    scanner = ElementScanner()
    assert list(scanner.feed(b"<message device='x'")) == []
    assert scanner.held == 19
    assert list(scanner.feed(b"/>")) == [Piece(b"<message device='x'/>", "message")]
    assert scanner.held == 0


def test_a_frame_flows_through_in_pieces() -> None:
    frame = FRAME % (b"QUJD" * 1000)
    chunks = [frame[n : n + 700] for n in range(0, len(frame), 700)]
    scanner = ElementScanner(longest=800, streamed=BLOB)
    pieces = [piece for chunk in chunks for piece in scanner.feed(chunk)]
    assert joined(pieces) == [("setBLOBVector", frame)]
    assert pieces[0].raw.startswith(b"<setBLOBVector device='C > D' name='CCD1'>")
    assert any(piece.raw is chunk for piece in pieces for chunk in chunks)  # not even copied
    assert [piece.first for piece in pieces].count(True) == [piece.last for piece in pieces].count(True) == 1


def test_a_frame_that_breaks_off_ends_where_the_next_element_begins() -> None:
    half = b"<setBLOBVector name='CCD1'><oneBLOB>QUJD"
    found = joined(scanned(ElementScanner(streamed=BLOB), half, b"<message/>")[0])
    assert found == [("setBLOBVector", half), ("message", b"<message/>")]


@pytest.mark.parametrize("begin", [b"<message a='", b"<setTextVector>", b"<!--", b"<?", b"<setBLOBVector>"])
@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_what_never_ends_is_given_up_at_the_bound(begin: bytes, chunk: int) -> None:
    scanner = ElementScanner(longest=1000, streamed=BLOB, longest_streamed=1000)
    stream = b"<delProperty/>" + begin + b"x" * 2000 + b"<delProperty/>"
    pieces, wrong = scanned(scanner, *(stream[n : n + chunk] for n in range(0, len(stream), chunk)))
    assert joined(pieces)[0] == ("delProperty", b"<delProperty/>")
    assert "1000 bytes" in str(wrong)
    assert scanner.held == 0
    with pytest.raises(TooLong):
        list(scanner.feed(b"<delProperty/>"))


def test_the_bound_is_on_one_element_not_on_the_stream() -> None:
    pieces, wrong = scanned(ElementScanner(longest=21), b"<message text='abc'/>" * 100 + b"y" * 5000)
    assert wrong is None
    assert len(joined(pieces)) == 100


@pytest.mark.fuzz
@given(
    split(STREAMS | spoilt()),
    st.sampled_from([frozenset(), BLOB, frozenset({"setTextVector", "setNumberVector"})]),
)
def test_any_split_gives_the_same_elements(
    parts: tuple[bytes, list[bytes]], streamed: frozenset[str]
) -> None:
    stream, chunks = parts
    whole, wrong = scanned(scanner := ElementScanner(streamed=streamed), stream)
    pieces, _ = scanned(again := ElementScanner(streamed=streamed), *chunks)
    assert wrong is None
    assert joined(pieces) == joined(whole)
    for found, reader in ((whole, scanner), (pieces, again)):
        assert b"".join(piece.raw for piece in found) == stream[: len(stream) - reader.held]


@pytest.mark.fuzz
@given(split(spoilt() | st.binary(max_size=200)), st.integers(20, 200))
def test_bounds_hold_and_are_the_same_for_any_split(parts: tuple[bytes, list[bytes]], longest: int) -> None:
    stream, chunks = parts
    whole = scanned(ElementScanner(longest=longest), stream)
    scanner = ElementScanner(longest=longest)
    pieces, wrong = [], None
    for chunk in chunks:
        found, wrong = scanned(scanner, chunk)
        pieces += found
        assert scanner.held <= longest
        if wrong:
            break
    assert joined(pieces) == joined(whole[0])
    assert (wrong is None) == (whole[1] is None)
