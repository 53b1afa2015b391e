"""The light of the twilight: exposures against the integral over the exponential sky."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.flats.factors import guessed, in_order
from appliance.flats.twilight import SkyLight, measured_rate, start_rate

DUSK, DAWN = -0.094, 0.091


def gathered(light: SkyLight, factor: float, begins: float, seconds: float, steps: int = 2000) -> float:
    """The integral of the sky over an exposure, by many small steps."""
    step = seconds / steps
    middles = (begins + (i + 0.5) * step for i in range(steps))
    law = [light.rate * 10 ** (light.per_minute / 60 * (moment - light.at)) for moment in middles]
    return sum(law) / factor * step


@given(
    rate=st.floats(50, 5000), per_minute=st.sampled_from([DUSK, DAWN, -0.03, 0.14]),
    factor=st.floats(1, 40), adu=st.floats(1000, 60_000), later=st.floats(-300, 300),
)  # fmt: skip
def test_an_exposure_gathers_what_was_asked(
    rate: float, per_minute: float, factor: float, adu: float, later: float
) -> None:
    light = SkyLight(rate, 1000.0, per_minute)
    seconds = light.exposure(adu, factor, 1000.0 + later)
    if seconds is None:  # then not even endless patience gathers it
        assert per_minute < 0
        assert light.rate_at(1000.0 + later, factor) / -light.growth <= adu * 1.0001
    elif seconds < 1000:
        assert gathered(light, factor, 1000.0 + later, seconds) == pytest.approx(adu, rel=1e-3)


@pytest.mark.parametrize(
    ("per_minute", "seconds", "error"), [(DUSK, 13.0, -0.023), (DAWN, 100.0, 0.20)], ids=["dusk", "dawn"]
)
def test_a_constant_sky_would_be_wrong_by_as_much_as_was_measured(
    per_minute: float, seconds: float, error: float
) -> None:
    light = SkyLight(1000.0, 0.0, per_minute)
    assert gathered(light, 1.0, 0.0, seconds) / (1000.0 * seconds) - 1 == pytest.approx(error, abs=0.01)


@given(seconds=st.floats(0.1, 60), adu=st.floats(100, 50_000), per_minute=st.sampled_from([DUSK, DAWN]))
def test_what_was_seen_predicts_the_same_again(seconds: float, adu: float, per_minute: float) -> None:
    light = SkyLight(1.0, 0.0, per_minute).seen(adu, seconds, 50.0, 3.0)
    assert light.exposure(adu, 3.0, 50.0) == pytest.approx(seconds, rel=1e-6)


@pytest.mark.parametrize("per_minute", [DUSK, DAWN])
def test_when_an_exposure_will_fit(per_minute: float) -> None:
    light = SkyLight(20_000.0, 0.0, per_minute)
    wait = light.seconds_until(20_000.0, 1.0, 5.0, 0.0)
    assert light.exposure(20_000.0, 1.0, wait) == pytest.approx(5.0, rel=1e-6)
    assert (wait > 0) == (per_minute < 0)  # at dusk it gets darker until 5 s fit


def test_a_start_rate_of_a_constant_light_is_its_mean() -> None:
    assert start_rate(1000.0, 10.0, 1e-9) == pytest.approx(100.0, rel=1e-6)


def test_the_rate_is_measured_and_a_cloud_cannot_turn_it() -> None:
    true = -0.12
    seen = [(t, 5000 * 10 ** (true * t / 60)) for t in range(0, 300, 30)]
    assert measured_rate(DUSK, seen) == pytest.approx(true, abs=0.002)
    assert measured_rate(DUSK, []) == DUSK
    assert measured_rate(DUSK, seen[:1]) == pytest.approx(DUSK)
    cloud = [(0.0, 5000.0), (60.0, 9000.0)]
    assert 2 * DUSK <= measured_rate(DUSK, cloud) <= DUSK / 4


def test_dark_filters_come_first_at_dusk_and_last_at_dawn() -> None:
    filters = ("L", "Ha", "R", "L")
    assert in_order(filters, {}, dusk=True) == ["Ha", "R", "L"]
    assert in_order(filters, {}, dusk=False) == ["L", "R", "Ha"]
    assert in_order(filters, {"R": 40.0}, dusk=True) == ["R", "Ha", "L"]
    assert (guessed("Ha 3nm"), guessed("lum"), guessed("G")) == (25.0, 1.0, 3.0)
