"""Panels, bright and faint, steady and warming up."""

import asyncio

import pytest

from appliance.errors import FlatsFailed
from appliance.flats.light import Exposed
from appliance.flats.panel import Lamp, find_lamp, next_lamp, panel_flats
from tests.appliance.flats.fake_light import AIM, FakeFrames, FakePanel

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
FILTERS = {"L": 1.0, "R": 0.33, "Ha": 0.01}


def lit(panel: FakePanel, at_full: float, warming: float = 0.0) -> FakeFrames:
    """`at_full` ADU per second through L; `warming` adds so much (a share) in 100 s."""
    return FakeFrames(lambda t: at_full * panel.now / 255 * (1 + warming * min(t, 100) / 100), FILTERS)


def begin(*filters: str, brightness: int | None = 128) -> dict[str, Lamp]:
    return {name: Lamp(2.0, brightness) for name in filters}


async def test_the_light_is_found_once_for_each_filter() -> None:
    panel = FakePanel()
    frames = lit(panel, 20_000.0)
    sets = await panel_flats(frames, panel, ["L", "R"], AIM, begin("L", "R"))
    assert [(one.filter, one.kept, one.why) for one in sets] == [("L", 5, ""), ("R", 5, "")]
    assert len(frames.dropped) == 2  # the first look at each
    assert all(level == pytest.approx(25_000, rel=0.01) for _, _, level in frames.kept)
    assert sets[0].lamp == Lamp(pytest.approx(2.47, abs=0.02), 128)  # type: ignore[arg-type]
    assert panel.told == [128, 0]


@pytest.mark.parametrize(
    ("at_full", "name"), [(5e6, "L"), (900_000.0, "Ha"), (150_000.0, "Ha")], ids=["bright", "good", "faint"]
)
async def test_the_brightness_follows_where_no_exposure_would_do(at_full: float, name: str) -> None:
    panel = FakePanel()
    frames = lit(panel, at_full)
    sets = await panel_flats(frames, panel, [name], AIM, begin(name))
    assert [one.kept for one in sets] == [5]
    assert len(frames.dropped) <= 6
    assert panel.now == 0


async def test_a_brightness_that_the_plan_sets_stays() -> None:
    panel = FakePanel()
    frames = lit(panel, 5e6)
    sets = await panel_flats(frames, panel, ["L"], AIM, begin("L", brightness=40), fixed=True)
    assert sets[0].kept == 0
    assert "too bright: 0.5 s at brightness 40 give 65535 ADU" in sets[0].why
    assert panel.told == [40, 0]


async def test_too_faint_a_panel_is_told_and_the_others_are_taken() -> None:
    panel = FakePanel()
    sets = await panel_flats(lit(panel, 5000.0), panel, ["Ha", "L"], AIM, begin("Ha", "L"))
    assert [one.kept for one in sets] == [0, 5]
    assert "too faint: 20 s at brightness 255 give" in sets[0].why


async def test_a_light_without_a_dimmer_is_met_by_the_exposure() -> None:
    frames = FakeFrames(lambda _: 4000.0, FILTERS)
    sets = await panel_flats(frames, None, ["L"], AIM, begin("L", brightness=None))
    assert sets[0].lamp == Lamp(pytest.approx(6.2, rel=0.01))  # type: ignore[arg-type]


async def test_a_panel_that_warms_up_is_followed() -> None:
    panel = FakePanel()
    frames = lit(panel, 20_000.0, warming=0.5)
    frames.wanted = 30
    sets = await panel_flats(frames, panel, ["L"], AIM, begin("L"))
    assert sets[0].kept == 30
    assert frames.exposures("L")[-1] < 0.8 * frames.exposures("L")[0]


async def test_a_light_that_flickers_is_given_up() -> None:
    panel = FakePanel()
    frames = FakeFrames(lambda t: 20_000.0 * (1.6 if int(t) % 7 < 4 else 0.5) * panel.now / 255, FILTERS)
    frames.wanted = 50
    sets = await panel_flats(frames, panel, ["L"], AIM, begin("L"))
    assert sets[0].why
    assert panel.now == 0


async def test_the_panel_is_dark_after_stop() -> None:
    panel = FakePanel()
    work = asyncio.create_task(panel_flats(lit(panel, 20_000.0), panel, ["L"], AIM, begin("L")))
    await asyncio.sleep(8.0)
    assert panel.now == 128
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert panel.now == 0


async def test_a_step_of_less_than_a_percent_ends_the_search() -> None:
    frames = FakeFrames(lambda _: 12_400.0, FILTERS)
    frames.filter = "L"
    lamp, exposed = await find_lamp(frames, None, "L", AIM, Lamp(2.01))
    assert (lamp, frames.dropped) == (Lamp(2.01), [])
    assert isinstance(exposed, Exposed)


async def test_a_search_that_never_ends_is_a_failure() -> None:
    answers = iter(range(100))
    frames = FakeFrames(lambda _: 9000.0 if next(answers) // 50 % 2 else 21_000.0, FILTERS)
    frames.filter = "L"
    with pytest.raises(FlatsFailed):
        await find_lamp(frames, None, "L", AIM.__class__(25_000.0, 0.001, 0.5, 20.0, 200.0), Lamp(2.0))


async def test_exposure_first_brightness_only_where_it_must() -> None:
    assert next_lamp(Lamp(2.0, 100), 12_400.0, AIM, 255) == Lamp(4.0, 100)
    assert next_lamp(Lamp(2.0, 100), 1_240.0, AIM, 255) == Lamp(pytest.approx(15.69, abs=0.01), 255)  # type: ignore[arg-type]
    assert next_lamp(Lamp(0.5, 1), 60_000.0, AIM, 255) is None
    assert next_lamp(Lamp(20.0, 255), 1_000.0, AIM, 255) is None
    assert next_lamp(Lamp(20.0), 1_000.0, AIM, None) is None
