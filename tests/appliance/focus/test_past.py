"""What past runs teach, and when it is to be trusted."""

import math
from random import Random
from typing import Any

import numpy as np
import pytest

from appliance.focus.drift import drift
from appliance.focus.messages import CurvePoint
from appliance.focus.pair import levels, solve
from appliance.focus.past import Shape, learn
from appliance.focus.trend import trend_lines
from appliance.journal import FocusRun
from tests.appliance.focus.fake_focus import hyperbola_law, star_field

SHAPE = Shape(kind="hyperbola", rise=(2.0 / 1000) ** 2, rise_error=0.03, hfr=2.0, runs=5)


def past(a: float = 2.0, b: float = 1000.0, centre: float = 20_000.0, **more: Any) -> FocusRun:
    points = [{"position": centre + n * 500, "hfr": 2.0, "stars": 9, "used": True} for n in range(-4, 5)]
    model = {"kind": "hyperbola", "a": a, "b": b, "centre": centre, **more.pop("scale", {})}
    values = {
        "run": 1, "reason": "start", "filter": "L", "started": 0.0, "ended": 1.0, "position": round(centre),
        "hfr": a, "goodness": 0.97, "model": model, "points": points, **more,
    }  # fmt: skip
    return FocusRun(**values)


def test_runs_that_agree_are_trusted() -> None:
    shape = learn([past(b=990), past(b=1000), past(b=1015)], "L").shape
    assert shape is not None
    assert shape.trusted
    assert shape.rise == pytest.approx((2.0 / 1000) ** 2, rel=0.02)
    assert shape.breadth == pytest.approx(1000, rel=0.02)
    assert (shape.hfr, shape.reach) == (2.0, 2000)


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [past()],
        [past(b=700), past(b=1000), past(b=1500)],
        [past(goodness=0.7), past(goodness=0.7)],
        [past(failure="clouds"), past(position=None), past()],
        [past(method="learned"), past(method="learned"), past()],
    ],
    ids=["none", "one", "disagreement", "poor curves", "failures", "its own results"],
)
def test_others_are_not(runs: list[FocusRun]) -> None:
    shape = learn(runs, "L").shape
    assert shape is None or not shape.trusted


def test_a_filters_own_curves_count_alone_once_there_are_two() -> None:
    red = [past(b=1500, filter="R"), past(b=1500, filter="R")]
    assert (learn([past(), past(), past(), *red], "R").shape or SHAPE).breadth == pytest.approx(1500)
    assert (learn([past(), past(), past(), red[0]], "R").shape or SHAPE).breadth == pytest.approx(
        1000, rel=0.01
    )


def test_runs_of_another_scale_teach_nothing() -> None:
    runs = [past(scale={"binning": 2}), past(scale={"binning": 2})]
    assert learn(runs, "L", {"binning": 1}).shape is None
    assert learn(runs, "L", {"binning": 2}).shape is not None


def test_a_parabola_is_learned_as_one() -> None:
    model = {"kind": "parabola", "c0": 1.2, "c2": 1e-8, "centre": 36_700}
    shape = learn([past(model=model), past(model=model)], "L").shape
    assert shape is not None
    assert (shape.kind, shape.rise) == ("parabola", 1e-8)
    assert shape.breadth == pytest.approx(10_954, rel=1e-3)


def nights(
    coefficient: float, offset: float, scatter: float, count: int = 12, seed: int = 1
) -> list[FocusRun]:
    random, runs = Random(seed), []
    for index in range(count):
        celsius, filter_ = random.uniform(-5, 15), ("L", "R")[index % 2]
        centre = 20_000 + coefficient * celsius + (offset if filter_ == "R" else 0) + random.gauss(0, scatter)
        runs.append(past(centre=centre, filter=filter_, celsius=celsius))
    return runs


def test_offsets_and_coefficient_come_with_honest_error_bars() -> None:
    inside = 0
    for seed in range(60):
        found = drift(nights(-12.0, 80.0, 10.0, seed=seed))
        slope, offset = found.coefficient, found.offsets["R"]
        assert slope is not None
        inside += abs(slope.value + 12) < 2 * slope.error and abs(offset.value - 80) < 2 * offset.error
        assert slope.clear
        assert offset.clear
    assert inside > 42  # two of 90 % each, at two sigmas of ten runs


def test_one_wrong_night_does_not_turn_the_coefficient() -> None:
    runs = nights(-12.0, 80.0, 5.0, count=14)
    runs[3] = past(centre=26_000, filter="R", celsius=0.0)
    slope = drift(runs).coefficient
    assert slope is not None
    assert abs(slope.value + 12) < 30
    assert abs(drift(nights(-12.0, 80.0, 5.0)).expected("R", 10.0) or 0) == pytest.approx(19_960, abs=15)


def test_nothing_is_offered_from_too_little() -> None:
    assert drift([]).coefficient is None
    assert drift(nights(-12, 80, 5, count=3)).offsets == {}
    level = [past(celsius=5.0 + 0.1 * n) for n in range(10)]
    assert drift(level).coefficient is None
    assert drift(level).expected("Ha", 5.0) is None
    none_clear = drift(nights(0.0, 0.0, 50.0))
    assert none_clear.coefficient is not None
    assert not none_clear.coefficient.clear


def test_two_frames_and_the_slope_give_the_focus_whatever_the_seeing() -> None:
    for seeing in (0.7, 1.0, 1.6):
        law = hyperbola_law(20_300, 2.0 * seeing, 1000 * seeing)
        z = [law(at) ** 2 for at in (22_200, 17_800)]
        found = solve([22_200, 17_800], z, SHAPE, 0.03)
        assert found is not None
        assert found.centre == pytest.approx(20_300, abs=1)
        assert found.z0 == pytest.approx((2.0 * seeing) ** 2, rel=0.01)
        assert found.ratio == pytest.approx(1.0)


def test_a_third_frame_tells_a_slope_that_is_not_the_learned_one() -> None:
    law, places = hyperbola_law(20_300, 2.0, 800), [22_200, 17_800, 20_300]
    found = solve(places, [law(at) ** 2 for at in places], SHAPE, 0.3)
    assert found is not None
    assert found.ratio == pytest.approx((1000 / 800) ** 2, rel=0.1)


def test_a_hill_is_no_valley() -> None:
    assert solve([22_200, 17_800, 20_000], [4.0, 4.0, 400.0], SHAPE, 3.0) is None


def test_the_error_of_a_pair_is_that_of_many() -> None:
    """2 % of each size and 8 % of seeing: the standard error must be what comes out of many nights."""
    random, off, told = Random(2), [], 0.0
    for _ in range(400):
        z = []
        for at in (22_200, 17_800):
            seeing = math.exp(random.gauss(0, 0.08))
            z.append(
                (hyperbola_law(20_000, 2.0 * seeing, 1000 * seeing)(at) * math.exp(random.gauss(0, 0.02)))
                ** 2
            )
        found = solve([22_200, 17_800], z, SHAPE, 0.03)
        assert found is not None
        off.append(found.centre - 20_000)
        told = found.error
    assert float(np.std(off)) == pytest.approx(told, rel=0.15)
    assert told == pytest.approx(46, rel=0.15)  # the Cramér-Rao bound


def test_levels_follow_the_shared_stars() -> None:
    fields = [star_field(3.0, 30), star_field(2.0, 30), star_field(0.0, 0)]
    assert levels(fields, SHAPE, [3.0, 2.0, 1.5]) == pytest.approx([9.0, 4.0, 2.25])


def v(at: int) -> float:
    return 1.0 + 0.01 * abs(at - 1030)


def test_trend_lines_cross_at_the_bottom_of_a_v() -> None:
    for places in ([700, 800, 900, 1000, 1100, 1200, 1300], [800, 950, 1100, 1250], [900, 1000, 1200]):
        lines = trend_lines([CurvePoint(at, v(at), 9) for at in places])
        assert lines is not None
        assert lines.centre == pytest.approx(1030, abs=40 if len(places) == 3 else 1)


def test_a_sample_off_its_line_is_marked() -> None:
    points = [CurvePoint(at, v(at) * (1.5 if at == 800 else 1), 9) for at in range(600, 1500, 100)]
    lines = trend_lines(points)
    assert lines is not None
    assert [(point.position, point.why) for point in lines.points if not point.used] == [(800, "outlier")]
    assert lines.centre == pytest.approx(1030, abs=5)
    assert lines.line()[0][1] == pytest.approx(v(600), rel=0.05)


def test_no_lines_without_two_slopes() -> None:
    assert trend_lines([CurvePoint(at, float(at), 9) for at in range(100, 900, 100)]) is None
    assert trend_lines([CurvePoint(1, 1.0, 9), CurvePoint(2, 2.0, 9)]) is None
