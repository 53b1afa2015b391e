"""What each INDI command asks for, name by name."""

import pytest

from appliance.safety.interlock import Command
from appliance.surfaces.indi_passthrough.guard import (
    PLAIN,
    AlreadySo,
    Asks,
    Moves,
    Never,
    OnlyLent,
    Stops,
    Used,
    asks,
)
from appliance.surfaces.indi_passthrough.vectors import Known
from tests.appliance.surfaces.indi_passthrough.passed_through import new, numbers, switch

SCOPE, DOME, CCD, STATION, BOX, CAP = "Scope", "Dome", "CCD", "Station", "Box", "Cap"
USED = Used(
    {
        SCOPE: frozenset({"mount"}), DOME: frozenset({"roof"}), CCD: frozenset({"camera"}),
        STATION: frozenset({"weather"}), CAP: frozenset({"cover"}),
    },
    outputs=frozenset({(BOX, "POWER_CONTROL")}), roof=DOME, clears=False,
)  # fmt: skip
SLEW, TRACK, UNPARK = Moves(Command.SLEW), Moves(Command.TRACK), Moves(Command.UNPARK)
OPEN, CLOSE = Moves(Command.OPEN_ROOF), Moves(Command.CLOSE_ROOF)


def none(device: str, name: str) -> Known | None:
    return None


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("TELESCOPE_PARK", {"UNPARK": "On"}, UNPARK),
        ("TELESCOPE_PARK", {"PARK": "Off", "UNPARK": "On"}, UNPARK),
        ("TELESCOPE_PARK", {"PARK": "On", "UNPARK": "Off"}, Moves(Command.PARK)),
        ("TELESCOPE_PARK", {}, UNPARK),
        ("TELESCOPE_PARK", {"PARK": "On", "UNPARK": "On"}, UNPARK),
        ("TELESCOPE_TRACK_STATE", {"TRACK_ON": "On"}, TRACK),
        ("TELESCOPE_TRACK_STATE", {"TRACK_OFF": "On"}, Moves(Command.STOP_TRACKING)),
        ("TELESCOPE_MOTION_NS", {"MOTION_NORTH": "On"}, SLEW),
        ("TELESCOPE_MOTION_WE", {"MOTION_WEST": "Off", "MOTION_EAST": "Off"}, PLAIN),
        ("TELESCOPE_HOME", {"GO": "On"}, SLEW),
        ("TELESCOPE_SLEW_RATE", {"4x": "On"}, PLAIN),
        ("TELESCOPE_ABORT_MOTION", {"ABORT": "On"}, Stops()),
        ("ON_COORD_SET", {"SYNC": "On"}, PLAIN),
        ("HOME_ZERO", {"GO": "On"}, SLEW),
    ],
)
def test_switches_of_the_mount(name: str, members: dict[str, str], expected: Asks) -> None:
    assert asks(USED, none, switch(SCOPE, name, **members)) == expected


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("EQUATORIAL_EOD_COORD", {"RA": 1.0, "DEC": 2.0}, SLEW),
        ("HORIZONTAL_COORD", {"ALT": 1.0, "AZ": 2.0}, SLEW),
        ("TELESCOPE_TIMED_GUIDE_NS", {"TIMED_GUIDE_N": 500.0, "TIMED_GUIDE_S": 0.0}, TRACK),
        ("TELESCOPE_TIMED_GUIDE_NS", {"TIMED_GUIDE_N": 0.0, "TIMED_GUIDE_S": 0.0}, PLAIN),
        ("TELESCOPE_INFO", {"TELESCOPE_APERTURE": 80.0}, PLAIN),
        ("SOMETHING_OF_A_VENDOR", {"SPEED": 1.0}, SLEW),
    ],
)
def test_numbers_of_the_mount(name: str, members: dict[str, float], expected: Asks) -> None:
    assert asks(USED, none, numbers(SCOPE, name, **members)) == expected


def test_a_pulse_that_is_no_number_counts_as_one() -> None:
    pulse = new("Number", SCOPE, "TELESCOPE_TIMED_GUIDE_WE", {"TIMED_GUIDE_W": "much"})
    assert asks(USED, none, pulse) == TRACK


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("DOME_SHUTTER", {"SHUTTER_OPEN": "On"}, OPEN),
        ("DOME_SHUTTER", {"SHUTTER_CLOSE": "On", "SHUTTER_OPEN": "Off"}, CLOSE),
        ("DOME_SHUTTER", {}, OPEN),
        ("DOME_PARK", {"UNPARK": "On"}, OPEN),
        ("DOME_PARK", {"PARK": "On"}, CLOSE),
        ("DOME_MOTION", {"DOME_CCW": "On"}, OPEN),
        ("DOME_ABORT_MOTION", {"ABORT": "On"}, Stops(roof=True)),
    ],
)
def test_a_roof_that_rolls(name: str, members: dict[str, str], expected: Asks) -> None:
    assert asks(USED, none, switch(DOME, name, **members)) == expected


def test_a_dome_with_a_shutter_may_turn() -> None:
    def find(device: str, name: str) -> Known | None:
        return Known(device, name, "Switch", "Ok") if name == "DOME_SHUTTER" else None

    assert asks(USED, find, switch(DOME, "DOME_MOTION", DOME_CW="On")) == PLAIN
    assert asks(USED, find, numbers(DOME, "ABS_DOME_POSITION", DOME_ABSOLUTE_POSITION=90.0)) == PLAIN


def test_nobody_sets_what_safety_rests_on() -> None:
    for device, name in (
        (SCOPE, "TELESCOPE_PARK_OPTION"), (SCOPE, "TIME_UTC"), (SCOPE, "GEOGRAPHIC_COORD"),
        (SCOPE, "CONFIG_PROCESS"), (SCOPE, "ACTIVE_DEVICES"), (SCOPE, "USEJOYSTICK"), (DOME, "DOME_POLICY"),
        (DOME, "DOME_SHUTTER_PARK_POLICY"), (DOME, "SOMETHING_OF_A_VENDOR"), (STATION, "WEATHER_OVERRIDE"),
        ("A second station", "WEATHER_OVERRIDE"), (CAP, "CONFIG_PROCESS"), (BOX, "POWER_CONTROL"),
    ):  # fmt: skip
        assert isinstance(asks(USED, none, switch(device, name, ON="On")), Never), (device, name)
    assert asks(USED, none, switch(BOX, "SOMETHING_ELSE", ON="On")) == PLAIN


def test_connecting_is_no_news_and_disconnecting_needs_a_lease() -> None:
    def find(device: str, name: str) -> Known | None:
        return Known(device, name, "Switch", "Ok", {"CONNECT": "On", "DISCONNECT": "Off"})

    connect, leave = (switch(CCD, "CONNECTION", **{one: "On"}) for one in ("CONNECT", "DISCONNECT"))
    assert asks(USED, find, connect) == AlreadySo()
    assert asks(USED, none, connect) == PLAIN
    assert isinstance(asks(USED, find, leave), OnlyLent)
    assert isinstance(asks(USED, find, switch(SCOPE, "CONNECTION", DISCONNECT="On")), Never)
    assert asks(USED, find, switch("Guide Camera", "CONNECTION", DISCONNECT="On")) == PLAIN


def test_covers_ask_wherever_they_are() -> None:
    assert asks(USED, none, switch("Any", "CAP_PARK", UNPARK="On")) == Moves(Command.OPEN_COVER)
    assert asks(USED, none, switch(CAP, "CAP_PARK", PARK="On")) == Moves(Command.CLOSE_COVER)


def test_another_mount_or_roof_than_the_profiles() -> None:
    assert isinstance(asks(USED, none, switch("Roof 2", "DOME_SHUTTER", SHUTTER_CLOSE="On")), Never)
    slew = numbers("Scope 2", "EQUATORIAL_EOD_COORD", RA=1.0, DEC=1.0)
    assert isinstance(asks(USED, none, slew), Never)
    assert asks(USED, none, switch("Scope 2", "TELESCOPE_PARK", PARK="On")) == Moves(Command.PARK)
    assert asks(Used({}), none, slew) == SLEW, "without a roof it can hit none"


def test_a_camera_is_its_owners_own_business() -> None:
    assert asks(USED, none, numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=1.0)) == PLAIN
