"""The planning of positions, without any device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BadProfile
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import MinimumAtEdge, TooFewPoints
from appliance.focus.settings import FocusSettings
from appliance.focus.sweep import first_sweep, moving_away, next_sweep
from tests.appliance.focus.fake_focus import Law, hyperbola_law, indi_law

TRAVEL = range(100_001)
SETTINGS = FocusSettings(step=2000)


def sampled(law: Law, positions: list[int]) -> list[CurvePoint]:
    return [CurvePoint(position, law(position), 30) for position in positions]


def test_nine_points_from_the_outermost_inwards() -> None:
    assert first_sweep(36_700, TRAVEL, SETTINGS) == list(range(44_700, 28_699, -2000))


def test_a_negative_overshoot_turns_the_direction() -> None:
    settings = FocusSettings(step=2000, overshoot=-500)
    assert first_sweep(36_700, TRAVEL, settings) == list(range(28_700, 44_701, 2000))


@given(
    start=st.integers(0, 60_000), end=st.integers(100, 60_000), step=st.integers(1, 4000),
    overshoot=st.integers(-3000, 3000), points=st.sampled_from([5, 7, 9, 11]),
)  # fmt: skip
def test_the_sweep_stays_on_the_travel(start: int, end: int, step: int, overshoot: int, points: int) -> None:
    travel, start = range(end + 1), min(start, end)
    settings = FocusSettings(step=step, overshoot=overshoot, points=points)
    sweep = first_sweep(start, travel, settings)
    assert all(position in travel for position in sweep)
    if (points - 1) * step + abs(overshoot) <= end:
        assert len(sweep) == points  # there is room, so nothing is cut off
        assert sweep[0] + overshoot in travel  # and the overshoot is never cut short


def test_only_a_steady_loss_of_focus_counts_as_moving_away() -> None:
    away = sampled(indi_law, [31_700, 29_700, 27_700, 25_700])
    assert moving_away(away)
    assert not moving_away(away[:3])
    assert not moving_away([*away, CurvePoint(23_700, 1.0, 30)])
    assert not moving_away(sampled(hyperbola_law(36_700, 2.0, 9000), [36_000, 35_000, 34_000, 33_000]))


def test_a_bracketed_minimum_needs_no_more() -> None:
    positions = first_sweep(36_000, TRAVEL, SETTINGS)
    wanted, curve = next_sweep(sampled(indi_law, positions), positions, TRAVEL, SETTINGS)
    assert wanted == []
    assert curve is not None
    assert curve.centre == pytest.approx(36_700, abs=5)


@pytest.mark.parametrize("start", [50_000, 23_700])
def test_a_minimum_outside_is_followed_until_bracketed(start: int) -> None:
    tried = first_sweep(start, TRAVEL, SETTINGS)
    wanted, curve = next_sweep(sampled(indi_law, tried), tried, TRAVEL, SETTINGS)
    while curve is None:
        assert wanted == sorted(wanted, reverse=True)
        assert not set(wanted) & set(tried)
        tried = [*tried, *wanted]
        wanted, curve = next_sweep(sampled(indi_law, tried), tried, TRAVEL, SETTINGS)
    assert curve.centre == pytest.approx(36_700, abs=20)
    assert min(curve.flanks()) >= 3
    assert len(tried) <= 17


def test_a_rejected_flank_is_visited_again() -> None:
    positions = [44_700 - 2000 * n for n in range(9)]
    points = sampled(hyperbola_law(38_700, 2.0, 4000), positions)
    points[1] = CurvePoint(positions[1], points[1].hfr * 1.6, 30)
    wanted, curve = next_sweep(points, positions, TRAVEL, SETTINGS)
    assert (wanted, curve) == ([positions[1]], None)
    _, curve = next_sweep(points, [*positions, positions[1]], TRAVEL, SETTINGS)
    assert curve is not None  # twice is enough


def test_the_end_of_the_travel_is_named() -> None:
    travel = range(40_000, 60_001)
    tried = first_sweep(50_000, travel, SETTINGS)
    tried = [*tried, 40_000]
    with pytest.raises(MinimumAtEdge, match="inwards than the focuser can travel"):
        next_sweep(sampled(indi_law, tried), tried, travel, SETTINGS)


def test_the_number_of_extra_points_is_bounded() -> None:
    settings = FocusSettings(step=100, extra_points=3)
    law = hyperbola_law(20_000, 2.0, 500)
    tried = first_sweep(30_000, TRAVEL, settings)
    wanted, _ = next_sweep(sampled(law, tried), tried, TRAVEL, settings)
    assert len(wanted) == 3
    tried = [*tried, *wanted]
    with pytest.raises(MinimumAtEdge, match="still further inwards after 12 positions"):
        next_sweep(sampled(law, tried), tried, TRAVEL, settings)


def test_a_short_travel_accepts_one_sided_curves_that_hold_the_minimum() -> None:
    travel = range(35_000, 60_001)
    tried = [35_000 + 2000 * n for n in range(9)][::-1]
    _, curve = next_sweep(sampled(indi_law, tried), tried, travel, SETTINGS)
    assert curve is not None
    assert curve.centre == pytest.approx(36_700, abs=100)


def test_stars_at_one_end_only_lead_the_way() -> None:
    tried = first_sweep(50_000, TRAVEL, SETTINGS)
    points = sampled(indi_law, tried[-2:])
    wanted, _ = next_sweep(points, tried, TRAVEL, SETTINGS)
    assert wanted
    assert max(wanted) < tried[-1]


def test_stars_nowhere_or_only_in_the_middle_lead_nowhere() -> None:
    tried = first_sweep(50_000, TRAVEL, SETTINGS)
    for points in ([], sampled(indi_law, tried[4:6])):
        with pytest.raises(TooFewPoints):
            next_sweep(points, tried, TRAVEL, SETTINGS)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("focus.step", {"step": 0}),
        ("focus.points", {"points": 8}),
        ("focus.points", {"points": 3}),
        ("focus.extra_points", {"extra_points": -1}),
        ("focus.min_stars", {"min_stars": 0}),
        ("focus.min_goodness", {"min_goodness": 1.0}),
        ("focus", {"validation_percent": 0.0}),
    ],
)
def test_impossible_settings_are_refused_by_name(field: str, values: dict[str, int]) -> None:
    with pytest.raises(BadProfile) as refusal:
        FocusSettings(**{"step": 100, **values})  # type: ignore[arg-type]
    assert refusal.value.field == field
