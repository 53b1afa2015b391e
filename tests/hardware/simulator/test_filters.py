"""Filters by the names that people give them, or as the wheel's settings say."""

import pytest

from hardware.devices import DeviceSpec
from hardware.errors import DeviceRefused
from hardware.simulator.filters import FILTERS, OTHER, Filter, filters_of, named
from hardware.simulator.setup import with_setup
from hardware.simulator.world import WheelModel


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("L", "L"), ("Luminance", "L"), ("Clear", "L"), ("R", "R"), ("Red", "R"), ("red 2", "R"),
        ("Green", "G"), ("Blue", "B"), ("B", "B"),
        ("Ha 7nm", "Ha"), ("H-alpha", "Ha"), ("Hα", "Ha"), ("H", "Ha"),
        ("OIII", "OIII"), ("O-III 6.5 nm", "OIII"), ("O3", "OIII"), ("SII", "SII"), ("S2 3nm", "SII"),
        ("L2", "L"),
    ],
)  # fmt: skip
def test_the_names_of_filters(name: str, known: str) -> None:
    assert named(name) == FILTERS[known]


@pytest.mark.parametrize("name", ["UHC", "Optolong", "Grating", "Baader", "", "Sloan"])
def test_names_that_tell_nothing(name: str) -> None:
    assert named(name) == OTHER


def test_the_wheels_settings_stand_before_the_names() -> None:
    wheel = with_setup(
        WheelModel(), DeviceSpec("simulator", "Wheel", {"filters": "UHC, Red", "focus_offsets": "-40, 12.5"})
    )
    assert filters_of(wheel, "Wheel") == (Filter(0.33, -40), Filter(0.33, 12.5))
    wheel = with_setup(wheel, DeviceSpec("simulator", "Wheel", {"transmissions": "0.7,0.2"}))
    assert filters_of(wheel, "Wheel") == (Filter(0.7, -40), Filter(0.2, 12.5))


@pytest.mark.parametrize(
    "setup", [{"transmissions": "1,0.3"}, {"transmissions": "1,0.3,0"}, {"focus_offsets": "0,one,2"}]
)
def test_lists_that_do_not_fit(setup: dict[str, str]) -> None:
    with pytest.raises(DeviceRefused, match="does not fit its filters"):
        with_setup(WheelModel(), DeviceSpec("simulator", "Wheel", {"filters": "L,R,G", **setup}))
