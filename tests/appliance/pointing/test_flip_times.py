"""When a flip is due."""

import pytest

from appliance.pointing.flip import FlipSettings, wait_before_flip, wait_before_slew

SETTINGS = FlipSettings(after_minutes=5.0, latest_minutes=20.0)


@pytest.mark.parametrize(
    ("past", "work", "wait"),
    [
        (-30, 40, None),
        (-30, 50, None),  # it ends at the limit
        (-30, 51, 35),
        (0, 21, 5),
        (4, 10, None),  # it may track so far past the meridian
        (5, 1, 0),
        (60, 1, 0),
        (-700, 600, None),
    ],
)
def test_a_flip_is_due(past: float, work: float, wait: float | None) -> None:
    assert wait_before_flip(past, work, SETTINGS) == wait
    assert wait_before_flip(past, work, FlipSettings(enabled=False)) is None


@pytest.mark.parametrize(
    ("hour_angle", "work", "wait"),
    [(-15.0, 10, 0.0), (-2.5, 60, 15.0), (0.5, 10, 3.0), (2.0, 10, 0.0), (60.0, 300, 0.0), (180.5, 10, 3.0)],
)
def test_a_slew_near_the_meridian_waits(hour_angle: float, work: float, wait: float) -> None:
    assert wait_before_slew(hour_angle, work, SETTINGS) == pytest.approx(wait, abs=0.05)
