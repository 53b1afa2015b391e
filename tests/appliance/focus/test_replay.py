"""What is recorded of a run can be read again, and runs again as it did."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from appliance.errors import BadInput, FocusFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.drift import Drift, Estimate
from appliance.focus.offers import offers
from appliance.focus.package import NAME, Package, read, write
from appliance.focus.past import Learned, Shape
from appliance.focus.replay import replay
from appliance.focus.settings import FocusSettings
from appliance.profile import FocusMethod
from tests.appliance.focus.fake_focus import FakeFocuser, FakeSky, hyperbola_law

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

LAW = hyperbola_law(20_000, 2.0, 1000)
SHAPE = Shape(kind="hyperbola", rise=4e-6, rise_error=0.03, hfr=2.0, runs=5)
DRIFT = Drift(
    reference="L", bases={"L": 20_000.0}, offsets={"R": Estimate(80.0, 6.0, 5)}, scatter=12.0,
    coefficient=Estimate(-12.0, 1.5, 14),
)  # fmt: skip


async def recorded(method: FocusMethod, **sky: Any) -> Package:
    here = FakeSky(FakeFocuser(20_700), LAW, noise=0.01, **sky)
    settings = FocusSettings(step=500, method=method, overshoot=300)
    package = Package(
        reason="test", filter="L", started=1.8e9, settings=settings,
        learned=Learned(shape=SHAPE, drift=DRIFT), start=20_700, travel=here.focuser.travel, celsius=None,
    )  # fmt: skip
    look = package.recording(here.look, here.focuser)
    try:
        package.ended(await run_focus(
            here.focuser, look, lambda _: None, settings, reason="test", filter="L", known=package.learned
        ))  # fmt: skip
    except FocusFailed as failure:
        package.failure = failure.sentence
    return package


@pytest.mark.parametrize("method", get_args(FocusMethod))
async def test_every_method_runs_again_as_it_did(method: FocusMethod, tmp_path: Path) -> None:
    package = await recorded(method)
    again = read(write(package, tmp_path / "run").parent)
    assert again.learned == package.learned
    assert again.settings == package.settings
    assert again.outcome["position"] == package.outcome["position"]
    replayed = await replay(again)
    assert replayed.result is not None
    assert replayed.result.position == pytest.approx(package.outcome["position"], abs=1)
    assert replayed.result.exposures == len(package.frames)
    assert replayed.strayed <= 1


async def test_a_failed_run_fails_again_for_the_same_reason(tmp_path: Path) -> None:
    package = await recorded("sweep", no_stars=lambda frame, hfr: frame >= 3)
    assert package.failure
    replayed = await replay(read(write(package, tmp_path)))
    assert replayed.result is None
    assert replayed.failure.split()[:4] == package.failure.split()[:4]


async def test_another_method_uses_the_same_frames() -> None:
    package = await recorded("sweep")
    replayed = await replay(package, "sgp")
    assert replayed.result is not None
    assert replayed.result.method == "sgp"
    assert abs(replayed.result.position - 20_000) < 250


async def test_a_frame_that_was_not_taken_is_said() -> None:
    package = await recorded("learned")
    assert "No frame was taken" in (await replay(package, "sweep")).failure


async def test_a_package_is_never_written_over(tmp_path: Path) -> None:
    package = await recorded("learned")
    path = write(package, tmp_path)
    with pytest.raises(Exception, match="exist"):
        write(package, tmp_path)
    assert path.name == NAME
    assert "NaN" not in path.read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"version": 99}', '{"version": 1}'])
async def test_what_is_no_package_is_refused_by_name(content: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(content)
    with pytest.raises(BadInput, match=r"run\.json"):
        read(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        read(tmp_path / "nowhere")


async def test_offers_come_with_error_bars_and_only_where_the_profile_says_otherwise() -> None:
    slope, red = (offer.sentence for offer in offers(DRIFT, 0.0, {}))
    assert "-12.0 ± 1.5 steps per °C" in slope
    assert "+80 ± 6 steps" in red
    assert "R = 80 (with L = 0)" in red
    assert offers(DRIFT, -11.0, {"L": 0, "R": 75}) == []
    assert len(offers(DRIFT, -20.0, {"L": 0, "R": 75})) == 1
    assert "R = 180 (with L = 100)" in offers(DRIFT, -12.0, {"L": 100, "Ha": 0})[0].sentence
    assert offers(Drift(), 0.0, {}) == []


async def test_the_file_says_what_it_holds(tmp_path: Path) -> None:
    content = json.loads(write(await recorded("learned"), tmp_path).read_text())
    assert {"settings", "learned", "focuser", "frames", "outcome", "failure"} <= set(content)
    assert content["frames"][0]["stars"]["hfr"]
