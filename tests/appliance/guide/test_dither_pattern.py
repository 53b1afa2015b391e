"""The pattern and its geometry, without a mount."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BadProfile
from appliance.guide.dither import DitherPattern, DitherSettings, Offset, between, displaced
from hardware.devices import J2000


@given(seed=st.integers(0, 10**6), radius=st.floats(1.0, 60.0), part=st.floats(0.0, 0.8))
def test_offsets_stay_within_the_radius_and_move_far_enough(seed: int, radius: float, part: float) -> None:
    settings = DitherSettings(radius_arcsec=radius, min_step_arcsec=part * radius)
    pattern = DitherPattern(Random(seed), settings)
    for _ in range(20):
        there = pattern.propose()
        assert there.radius <= radius
        assert between(pattern.offset, there).radius >= settings.min_step_arcsec
        pattern.offset = there


def test_the_mean_of_many_offsets_is_near_zero_and_they_fill_the_disc() -> None:
    pattern = DitherPattern(Random(5), DitherSettings(radius_arcsec=10, min_step_arcsec=4))
    offsets = []
    for _ in range(1000):
        pattern.offset = pattern.propose()
        offsets.append(pattern.offset)
    assert abs(sum(o.east for o in offsets)) / 1000 < 0.5
    assert abs(sum(o.north for o in offsets)) / 1000 < 0.5
    # Half of the area, and so half of the offsets, lies beyond 0.707 of the radius.
    assert 0.4 < sum(o.radius > 7.07 for o in offsets) / 1000 < 0.65


def test_the_same_seed_gives_the_same_pattern() -> None:
    settings = DitherSettings()
    assert DitherPattern(Random(1), settings).propose() == DitherPattern(Random(1), settings).propose()
    assert DitherPattern(Random(1), settings).propose() != DitherPattern(Random(2), settings).propose()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("dither.radius_arcsec", {"radius_arcsec": 0.0}),
        ("dither.min_step_arcsec", {"radius_arcsec": 5.0, "min_step_arcsec": 4.5}),
        ("dither", {"rate_arcsec_s": 0.0}),
        ("dither.settle_seconds", {"settle_seconds": -1.0}),
    ],
)
def test_impossible_settings_are_refused_by_name(field: str, values: dict[str, float]) -> None:
    with pytest.raises(BadProfile) as refusal:
        DitherSettings(**values)
    assert refusal.value.field == field


def vector(at: J2000) -> tuple[float, float, float]:
    ra, dec = math.radians(at.ra_deg), math.radians(at.dec_deg)
    return math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)


@given(ra=st.floats(0, 359.99), dec=st.floats(-90, 90), east=st.floats(-120, 120), north=st.floats(-120, 120))
def test_a_displacement_has_the_right_length_everywhere(
    ra: float, dec: float, east: float, north: float
) -> None:
    start = J2000(ra, dec)
    there = displaced(start, Offset(east, north))
    assert 0 <= there.ra_deg < 360
    assert -90 <= there.dec_deg <= 90
    chord = math.dist(vector(start), vector(there))
    assert math.degrees(2 * math.asin(chord / 2)) * 3600 == pytest.approx(math.hypot(east, north), abs=1e-3)


def test_east_raises_right_ascension_by_one_over_cos_dec_and_wraps() -> None:
    there = displaced(J2000(359.9999, 60.0), Offset(east=36.0))
    assert there.ra_deg == pytest.approx(359.9999 + 0.02 - 360, abs=1e-6)
    assert displaced(J2000(10.0, 20.0), Offset(north=36.0)).dec_deg == pytest.approx(20.01, abs=1e-9)


def test_north_over_the_pole_comes_down_on_the_other_side() -> None:
    there = displaced(J2000(30.0, 89.995), Offset(north=36.0))
    assert there.ra_deg == pytest.approx(210.0)
    assert there.dec_deg == pytest.approx(89.995, abs=1e-6)
