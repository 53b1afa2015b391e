"""The dew point against published values, and the heat it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.outputs.dew import dew_point_celsius, heat


@pytest.mark.parametrize(
    ("celsius", "humidity", "dew_point"),
    [(20.0, 50.0, 9.3), (10.0, 80.0, 6.7), (0.0, 90.0, -1.4), (-10.0, 70.0, -14.4), (25.0, 30.0, 6.2)],
)
def test_the_dew_point_is_that_of_the_tables(celsius: float, humidity: float, dew_point: float) -> None:
    assert dew_point_celsius(celsius, humidity) == pytest.approx(dew_point, abs=0.15)


@given(st.floats(-40, 50), st.floats(0, 120))
def test_it_is_never_above_the_air_and_a_dead_sensor_does_not_break_it(
    celsius: float, humidity: float
) -> None:
    assert -120 < dew_point_celsius(celsius, humidity) <= celsius + 1e-9


@given(st.floats(-60, 60), st.floats(-10, 10), st.floats(0.1, 20))
def test_heat_grows_as_dew_comes_nearer(spread: float, full: float, width: float) -> None:
    level = heat(spread, full, full + width)
    assert 0 <= level <= 1
    assert heat(spread - 1, full, full + width) >= level
    assert heat(full, full, full + width) == 1
    assert heat(full + width, full, full + width) == 0
    assert heat(full + width / 2, full, full + width) == pytest.approx(0.5)
