"""INDI's stream as the guardian reads it, however it is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.guardian.wire import MOST_BYTES, Message, Property, Reader, switch

STREAM = (
    b"""<?xml version="1.0"?>\n<defSwitchVector device="Dome &amp; Co" name="DOME_SHUTTER" state="Idle">
    <defSwitch name="SHUTTER_OPEN">\nOn\n</defSwitch>
    <defSwitch name="SHUTTER_CLOSE"> Off </defSwitch></defSwitchVector>
    <!-- between --> junk <message device="Dome &amp; Co" message="[INFO] moving"/>"""
    b"""<?xml version='1.0'?><setSwitchVector device="Dome &amp; Co" name="DOME_SHUTTER" state="Busy"/>"""
    b"""<delProperty device="Dome &amp; Co"/>"""
)
EXPECTED = [
    Property("Dome & Co", "DOME_SHUTTER", "Idle", {"SHUTTER_OPEN": "On", "SHUTTER_CLOSE": "Off"}),
    Message("Dome & Co", "[INFO] moving"),
    Property("Dome & Co", "DOME_SHUTTER", "Busy", {}),
    Message("Dome & Co", gone=True),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_it_reads_the_same_however_it_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    reader = Reader()
    parts = [STREAM[a:b] for a, b in itertools.pairwise(places)]
    assert [item for part in parts for item in reader.read(part)] == EXPECTED


def test_what_never_ends_or_is_no_xml_is_refused() -> None:
    with pytest.raises(ValueError, match="without an end"):
        list(Reader().read(b"<setBLOBVector>" + b"A" * (MOST_BYTES + 1)))
    with pytest.raises(ValueError, match="not INDI"):
        list(Reader().read(b"</what>"))


def test_a_switch_is_escaped() -> None:
    (item,) = Reader().read(switch('A "B" <C>', "P", "PARK").replace(b"new", b"set"))
    assert item == Property('A "B" <C>', "P", "", {"PARK": "On"})
