"""What elements say, in and out."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.indi_wire import (
    Element,
    ElementScanner,
    MalformedElement,
    Member,
    WireError,
    enable_blob,
    encode,
    get_properties,
    message,
    number,
    parse_element,
    parse_start,
    ping,
)
from tests.hardware.indi_wire.wire_streams import elements, joined, scanned, spoilt


def test_a_vector_as_drivers_send_it() -> None:
    element = parse_element(
        b"""<setNumberVector device="Telescope &amp; &quot;more&quot;" name='EQUATORIAL_EOD_COORD' state="Ok">
    <oneNumber name="RA">
       -12:30:36
    </oneNumber>
    <oneNumber name="DEC" min="-90">41.5</oneNumber><oneNumber name="empty"/>
</setNumberVector   >"""
    )
    assert (element.tag, element.device, element.name) == (
        "setNumberVector",
        'Telescope & "more"',
        "EQUATORIAL_EOD_COORD",
    )
    assert list(element.values()) == [("RA", "-12:30:36"), ("DEC", "41.5"), ("empty", "")]
    assert element.members[1] == Member("oneNumber", "DEC", "41.5", {"name": "DEC", "min": "-90"})


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"<message message='Tom &amp; Jerry &lt;&#176;C'/>", "Tom & Jerry <°C"),
        (b"<message message='Tom & Jerry &unknown; &'/>", "Tom & Jerry &unknown; &"),
        ("<message message='12 °C'/>".encode(), "12 °C"),
        (b"<message message='12 \xb0C'/>", "12 °C"),
        (b"<message message='be\x07ll\x00'/>", "bell"),
        (b"<message message='a > b'/>", "a > b"),
    ],
)
def test_what_is_borne_with(raw: bytes, text: str) -> None:
    assert parse_element(raw).attributes == {"message": text}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"<message",
        b"<message message='a' message='b'/>",
        b"<message/><message/>",
        b"<setTextVector><oneText>a</oneNumber></setTextVector>",
        b"<setTextVector><oneText><deeper/></oneText></setTextVector>",
        b"<!DOCTYPE m [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><message message='&b;'/>",
        b"<!DOCTYPE m SYSTEM 'file:///etc/passwd'><message/>",
        b"<setTextVector>" + b"<a>" * 100_000,
    ],
)
def test_what_is_no_element_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedElement):
        parse_element(raw)


def test_the_start_tag_alone() -> None:
    raw = b"<setBLOBVector device='A > B' name=\"it's\"\n state='Ok'>\n<oneBLOB name='CCD1'>QUJD"
    assert parse_start(raw).attributes == {"device": "A > B", "name": "it's", "state": "Ok"}
    assert parse_start(b"<message device='M'/>") == Element("message", {"device": "M"})
    for half in (b"<message", b"<message device='M", b"", b"junk"):
        with pytest.raises(MalformedElement):
            parse_start(half)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 12.5\n", 12.5),
        ("-12:30:36", -12.51),
        ("-0:30", -0.5),
        ("+5 30 0", 5.5),
        ("5;30;1.8", 5.5005),
        ("1e-5", 1e-5),
        ("12:30.5", 12.508333333333333),
        ("-inf", -math.inf),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "twelve", "1:2:3:4", "1:", "1_000", "1:-2", "٣", "9" * 65, "1" + " " * 60 + "x"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedElement):
        number(text)


def test_nan_is_a_number_on_the_wire() -> None:
    assert math.isnan(number("nan"))


def test_commands_as_they_go_out() -> None:
    assert encode(get_properties()) == b'<getProperties version="1.7"/>\n'
    assert encode(get_properties("A", "B")) == b'<getProperties version="1.7" device="A" name="B"/>\n'
    assert encode(enable_blob("Also", "A", "B")) == b'<enableBLOB device="A" name="B">Also</enableBLOB>\n'
    assert encode(message("A", "no <way>")) == b'<message device="A" message="no &lt;way&gt;"/>\n'
    assert encode(ping("1")) == b'<pingRequest uid="1"/>\n'
    park = Element("newSwitchVector", {"device": "A"}, (Member("oneSwitch", "PARK", "On"),))
    assert encode(park) == (
        b'<newSwitchVector device="A">\n<oneSwitch name="PARK">On</oneSwitch>\n</newSwitchVector>\n'
    )


@pytest.mark.parametrize(
    "element",
    [
        Element("message", {"message": "\x00"}),
        Element("message", {"message": "\ud800"}),
        Element("message", {"a b": ""}),
        Element("message/><message", {}),
        Element("newTextVector", {}, (Member("oneText>", "a"),)),
    ],
)
def test_what_xml_cannot_say_is_not_sent(element: Element) -> None:
    with pytest.raises(MalformedElement):
        encode(element)


@pytest.mark.fuzz
@given(elements())
@example(Element("message", {"message": "\r\n\t \"'<>&"}))
@example(Element("setTextVector", {}, (Member("oneText", "a", "x\r\n\ty", {"name": "a"}),)))
def test_what_goes_out_comes_back(element: Element) -> None:
    [(tag, raw)] = joined(scanned(ElementScanner(), encode(element))[0])
    assert tag == element.tag
    assert parse_element(raw) == element
    assert parse_start(raw).attributes == element.attributes


@pytest.mark.fuzz
@given(spoilt() | st.binary(max_size=300))
def test_junk_is_understood_or_refused_and_nothing_else(raw: bytes) -> None:
    for tag, element in [("", raw), *joined(scanned(ElementScanner(), raw)[0])]:
        try:
            assert parse_element(element).tag == tag or not tag
        except WireError:
            continue


@pytest.mark.fuzz
@given(st.text(max_size=80))
def test_any_text_is_a_number_or_none(text: str) -> None:
    try:
        assert isinstance(number(text), float)
    except WireError:
        assert not text.isdecimal() or len(text) > 64 or not text.isascii()
