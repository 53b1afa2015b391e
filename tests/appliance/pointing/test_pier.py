"""Sides of the pier: by the hour angle, by the mount's word, by the camera's angle."""

import pytest

from appliance.pointing.pier import Pier, minutes_past, natural_side, other, turned
from hardware.devices import PierSide

EAST, WEST = PierSide.EAST, PierSide.WEST


@pytest.mark.parametrize(
    ("hour_angle", "side"), [(-179, WEST), (-90, WEST), (-0.1, WEST), (0.1, EAST), (90, EAST), (179, EAST)]
)
def test_the_natural_side(hour_angle: float, side: PierSide) -> None:
    assert natural_side(hour_angle) is side
    assert minutes_past(hour_angle, side) < 0
    assert natural_side(hour_angle + 180) is other(side)


@pytest.mark.parametrize(
    ("hour_angle", "side", "minutes"),
    [
        (0.0, WEST, 0.0),
        (5.0, WEST, 19.945),  # 20 sidereal minutes
        (-30.0, WEST, -119.67),
        (10.0, EAST, -678.14),  # flipped, and all the way to the lower meridian before it
        (180.0, EAST, 0.0),
        (-178.0, EAST, 7.978),  # below the pole: from EAST to WEST
        (179.0, EAST, -3.989),
        (-1.0, EAST, -722.0),  # it flipped early: still the whole way before it
        (105.0, WEST, 418.86),  # it never flipped
        (179.5, WEST, -719.99),
    ],
)
def test_minutes_past_the_meridian_of_a_side(hour_angle: float, side: PierSide, minutes: float) -> None:
    assert minutes_past(hour_angle, side) == pytest.approx(minutes, abs=0.05)


@pytest.mark.parametrize(
    ("before", "after", "is_turned"),
    [(10, 190, True), (10, 186, True), (355, 176, True), (10, 11, False), (359, 2, False), (10, 100, None),
     (10, 180, None)],
)  # fmt: skip
def test_a_camera_that_has_been_turned(before: float, after: float, is_turned: bool | None) -> None:
    assert turned(before, after) is is_turned


def test_a_slew_far_from_the_meridian_is_believed_to_choose_the_right_side() -> None:
    for told in (EAST, WEST, None):
        pier = Pier()
        pier.slewed(-30.0, told, 20.0)
        assert pier.side is WEST


def test_just_past_the_meridian_the_mount_may_have_stayed() -> None:
    pier = Pier()
    pier.slewed(2.0, WEST, 20.0)
    assert pier.side is WEST
    pier.slewed(2.0, None, 20.0)
    assert pier.side is EAST
    pier.slewed(6.0, WEST, 20.0)  # 24 minutes
    assert pier.side is EAST


def test_the_camera_s_angle_outweighs_everything() -> None:
    pier = Pier()
    pier.slewed(-30.0, WEST, 20.0)
    pier.solved(15.0)
    pier.slewed(30.0, EAST, 20.0)
    pier.solved(16.0)  # it did not turn
    assert pier.side is WEST
    pier.solved(196.5)
    assert pier.side is EAST
    pier.solved(90.0)  # somebody turned the camera: begin anew from here
    assert pier.side is EAST
    pier.solved(270.0)
    assert pier.side is WEST


def test_an_unknown_side_is_the_worse_one() -> None:
    assert Pier().minutes_past(7.5) == pytest.approx(29.92, abs=0.01)
    assert Pier().minutes_past(-90.0) < 0
