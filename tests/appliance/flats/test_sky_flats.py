"""Twilight evenings and mornings against a sky that is a formula."""

from itertools import pairwise

import looptime
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.flats.sky import SkySet, sky_flats
from tests.appliance.flats.fake_light import AIM, FakeFrames

looptimed = pytest.mark.looptime
FILTERS = {"L": 1.0, "R": 0.33, "Ha": 0.04}
DUSK, DAWN = -0.094, 0.091


def sky(rate: float, per_minute: float, cloud: tuple[float, float, float] = (0.0, 0.0, 1.0)) -> FakeFrames:
    """`cloud`: from, until (seconds), and what it leaves of the light."""
    begins, ends, leaves = cloud

    def light(moment: float) -> float:
        clear = rate * 10 ** (per_minute / 60 * moment)
        return clear * leaves if begins <= moment < ends else clear

    return FakeFrames(light, FILTERS)


def whole(result: object) -> list[tuple[str, int, str]]:
    return [(one.filter, one.kept, one.why) for one in result.sets]  # type: ignore[attr-defined]


@looptimed
async def test_an_evening_from_dark_filters_to_clear_ones() -> None:
    frames = sky(3e6, DUSK)
    result = await sky_flats(frames, ["L", "R", "Ha"], AIM, "dusk", DUSK)
    assert whole(result) == [("Ha", 5, ""), ("R", 5, ""), ("L", 5, "")]
    assert frames.order() == ["Ha", "R", "L"]
    for name in FILTERS:
        assert all(later >= earlier for earlier, later in pairwise(frames.exposures(name)))
    # one look in vain for each filter that nobody knew, and those that waited for the sky
    assert len([seconds for _, seconds, _ in frames.dropped if seconds > 0.6]) <= 3
    assert result.factors["R"] / result.factors["L"] == pytest.approx(1 / 0.33, rel=0.05)
    assert result.factors["Ha"] / result.factors["L"] == pytest.approx(25, rel=0.05)


@looptimed
async def test_a_morning_from_clear_filters_to_dark_ones() -> None:
    frames = sky(30.0, DAWN)
    result = await sky_flats(frames, ["Ha", "R", "L"], AIM, "dawn", DAWN)
    assert whole(result) == [("L", 5, ""), ("R", 5, ""), ("Ha", 5, "")]
    for name in FILTERS:
        assert all(later <= earlier for earlier, later in pairwise(frames.exposures(name)))


@looptimed
async def test_levels_are_near_the_target_once_the_light_is_known() -> None:
    frames = sky(3e6, DUSK)
    await sky_flats(frames, ["Ha", "R", "L"], AIM, "dusk", DUSK)
    levels = [level for _, _, level in frames.kept]
    assert max(levels) < 26_500
    assert sorted(levels)[len(levels) // 2] == pytest.approx(25_000, rel=0.01)


@looptimed
async def test_the_wrong_rate_is_learned() -> None:
    frames = sky(4e5, -0.13)
    frames.wanted = 8
    await sky_flats(frames, ["R"], AIM, "dusk", DUSK)
    levels = [level for _, _, level in frames.kept]
    assert all(level == pytest.approx(25_000, rel=0.02) for level in levels[3:])


@looptimed
async def test_what_was_learned_makes_the_first_frame_fit() -> None:
    frames = sky(25_000.0, DUSK)
    known = {"Ha": 25.0, "R": 3.03, "L": 1.0}
    await sky_flats(frames, ["R", "L"], AIM, "dusk", DUSK, known)
    assert [name for name, _, _ in frames.dropped] == ["R"]  # the look at an unknown sky alone


@looptimed
async def test_when_it_is_too_dark_the_filter_is_left_and_a_clearer_one_taken() -> None:
    frames = sky(12_000.0, DUSK)
    sets: list[SkySet] = []

    async def done(one: SkySet) -> None:
        sets.append(one)

    result = await sky_flats(frames, ["Ha", "L"], AIM, "dusk", DUSK, done=done)
    assert whole(result) == [("Ha", 0, "it is too dark for 20 s"), ("L", 5, "")]
    assert sets == list(result.sets)


@looptimed
async def test_when_it_is_too_bright_at_dawn_the_filter_is_left() -> None:
    frames = sky(200_000.0, DAWN)
    result = await sky_flats(frames, ["L", "Ha"], AIM, "dawn", DAWN)
    assert whole(result) == [("L", 0, "it is too bright even for 0.5 s"), ("Ha", 5, "")]


@looptimed
async def test_the_rest_stays_undone_when_the_light_leaves() -> None:
    frames = sky(5_000.0, DUSK)
    frames.wanted = 99
    result = await sky_flats(frames, ["L"], AIM, "dusk", DUSK)
    assert 10 < result.sets[0].kept < 99
    assert result.sets[0].why == "it is too dark for 20 s"


@looptimed
async def test_no_frame_is_begun_after_the_end_of_the_window() -> None:
    frames = sky(3e6, DUSK)
    frames.ends = 60.0
    result = await sky_flats(frames, ["Ha"], AIM, "dusk", DUSK)
    assert whole(result) == [("Ha", 0, "the twilight is over")]


@looptimed
async def test_a_cloud_costs_frames_but_none_off_target_counts() -> None:
    frames = sky(60_000.0, DUSK, cloud=(60.0, 120.0, 0.5))
    frames.wanted = 20
    result = await sky_flats(frames, ["R"], AIM, "dusk", DUSK)
    assert whole(result) == [("R", 20, "")]
    assert 2 <= len(frames.dropped) <= 5


@looptimed
async def test_what_is_there_is_not_taken_again() -> None:
    frames = sky(25_000.0, DUSK)
    frames.kept = [("R", 1.0, 25_000.0)] * 5
    result = await sky_flats(frames, ["R"], AIM, "dusk", DUSK)
    assert result.sets == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.floats(1e4, 1e7), k=st.floats(0.03, 0.15), dusk=st.booleans(),
    cloud=st.tuples(st.floats(0, 600), st.floats(0, 1200), st.floats(0.2, 1.5)),
)  # fmt: skip
def test_it_always_ends_and_keeps_only_what_fits(
    rate: float, k: float, dusk: bool, cloud: tuple[float, float, float]
) -> None:
    per_minute = -k if dusk else k
    frames = sky(rate if dusk else rate / 1e4, per_minute, cloud)
    loop = looptime.new_event_loop(start=0)
    try:
        work = sky_flats(frames, ["L", "R", "Ha"], AIM, "dusk" if dusk else "dawn", DUSK if dusk else DAWN)
        result = loop.run_until_complete(work)
        assert loop.time() < 4 * 3600
    finally:
        loop.close()
    for one in result.sets:
        assert one.kept == 5 or one.why
