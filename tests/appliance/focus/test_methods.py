"""Every method alike: it finds focus, and whatever goes wrong it puts the focuser back."""

import asyncio
import math
from dataclasses import replace
from random import Random
from typing import Any, get_args

import pytest

from appliance.bus import Message, Said
from appliance.errors import FocusFailed
from appliance.focus.autofocus import METHODS, run_focus
from appliance.focus.past import Learned, Shape
from appliance.focus.problems import MinimumAtEdge, NoCurve, NoFocus, TooFewPoints
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.imaging.stars import StarField
from appliance.profile import FocusMeasure, FocusMethod
from hardware.errors import DeviceError
from tests.appliance.focus.fake_focus import FakeFocuser, FakeSky, hyperbola_law, indi_law

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

BEST, A, B = 20_000, 2.0, 1000
LAW = hyperbola_law(BEST, A, B)
SHAPE = Shape(kind="hyperbola", rise=(A / B) ** 2, rise_error=0.03, hfr=A, runs=5)
PARABOLA = Shape(kind="parabola", rise=0.5625 / 3 / 5000**2, rise_error=0.03, hfr=3.5 / 3, runs=5)
ALL: tuple[FocusMethod, ...] = get_args(FocusMethod)


def settings(method: FocusMethod, **more: Any) -> FocusSettings:
    return FocusSettings(**{"step": 500, "method": method, "overshoot": 300, **more})


async def focus(
    sky: FakeSky,
    method: FocusMethod,
    shape: Shape | None = SHAPE,
    seen: list[Message] | None = None,
    **more: Any,
) -> FocusResult:
    again = more.pop("again", None)
    publish = (lambda message: None) if seen is None else seen.append
    return await run_focus(
        sky.focuser, sky.look, publish, settings(method, **more), reason="test", filter="L",
        known=Learned(shape=shape), again=again,
    )  # fmt: skip


def said(seen: list[Message]) -> str:
    return " ".join(message.text for message in seen if isinstance(message, Said))


async def test_every_method_of_the_profile_is_there() -> None:
    assert set(METHODS) == set(ALL)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize(
    ("overshoot", "start"), [(300, 20_700), (300, 18_900), (-300, 20_700), (-300, 18_900)]
)
async def test_focus_is_found_from_either_side_with_backlash(
    method: FocusMethod, overshoot: int, start: int
) -> None:
    sky = FakeSky(FakeFocuser(start, backlash=200), LAW, noise=0.01)
    result = await focus(sky, method, overshoot=overshoot)
    tolerance = 350 if method in ("iterative", "bright_star") else 200
    assert abs(sky.focuser.optics - BEST) < tolerance
    assert await sky.focuser.position() == result.position
    assert result.exposures == sky.frame
    assert (result.method, result.start) == (method, start)
    assert result.hfr == pytest.approx(A, rel=0.06)
    assert len(result.points) >= 2


@pytest.mark.parametrize("method", ALL)
async def test_a_parabola_is_no_trouble(method: FocusMethod) -> None:
    sky = FakeSky(FakeFocuser(36_000), indi_law, noise=0.005)
    result = await focus(sky, method, PARABOLA, step=2000)
    assert abs(result.position - 36_700) < (1500 if method in ("iterative", "bright_star") else 600)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("clear", [0, 1, 2, 4, 6])
async def test_clouds_after_some_frames_put_the_focuser_back(method: FocusMethod, clear: int) -> None:
    clear = min(clear, {"learned": 2, "v_curve": 4}.get(method, clear))  # they need no more
    sky = FakeSky(FakeFocuser(20_700, backlash=200), LAW, no_stars=lambda frame, _: frame >= clear)
    with pytest.raises(NoFocus) as failure:
        await focus(sky, method)
    assert sky.focuser.moves[-1:] in ([20_700], [])
    assert await sky.focuser.position() == 20_700
    assert failure.value.exposures == sky.frame


@pytest.mark.parametrize("method", ALL)
async def test_a_tube_that_does_not_follow_puts_the_focuser_back(method: FocusMethod) -> None:
    sky = FakeSky(FakeFocuser(20_700), lambda _: 2.5, noise=0.02)
    with pytest.raises(NoFocus):
        await focus(sky, method)
    assert await sky.focuser.position() == 20_700


@pytest.mark.parametrize("method", ALL)
async def test_a_camera_that_fails_puts_the_focuser_back(method: FocusMethod) -> None:
    sky, frames = FakeSky(FakeFocuser(20_700), LAW), 0

    async def look() -> StarField:
        nonlocal frames
        frames += 1
        if frames == 3:
            raise DeviceError("camera", "no frame came")
        return await sky.look()

    with pytest.raises(DeviceError):
        await run_focus(
            sky.focuser, look, lambda _: None, settings(method), reason="test", filter="L",
            known=Learned(shape=SHAPE),
        )  # fmt: skip
    assert await sky.focuser.position() == 20_700


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("seed", range(8))
async def test_stop_at_any_moment_puts_the_focuser_back(method: FocusMethod, seed: int) -> None:
    random = Random(seed)
    sky = FakeSky(FakeFocuser(20_700, backlash=200), LAW, Random(seed), 0.01)
    job = asyncio.create_task(focus(sky, method))
    await asyncio.sleep(random.uniform(0.0, 5.0))
    assert not job.done()
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await sky.focuser.position() == 20_700
    assert sky.focuser.moves == [] or sky.focuser.moves[-1] == 20_700


@pytest.mark.parametrize("measure", ["hfr", "fwhm", "sharpness"])
async def test_any_measure_leads_to_the_same_focus(measure: FocusMeasure) -> None:
    sky = FakeSky(FakeFocuser(20_700), LAW, noise=0.005)
    result = await focus(sky, "sweep", measure=measure)
    assert abs(result.position - BEST) < 60
    assert result.hfr == pytest.approx(2 * A if measure == "fwhm" else A, rel=0.05)


async def test_a_planet_is_seen_best_in_its_sharpest_moments() -> None:
    """Two of three frames are blurred by half: the curve is that of the third ones."""
    blurred = {frame: 1.5 for frame in range(60) if frame % 3}
    sky = FakeSky(FakeFocuser(20_700), LAW, factors=blurred)
    result = await focus(sky, "planet")
    assert abs(result.position - BEST) < 30
    assert len(result.points) == 9
    assert result.exposures == 3 * 9 + 1
    assert all(point.hfr == pytest.approx(LAW(point.position), rel=0.01) for point in result.points)


async def test_without_a_learned_curve_the_v_curve_says_so() -> None:
    sky = FakeSky(FakeFocuser(20_700), LAW)
    with pytest.raises(NoCurve):
        await focus(sky, "v_curve", None)
    assert sky.focuser.moves[-1] == 20_700


async def test_the_v_curve_takes_four_moves() -> None:
    sky = FakeSky(FakeFocuser(20_300), LAW)
    result = await focus(sky, "v_curve", overshoot=0)
    assert len(set(sky.focuser.moves)) <= 4
    assert result.exposures == 5
    assert abs(result.position - BEST) < 30


async def test_slippage_is_corrected() -> None:
    """The tube moves 15 % less than the motor says: the last move must be longer."""

    def law(optics: float) -> float:
        return LAW(BEST + 0.85 * (optics - 20_300) + 300)

    best = 20_300 - round(300 / 0.85)
    off = {}
    for slippage in (False, True):
        sky = FakeSky(FakeFocuser(20_300), law)
        off[slippage] = abs((await focus(sky, "v_curve", slippage=slippage)).position - best)
    assert off[True] < 0.5 * off[False]


async def test_learned_takes_three_frames_when_all_agrees() -> None:
    sky = FakeSky(FakeFocuser(20_700), LAW, noise=0.005)
    result = await focus(sky, "learned")
    assert result.exposures == 3
    assert abs(result.position - BEST) < 60
    assert result.model["b"] == pytest.approx(B, rel=0.1)
    assert result.standard_error is not None
    assert abs(result.position - BEST) < 4 * result.standard_error


async def test_learned_follows_a_focus_that_is_far_off() -> None:
    sky = FakeSky(FakeFocuser(24_000), LAW, noise=0.005)
    result = await focus(sky, "learned")
    assert result.exposures <= 7
    assert abs(result.position - BEST) < 100


@pytest.mark.parametrize(
    "shape",
    [
        None,
        Shape(kind="hyperbola", rise=(A / B) ** 2, rise_error=0.03, hfr=A, runs=1),
        Shape(kind="hyperbola", rise=(A / B) ** 2, rise_error=0.3, hfr=A, runs=9),
        Shape(kind="hyperbola", rise=2.5 * (A / B) ** 2, rise_error=0.03, hfr=A, runs=5),
        Shape(kind="hyperbola", rise=(A / B) ** 2, rise_error=0.03, hfr=0.3 * A, runs=5),
    ],
    ids=["nothing learned", "one run", "runs that disagree", "another slope", "another sharpness"],
)
async def test_what_is_not_to_be_trusted_is_left_to_the_full_run(shape: Shape | None) -> None:
    seen: list[Message] = []
    sky = FakeSky(FakeFocuser(20_700), LAW, noise=0.005)
    result = await focus(sky, "learned", shape, seen)
    assert "full run" in said(seen)
    assert result.method == "sweep"
    assert len(result.points) >= 9
    assert abs(result.position - BEST) < 100


async def test_a_shaken_frame_is_not_believed() -> None:
    for frame in range(4):
        sky = FakeSky(FakeFocuser(20_700), LAW, noise=0.005, factors={frame: 1.5})
        result = await focus(sky, "learned")
        assert abs(result.position - BEST) < 150, frame


@pytest.mark.parametrize("points", [3, 4, 8, 9])
async def test_sgp_takes_odd_and_even_numbers_of_points(points: int) -> None:
    sky = FakeSky(FakeFocuser(BEST + 100), LAW)
    result = await focus(sky, "sgp", points=points, step=4000 // points, smart=False)
    assert (len(result.points), result.exposures) == (points, points + 1)
    assert abs(result.position - BEST) < 300


async def test_sgp_is_smart_unless_told_not_to_be() -> None:
    seen: list[Message] = []
    result = await focus(FakeSky(FakeFocuser(22_600), LAW), "sgp", seen=seen)
    assert "Smart focus" in said(seen)
    assert abs(result.position - BEST) < 150
    sky = FakeSky(FakeFocuser(22_600), LAW)
    with pytest.raises(MinimumAtEdge):
        await focus(sky, "sgp", smart=False)
    assert (sky.frame, await sky.focuser.position()) == (9, 22_600)


async def test_sgp_marks_the_rejected_point() -> None:
    sky = FakeSky(FakeFocuser(BEST), LAW, factors={1: 1.4})
    result = await focus(sky, "sgp")
    assert [point.used for point in result.points].count(False) == 1
    assert not max(result.points, key=lambda point: point.hfr / LAW(point.position)).used


async def test_sgp_warns_of_a_last_frame_that_is_worse_than_predicted() -> None:
    seen: list[Message] = []
    sky = FakeSky(FakeFocuser(BEST), LAW, factors={9: 1.3})
    result = await focus(sky, "sgp", seen=seen)
    assert "run again" in result.warning
    assert "run again" in said(seen)
    assert not (await focus(FakeSky(FakeFocuser(BEST), LAW, factors={9: 1.08}), "sgp")).warning


async def test_run_again_is_centred_on_the_last_result_which_is_then_the_start() -> None:
    sky = FakeSky(FakeFocuser(20_700), LAW)
    first = await focus(sky, "sgp")
    sky.focuser.moves.clear()
    again = await focus(sky, "sgp", again=first.position)
    assert again.start == first.position
    positions = [point.position for point in again.points]
    assert (min(positions) + max(positions)) // 2 == pytest.approx(first.position, abs=1)
    sky.no_stars = lambda frame, hfr: True
    with pytest.raises(FocusFailed):
        await focus(sky, "sgp", again=first.position)
    assert await sky.focuser.position() == first.position


async def test_bright_star_is_content_with_one_star() -> None:
    sky = FakeSky(FakeFocuser(20_700), LAW)

    async def lonely() -> StarField:
        whole = await sky.look()
        one = {name: getattr(whole, name)[:1] for name in ("x", "y", "flux", "hfr")}
        return replace(whole, count=1, hfr_median=math.nan, **one)

    for method in ("bright_star", "iterative"):
        run = run_focus(sky.focuser, lonely, lambda _: None, settings(method), reason="test", filter="L")
        if method == "iterative":
            with pytest.raises(TooFewPoints):
                await run
        else:
            assert abs((await run).position - BEST) < 350
