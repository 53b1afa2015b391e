"""The pure fits: exact on exact curves, honest about everything else."""

import math
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appliance.focus.curve import Curve, fit, vertex
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import LostInNoise, MinimumAtEdge, NotConvex, TooFewPoints
from tests.appliance.focus.fake_focus import Law, hyperbola_law, indi_law

CENTRES = st.floats(-3.0, 3.0)  # in steps from the middle of nine points


def points(law: Law, positions: range | list[int], **factors: float) -> list[CurvePoint]:
    return [
        CurvePoint(position, law(position) * factors.get(f"at{index}", 1.0), 30)
        for index, position in enumerate(positions)
    ]


def around(middle: int, step: int, count: int = 9) -> list[int]:
    return [middle + (n - count // 2) * step for n in range(count)]


@settings(max_examples=150)
@given(
    centre=CENTRES, a=st.floats(0.8, 6.0), b_steps=st.floats(0.5, 4.0), step=st.integers(20, 3000),
    backwards=st.booleans(),
)  # fmt: skip
def test_an_exact_hyperbola_is_recovered(
    centre: float, a: float, b_steps: float, step: int, backwards: bool
) -> None:
    middle, b = 50_000, b_steps * step
    law = hyperbola_law(middle + centre * step, a, b)
    curve = fit(points(law, around(middle, step)[:: -1 if backwards else 1]))
    assert curve.kind == "hyperbola"
    assert curve.centre == pytest.approx(middle + centre * step, abs=1e-3 * step)
    assert curve.hfr == pytest.approx(a, rel=1e-3)
    assert curve.breadth == pytest.approx(b, rel=1e-3)
    assert curve.goodness > 0.9999
    assert all(point.used for point in curve.points)


@settings(max_examples=150)
@given(centre=CENTRES, c0=st.floats(0.8, 6.0), growth=st.floats(0.4, 4.0), step=st.integers(20, 3000))
def test_an_exact_parabola_is_recovered(centre: float, c0: float, growth: float, step: int) -> None:
    best, c2 = 50_000 + centre * step, c0 * growth / (4 * step) ** 2
    curve = fit(points(lambda position: c0 + c2 * (position - best) ** 2, around(50_000, step)))
    assert curve.kind == "parabola"
    assert curve.centre == pytest.approx(best, abs=1e-3 * step)
    model = curve.model()
    assert model["c0"] == pytest.approx(c0, rel=1e-3)
    assert model["c2"] == pytest.approx(c2, rel=1e-3)


@settings(max_examples=100)
@given(
    centre=st.floats(-1.5, 1.5), bad=st.integers(0, 8), factor=st.sampled_from([0.6, 0.7, 1.4, 1.8]),
    seed=st.integers(0, 10**6),
)  # fmt: skip
def test_one_outlier_is_left_out(centre: float, bad: int, factor: float, seed: int) -> None:
    random, best = Random(seed), 50_000 + centre * 1000
    law = hyperbola_law(best, 2.0, 1500)
    sample = points(
        lambda position: law(position) * math.exp(random.gauss(0, 0.005)), around(50_000, 1000),
        **{f"at{bad}": factor},
    )  # fmt: skip
    curve = fit(sample)
    assert not curve.points[bad].used
    assert curve.centre == pytest.approx(best, abs=0.25 * 1000)


def test_two_outliers_cannot_hide_each_other() -> None:
    curve = fit(points(hyperbola_law(50_200, 2.0, 1500), around(50_000, 1000), at2=1.4, at5=0.7))
    assert [index for index, point in enumerate(curve.points) if not point.used] == [2, 5]
    assert [point.why for point in curve.points if point.why] == ["outlier", "outlier"]
    assert curve.centre == pytest.approx(50_200, abs=1)


def test_the_scatter_of_good_seeing_loses_no_points_and_gives_an_honest_standard_error() -> None:
    law, inside, lost = hyperbola_law(50_000, 2.0, 1500), 0, 0
    for seed in range(200):
        random = Random(seed)
        curve = fit(points(lambda p, r=random: law(p) * math.exp(r.gauss(0, 0.02)), around(50_300, 800)))  # type: ignore[misc]
        inside += abs(curve.centre - 50_000) < 2 * curve.standard_error
        lost += sum(not point.used for point in curve.points)
    assert inside > 160  # 86 % expected at two sigma with six degrees of freedom left
    assert lost < 20  # of 1800


def test_the_hyperbola_wins_on_optics_and_the_parabola_on_indi() -> None:
    assert fit(points(hyperbola_law(36_700, 2.0, 4000), around(36_000, 2500))).kind == "hyperbola"
    curve = fit(points(indi_law, around(36_000, 2500)))
    assert curve.kind == "parabola"
    assert curve.centre == pytest.approx(36_700, abs=1)


@pytest.mark.parametrize("law", [indi_law, hyperbola_law(36_700, 2.0, 4000)])
def test_the_model_of_the_journal_describes_the_curve(law: Law) -> None:
    curve = fit(points(law, around(36_000, 2500)))
    model = curve.model()
    for position in (30_000, 36_700, 41_000):
        off = position - model["centre"]
        if model["kind"] == "hyperbola":
            hfr = model["a"] * math.sqrt(1 + (off / model["b"]) ** 2)
        else:
            hfr = model["c0"] + model["c2"] * off**2
        assert curve.at(position) == pytest.approx(hfr)
        assert curve.at(position) == pytest.approx(law(position), rel=1e-4)


@pytest.mark.parametrize("law", [indi_law, hyperbola_law(36_700, 2.0, 4000)])
def test_depth_is_where_hfr_has_grown_by_that_much(law: Law) -> None:
    curve = fit(points(law, around(36_000, 2500)))
    assert curve.at(curve.centre + curve.depth(0.025)) == pytest.approx(1.025 * curve.hfr)
    if law is indi_law:
        assert curve.depth() == pytest.approx(1972, abs=2)


def test_the_line_spans_the_points() -> None:
    curve = fit(points(indi_law, around(36_000, 2500)))
    line = curve.line(5)
    assert [position for position, _ in line] == [26_000, 31_000, 36_000, 41_000, 46_000]
    assert line[0][1] == pytest.approx(indi_law(26_000), rel=1e-3)


def test_a_sharp_v_with_no_sample_near_its_bottom_still_has_a_centre() -> None:
    curve = fit(points(lambda p: 0.001 * abs(p - 50_000) + 0.05, around(50_500, 1000, 10)))
    assert curve.centre == pytest.approx(50_000, abs=100)


def test_far_wings_do_not_bend_a_long_curve() -> None:
    saturating = hyperbola_law(50_000, 1.5, 1000)
    curve = fit(points(lambda p: min(saturating(p), 6.0), around(52_000, 700, 17)))
    assert curve.centre == pytest.approx(50_000, abs=60)
    assert not any(point.used for point in curve.points if point.hfr >= 6.0)
    assert {point.why for point in curve.points if point.hfr >= 6.0} == {"wing"}


def test_four_points_are_too_few() -> None:
    with pytest.raises(TooFewPoints, match="Only 4 frames"):
        fit(points(indi_law, around(36_700, 2500, 4)))


def test_a_hill_is_no_valley() -> None:
    with pytest.raises(NotConvex):
        fit(points(lambda p: 5 - ((p - 50_000) / 4000) ** 2, around(50_000, 1000)))


@pytest.mark.parametrize(("start", "side"), [(45_000, 1), (55_000, -1)])
def test_a_slope_tells_the_side_and_roughly_where(start: int, side: int) -> None:
    with pytest.raises(MinimumAtEdge) as failure:
        fit(points(hyperbola_law(50_000, 2.0, 800), around(start, 800)))
    assert failure.value.side == side
    assert failure.value.estimate == pytest.approx(50_000, abs=500)


@given(seed=st.integers(0, 10**6))
def test_noise_alone_never_makes_a_good_curve(seed: int) -> None:
    random = Random(seed)
    sample = points(lambda _: math.exp(random.gauss(1, 0.03)), around(50_000, 1000))
    try:
        curve = fit(sample, min_goodness=0.9)
    except (NotConvex, MinimumAtEdge, LostInNoise):
        return
    # One in a thousand looks like a valley by chance; then it must be a shallow one.
    assert curve.at(curve.points[0].position) < 1.3 * curve.hfr


def test_a_level_line_is_lost_in_the_noise() -> None:
    random = Random(3)
    verdicts = set()
    for _ in range(30):
        sample = points(lambda _: math.exp(random.gauss(1, 0.03)), around(50_000, 1000))
        with pytest.raises((NotConvex, MinimumAtEdge, LostInNoise)) as failure:
            fit(sample, min_goodness=0.9)
        verdicts.add(type(failure.value))
    assert LostInNoise in verdicts


@given(
    hfrs=st.lists(st.floats(0.3, 50.0), min_size=5, max_size=14), step=st.integers(1, 5000),
    middle=st.integers(0, 100_000),
)  # fmt: skip
def test_any_measurements_give_a_finite_curve_or_a_typed_failure(
    hfrs: list[float], step: int, middle: int
) -> None:
    sample = [CurvePoint(middle + n * step, hfr, 20) for n, hfr in enumerate(hfrs)]
    try:
        curve = fit(sample)
    except (NotConvex, MinimumAtEdge, LostInNoise):
        return
    assert isinstance(curve, Curve)
    assert sample[0].position < curve.centre < sample[-1].position
    assert curve.hfr > 0
    assert curve.breadth > 0
    assert math.isfinite(curve.standard_error)
    assert 0.6 <= curve.goodness <= 1.0
    assert sum(point.used for point in curve.points) >= 5


@given(centre=st.floats(-12.0, 12.0))
def test_vertex_points_the_right_way_and_not_beyond(centre: float) -> None:
    assume(abs(centre) > 4.5)
    best = 50_000 + centre * 1000
    guess = vertex(points(hyperbola_law(best, 2.0, 1500), around(50_000, 1000)))
    assert guess is not None
    assert (guess - 50_000) * centre > 0
    assert abs(guess - 50_000) <= abs(best - 50_000) + 1


def test_vertex_needs_three_points() -> None:
    assert vertex(points(indi_law, [1000, 2000])) is None
