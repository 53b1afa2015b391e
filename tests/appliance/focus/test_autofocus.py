"""Whole focus runs in virtual time: good nights, bad nights, and Stop at any moment."""

import asyncio
import math
from dataclasses import asdict
from itertools import pairwise
from random import Random

import pytest

from appliance.bus import Message, Said
from appliance.errors import FocusFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.messages import FocusState
from appliance.focus.problems import (
    LostInNoise,
    MinimumAtEdge,
    NoFocus,
    NotConfirmed,
    TooFewPoints,
)
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.imaging.stars import StarField
from appliance.wire import encode
from hardware.errors import DeviceError
from tests.appliance.focus.fake_focus import FakeFocuser, FakeSky, Law, focus, hyperbola_law, indi_law

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

BEST, DEPTH = 36_700, 1972  # INDI's simulator: best focus, and where HFR has grown by 2.5 %
SETTINGS = FocusSettings(step=2000, overshoot=500)


def indi(start: int, **sky: object) -> FakeSky:
    return FakeSky(FakeFocuser(start), indi_law, **sky)  # type: ignore[arg-type]


async def test_a_clear_night_takes_ten_frames() -> None:
    sky = indi(36_000, noise=0.01)
    result = await focus(sky, SETTINGS)
    assert abs(result.position - BEST) < 0.1 * DEPTH
    assert await sky.focuser.position() == result.position
    assert result.exposures == sky.frame == 10
    assert result.goodness > 0.97
    assert result.hfr == pytest.approx(indi_law(BEST), rel=0.04)
    assert result.predicted_hfr == pytest.approx(indi_law(BEST), rel=0.03)
    assert result.seconds == pytest.approx(asyncio.get_running_loop().time())


@pytest.mark.parametrize("step", [1500, 2000, 2500])
@pytest.mark.parametrize(("start", "most"), [(50_000, 18), (23_700, 15)])
async def test_a_start_far_off_is_followed_to_focus(start: int, most: int, step: int) -> None:
    sky = indi(start, noise=0.01)
    result = await focus(sky, FocusSettings(step=step))
    assert abs(result.position - BEST) < 0.2 * DEPTH
    assert result.exposures <= most


async def test_the_curve_grows_point_by_point_on_the_bus() -> None:
    seen: list[Message] = []
    result = await focus(indi(36_000, noise=0.01), SETTINGS, seen)
    states = [message for message in seen if isinstance(message, FocusState)]
    sizes = [len(state.points) for state in states]
    assert sizes == sorted(sizes)
    assert set(sizes) == set(range(10))
    phases = [state.phase for state in states]
    assert phases == ["sampling"] * phases.count("sampling") + ["validating"] * 2 + ["done"]
    promised, checked = states[-3:-1]
    assert (promised.check, promised.predicted_hfr) == (None, promised.best_hfr)
    assert checked.check is not None
    assert (checked.check.position, checked.check.hfr) == (result.position, result.hfr)
    assert (states[-1].predicted_hfr, states[-1].start) == (result.predicted_hfr, 36_000)
    assert all((state.reason, state.filter, state.total) == ("test", "L", 9) for state in states)
    last = states[-1]
    assert (last.best_position, last.best_hfr, last.goodness) == (
        result.position, result.hfr, result.goodness,
    )  # fmt: skip
    assert last.points == result.points
    assert min(last.curve, key=lambda drawn: drawn[1])[0] == pytest.approx(BEST, abs=500)
    assert encode(last)["type"] == "FocusState"
    said = [message.text for message in seen if isinstance(message, Said)]
    assert len(said) >= 11
    assert said[1].startswith("Position 44000 (1 of 9): HFR")
    assert {"position", "hfr", "stars", "used", "why"} == set(asdict(result.points[0]))


@pytest.mark.parametrize(("overshoot", "backlash"), [(500, 400), (-500, 400)])
async def test_backlash_is_taken_up_at_the_start_and_at_the_end(overshoot: int, backlash: int) -> None:
    focuser = FakeFocuser(36_000, backlash=backlash)
    sky = FakeSky(focuser, indi_law, noise=0.005)
    result = await focus(sky, FocusSettings(step=2000, overshoot=overshoot))
    assert abs(focuser.optics - BEST) < 0.15 * DEPTH
    # Always the same way but for going out to the sweep's start and to the final approach.
    way = -1 if overshoot > 0 else 1
    moves = [36_000, *focuser.moves]
    backwards = [b for a, b in pairwise(moves) if (b - a) * way < 0]
    assert backwards == [36_000 - way * 8000 + overshoot, result.position + overshoot]


async def test_without_overshoot_the_same_backlash_would_spoil_the_focus() -> None:
    """Shows that the fake motor's backlash is real, so that the test before proves something."""
    focuser = FakeFocuser(3000, backlash=400, travel=range(10_000))
    sky = FakeSky(focuser, hyperbola_law(3000, 2.0, 200))
    with pytest.raises(NotConfirmed):
        await focus(sky, FocusSettings(step=150))


@pytest.mark.parametrize("factors", [{3: 1.4}, {5: 0.7}, {1: 1.4, 6: 0.7}, {4: 2.5}])
async def test_outliers_are_left_out(factors: dict[int, float]) -> None:
    sky = FakeSky(FakeFocuser(20_300), hyperbola_law(20_000, 2.0, 1000), noise=0.01, factors=factors)
    result = await focus(sky, FocusSettings(step=600))
    assert abs(result.position - 20_000) < 0.5 * 225
    rejected = {index for index, point in enumerate(result.points) if not point.used}
    assert rejected <= set(factors)


async def test_a_cloud_costs_one_more_look() -> None:
    sky = indi(36_000, noise=0.01, no_stars=lambda frame, hfr: frame == 4)
    result = await focus(sky, SETTINGS)
    assert (len(result.points), result.exposures) == (9, 11)


async def test_a_longer_cloud_costs_one_point() -> None:
    sky = indi(36_000, noise=0.01, no_stars=lambda frame, hfr: frame in (4, 5))
    result = await focus(sky, SETTINGS)
    assert (len(result.points), result.exposures) == (8, 11)
    assert abs(result.position - BEST) < 0.2 * DEPTH


@pytest.mark.parametrize("start", [47_000, 50_000, 24_000])
async def test_donuts_too_large_to_be_found_are_missing_points(start: int) -> None:
    sky = indi(start, noise=0.01, no_stars=lambda frame, hfr: hfr > 2.0)
    result = await focus(sky, SETTINGS)
    assert abs(result.position - BEST) < 0.2 * DEPTH


async def test_too_few_stars_are_no_stars() -> None:
    sky = indi(36_000)
    with pytest.raises(TooFewPoints):
        await focus(sky, FocusSettings(step=2000, min_stars=41))


async def test_clouds_all_over_send_the_focuser_back() -> None:
    seen: list[Message] = []
    sky = indi(36_000, no_stars=lambda frame, hfr: True)
    with pytest.raises(TooFewPoints) as failure:
        await focus(sky, SETTINGS, seen)
    assert await sky.focuser.position() == 36_000
    assert failure.value.advice.startswith("Look for clouds")
    last = [message for message in seen if isinstance(message, FocusState)][-1]
    assert (last.phase, last.problem) == ("failed", failure.value.sentence)
    assert len(last.lost) == len(set(last.lost)) >= 9
    assert last.points == ()


async def test_a_focuser_that_does_not_turn_the_tube() -> None:
    sky = FakeSky(FakeFocuser(36_000), lambda _: 2.5, noise=0.02)
    with pytest.raises(NoFocus) as failure:
        await focus(sky, SETTINGS)
    assert len(failure.value.points) >= 9
    assert await sky.focuser.position() == 36_000


async def test_a_sweep_too_narrow_for_the_seeing_is_lost_in_noise() -> None:
    sky = indi(36_700, noise=0.05)
    with pytest.raises(LostInNoise, match="lost in the noise"):
        await focus(sky, FocusSettings(step=300, min_goodness=0.8))


async def test_focus_beyond_the_travel() -> None:
    focuser = FakeFocuser(50_000, range(42_000, 60_001))
    with pytest.raises(MinimumAtEdge, match="inwards than the focuser can travel"):
        await focus(FakeSky(focuser, indi_law, noise=0.005), SETTINGS)
    assert await focuser.position() == 50_000


@pytest.mark.parametrize("start", [35_300, 44_900])
async def test_a_start_near_the_end_of_the_travel(start: int) -> None:
    focuser = FakeFocuser(start, range(35_000, 60_001) if start < 40_000 else range(45_001))
    result = await focus(FakeSky(focuser, indi_law, noise=0.01), FocusSettings(step=1500, overshoot=500))
    assert abs(result.position - BEST) < 0.6 * DEPTH


async def test_a_bad_frame_at_the_result_gets_a_second_look() -> None:
    seen: list[Message] = []
    sky = indi(36_000, noise=0.01, factors={9: 1.5})
    result = await focus(sky, SETTINGS, seen)
    assert result.exposures == 11
    assert any(isinstance(message, Said) and message.level == "warning" for message in seen)
    assert result.hfr < 1.05 * indi_law(BEST)


async def test_a_result_that_stays_worse_than_the_sweep_is_refused() -> None:
    sky = indi(36_000, noise=0.01, factors={9: 1.5, 10: 1.4})
    with pytest.raises(NotConfirmed, match="promised by the curve") as failure:
        await focus(sky, SETTINGS)
    assert await sky.focuser.position() == 36_000
    assert len(failure.value.points) == 9


async def test_clouds_at_the_last_moment_are_not_a_success() -> None:
    sky = indi(36_000, noise=0.01, no_stars=lambda frame, hfr: frame >= 9)
    with pytest.raises(NotConfirmed, match="No stars"):
        await focus(sky, SETTINGS)
    assert await sky.focuser.position() == 36_000


@pytest.mark.parametrize("seed", range(30))
async def test_stop_at_any_moment_puts_the_focuser_back(seed: int) -> None:
    random = Random(seed)
    sky = FakeSky(FakeFocuser(50_000, backlash=300), indi_law, Random(seed), 0.01)
    seen: list[Message] = []
    job = asyncio.create_task(focus(sky, SETTINGS, seen))
    await asyncio.sleep(random.uniform(0.0, 37.0))
    assert not job.done()
    job.cancel()
    if random.random() < 0.5:
        await asyncio.sleep(random.uniform(0.0, 2.0))
        job.cancel()  # an impatient second press
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await sky.focuser.position() == 50_000
    assert sky.focuser.moves == [] or sky.focuser.moves[-2:] == [50_500, 50_000]
    if sky.focuser.moves:
        last = [message for message in seen if isinstance(message, FocusState)][-1]
        assert (last.phase, last.problem) == ("failed", "Stopped.")


async def test_a_jammed_focuser_is_named_and_the_failed_return_noted() -> None:
    sky = indi(36_000, noise=0.01)
    sky.focuser.jam_at = 38_000
    with pytest.raises(DeviceError, match="jammed") as failure:
        await focus(sky, SETTINGS)
    assert "putting things back failed" in failure.value.__notes__[0]


async def test_a_camera_that_fails_sends_the_focuser_back() -> None:
    focuser, frames = FakeFocuser(36_000), 0
    sky = FakeSky(focuser, indi_law)

    async def look() -> StarField:
        nonlocal frames
        frames += 1
        if frames == 4:
            raise DeviceError("camera", "no frame came")
        return await sky.look()

    with pytest.raises(DeviceError, match="no frame came"):
        await run_focus(focuser, look, lambda _: None, SETTINGS, reason="test", filter="L")
    assert await focuser.position() == 36_000


async def trial(seed: int) -> tuple[FocusResult | None, float]:
    """One night: either law, 2 % noise, every third with outliers; the error in 2.5 % depths."""
    random = Random(seed)
    outliers = {random.randrange(9): 1.4, random.randrange(9): 0.7} if seed % 3 == 0 else {}
    law: Law
    if seed % 2:
        focuser, law, settings = (
            FakeFocuser(random.randrange(22_000, 52_000)),
            indi_law,
            FocusSettings(step=2000),
        )
        best, depth = BEST, DEPTH
    else:
        best, b = 20_000, random.choice([600, 1000, 1500])
        focuser = FakeFocuser(best + random.randrange(-4 * b, 4 * b), backlash=200)
        law, depth = hyperbola_law(best, 2.0, b), round(b * math.sqrt(1.025**2 - 1))
        settings = FocusSettings(step=600, overshoot=300)
    sky = FakeSky(focuser, law, random, 0.02, outliers)
    try:
        result = await focus(sky, settings)
    except FocusFailed:
        return None, math.inf
    return result, abs(focuser.optics - best) / depth


async def test_two_hundred_nights() -> None:
    nights = [await trial(seed) for seed in range(200)]
    errors = sorted(error for _, error in nights)
    exposures = [result.exposures for result, _ in nights if result]
    assert sum(error < 1.0 for error in errors) > 0.97 * len(nights)
    assert errors[100] < 0.1
    assert errors[190] < 0.35
    assert sum(exposures) / len(exposures) < 13
    assert max(exposures) <= 22
