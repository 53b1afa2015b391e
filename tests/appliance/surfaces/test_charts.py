"""The drawings' small helpers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from appliance.surfaces.charts import Scale, mark, number, tag, text, ticks, time_ticks
from appliance.surfaces.colours import filter_marks
from appliance.surfaces.night_charts import model_hfr


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_ticks_are_round_inside_and_few(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert len(found) <= 7
    slack = span * 1e-6
    assert all(low - slack <= tick <= low + span + slack for tick in found)


@given(st.floats(1e9, 2e9), st.floats(1, 86400))
def test_time_ticks_are_few_and_inside(low: float, span: float) -> None:
    found = time_ticks(low, low + span)
    assert len(found) <= 10
    assert all(low <= tick <= low + span for tick in found)


def test_scale_and_its_empty_range() -> None:
    assert Scale(0, 10, 100, 200)(5) == 150
    assert Scale(3, 3, 100, 200)(3) == 100


def test_numbers() -> None:
    assert [number(n) for n in (2.0, 0.5, 36500, -1)] == ["2", "0.5", "36\u202f500", "−1"]


def test_words_are_escaped() -> None:
    hostile = '<script>&"'
    for made in (text(0, 0, hostile), mark(0, 0, 0, "dot", hostile), tag("g", "", class_=hostile)):
        assert "<script>" not in made
        assert escape(hostile) in made


def test_every_filter_has_its_own_look() -> None:
    marks = filter_marks(["L", "R", "G", "B", "Ha", "Moon", "Duo", "L"])
    assert len(set(marks.values())) == len(marks) == 7
    assert marks["Ha"][0] == "f-ha"
    assert len({colour for colour, _ in marks.values()}) == 7


def test_models_at_their_centre_and_far_out() -> None:
    hyperbola = {"kind": "hyperbola", "a": 2.0, "b": 100.0, "centre": 500.0}
    assert model_hfr(hyperbola, 500) == 2.0
    assert model_hfr(hyperbola, 500 + 100 * 3**0.5) == pytest.approx(4.0)
    parabola = {"kind": "parabola", "c0": 2.0, "c2": 0.0001, "centre": 500.0}
    assert model_hfr(parabola, 600) == pytest.approx(3.0)
