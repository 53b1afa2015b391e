"""The wizards against focusers whose truth is known; stopped, resumed, failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.bus import Message
from appliance.errors import DeviceError
from appliance.focus.curve import Curve
from appliance.focus.messages import FocusState
from appliance.focus.problems import MinimumAtEdge, NotConvex, TooFewPoints
from appliance.focus.wizards import (
    FocusWizard,
    Notebook,
    Tools,
    WizardSettings,
    calibrate,
    learn_v_curve,
    measure_backlash,
)
from appliance.focus.wizards.notebook import FRESH_SECONDS
from hardware.worker import Worker
from tests.appliance.focus.fake_focus import FakeFocuser, FakeSky, hyperbola_law, indi_law

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
BEST, HFR, BREADTH = 12_000, 1.6, 200.0
LAW = hyperbola_law(BEST, HFR, BREADTH)


class Desk:
    """A focuser, its sky, and a notebook that outlives a wizard."""

    def __init__(
        self, folder: Path, worker: Worker, start: int = BEST + 150, backlash: int = 60, noise: float = 0.02,
        **settings: Any,
    ) -> None:  # fmt: skip
        self.focuser = FakeFocuser(start, backlash=backlash)
        self.sky = FakeSky(self.focuser, LAW, Random(3), noise)
        self.said: list[Message] = []
        self.path, self.worker, self.utc = folder / "focus-wizard.jsonl", worker, 1e9
        wanted = {"step": 110, "overshoot": 200, **settings}
        self.settings = WizardSettings(**wanted)

    @property
    def tools(self) -> Tools:
        notebook = Notebook(self.path, self.worker, lambda: self.utc)
        return Tools(self.focuser, self.sky.look, self.said.append, notebook, self.settings, "L")

    @property
    def state(self) -> FocusWizard:
        return [message for message in self.said if isinstance(message, FocusWizard)][-1]

    async def stopped(self, wizard: Awaitable[Any], after: int) -> None:
        """Begin it, and press Stop after so many frames."""
        job = asyncio.ensure_future(wizard)
        while self.sky.frame < after:  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.5)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker("notes")
    yield made
    made.close()


@pytest.mark.parametrize("backlash", [0, 60, 190])
@pytest.mark.parametrize("overshoot", [200, -200])
async def test_the_backlash_is_found_within_its_error(
    tmp_path: Path, worker: Worker, backlash: int, overshoot: int
) -> None:
    desk = Desk(tmp_path, worker, backlash=backlash, overshoot=overshoot)
    found = await measure_backlash(desk.tools)
    assert abs(found.steps - backlash) < 4 * found.error + 1
    assert found.error < 10
    # It leaves the focuser in focus, whichever way it arrives.
    assert abs(desk.focuser.optics - BEST) < 12
    proposed = {one.key: one.value for one in found.proposals()}
    assert proposed["backlash"] >= backlash - 1
    assert proposed["overshoot"] * overshoot > 0
    assert abs(proposed["overshoot"]) > proposed["backlash"]
    assert desk.state.phase == "done"
    assert "[focuser]" in desk.state.result
    assert not backlash or desk.state.result[0].startswith("Backlash: ")
    assert not desk.path.exists()


async def test_a_focuser_without_backlash(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker, backlash=0, noise=0.002)
    found = await measure_backlash(desk.tools)
    assert found.at_most < 5
    assert desk.state.result[0].startswith("No backlash can be seen: ")


async def test_a_backlash_beyond_the_overshoot_is_measured_again_with_more(
    tmp_path: Path, worker: Worker
) -> None:
    desk = Desk(tmp_path, worker, backlash=400, overshoot=220)
    found = await measure_backlash(desk.tools)
    assert abs(found.steps - 400) < 25
    assert found.take_up > 400
    assert any("larger overshoot" in str(getattr(line, "text", "")) for line in desk.said)


async def test_the_v_curve_is_drawn_while_it_grows(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker)
    await measure_backlash(desk.tools)
    drawn = [message for message in desk.said if isinstance(message, FocusState)]
    assert [len(state.points) for state in drawn[:9]] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert {state.reason for state in drawn} == {"backlash measurement"}
    with_curve = [state for state in drawn if state.curve]
    assert len(with_curve) == 2
    assert with_curve[0].best_position == pytest.approx(BEST - 60, abs=15)


async def nothing(_: Curve, __: float) -> None:
    """Nobody keeps it."""


async def test_learning_tells_slopes_quality_and_range(tmp_path: Path, worker: Worker) -> None:
    desk, kept = Desk(tmp_path, worker, noise=0.01, points=11), list[Curve]()

    async def keep(curve: Curve, _: float) -> None:
        kept.append(curve)

    found = await learn_v_curve(desk.tools, keep)
    assert tuple(kept) == found.curves
    assert len(kept) == 3
    # Far out a hyperbola rises by HFR / breadth a step.
    assert found.inner_slope == pytest.approx(-HFR / BREADTH, rel=0.12)
    assert found.outer_slope == pytest.approx(HFR / BREADTH, rel=0.12)
    assert found.quality > 0.97
    assert found.trustworthy
    assert found.low == pytest.approx(BEST - 610, abs=120)
    assert found.high == pytest.approx(BEST + 490, abs=160)
    assert found.widest == pytest.approx(3.0, abs=0.5)
    assert abs(desk.focuser.optics - BEST) < 12


async def test_learning_in_bad_air_is_not_trusted(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker, noise=0.12, frames=1)
    found = await learn_v_curve(desk.tools, nothing)
    assert not found.trustworthy
    assert "not trusted" in desk.state.result[0]


@pytest.mark.parametrize("start", [BEST - 700, BEST + 20, BEST + 900])
async def test_calibration_of_a_focuser_that_nobody_knows(tmp_path: Path, worker: Worker, start: int) -> None:
    """The profile's own step and overshoot are those of another focuser."""
    desk = Desk(tmp_path, worker, start=start, backlash=70, step=5, overshoot=20)
    found = await calibrate(desk.tools)
    assert abs(found.curve.breadth / BREADTH - 1) < 0.12
    # Nine samples end where stars are 2.2 times the sharpest.
    assert found.step == pytest.approx(BREADTH * (2.2**2 - 1) ** 0.5 / 4, rel=0.12)
    assert abs(found.backlash.steps - 70) < 15
    assert abs(desk.focuser.optics - BEST) < 12
    assert found.side == (1 if start < BEST - 70 else -1)
    assert found.low <= BEST <= found.high
    proposed = {(one.table, one.key): one.value for one in found.proposals()}
    assert proposed["focus", "overshoot"] >= 1.5 * proposed["focuser", "backlash"]
    assert proposed["focuser", "max_position"] > found.high


async def test_calibration_on_a_parabola(tmp_path: Path, worker: Worker) -> None:
    """As INDI's simulator has it, whose stars double in size 12,472 steps from focus."""
    desk = Desk(tmp_path, worker, start=30_000, backlash=0, noise=0.005)
    desk.sky.law = indi_law
    found = await calibrate(desk.tools)
    assert abs(found.best - 36_700) < 400
    assert found.curve.depth(1.0) == pytest.approx(12_472, rel=0.1)


WIZARDS: dict[str, Callable[[Tools], Awaitable[Any]]] = {
    "calibration": calibrate, "learning": lambda tools: learn_v_curve(tools, nothing),
    "backlash": measure_backlash,
}  # fmt: skip


@pytest.mark.parametrize("name", WIZARDS)
@pytest.mark.parametrize("after", [1, 9, 25])
async def test_stopped_the_focuser_is_back_and_it_goes_on_with_its_samples(
    tmp_path: Path, worker: Worker, name: str, after: int
) -> None:
    through = Desk(tmp_path / "through", worker, noise=0.0)
    whole = await WIZARDS[name](through.tools)
    desk = Desk(tmp_path, worker, noise=0.0)
    await desk.stopped(WIZARDS[name](desk.tools), after)
    assert desk.focuser.optics == pytest.approx(
        BEST + 150 + 60, abs=1
    )  # arrived inwards: the slack is beyond
    assert await desk.focuser.position() == BEST + 150
    assert desk.state.phase == "stopped"
    frames = desk.sky.frame
    found = await WIZARDS[name](desk.tools)
    assert desk.state.kept == (after - 1) // 2  # of two frames each
    assert desk.state.samples == through.state.samples
    # Only the sample that Stop had broken off is measured twice.
    assert desk.sky.frame - frames == through.sky.frame - 2 * desk.state.kept
    assert found.best == whole.best
    assert desk.state.phase == "done"


@pytest.mark.parametrize("name", WIZARDS)
async def test_after_a_failure_the_focuser_is_back_and_it_begins_anew(
    tmp_path: Path, worker: Worker, name: str
) -> None:
    desk = Desk(tmp_path, worker)
    desk.sky.no_stars = lambda frame, _: frame > 6
    with pytest.raises((TooFewPoints, NotConvex)):
        await WIZARDS[name](desk.tools)
    assert await desk.focuser.position() == BEST + 150
    assert desk.state.phase == "failed"
    assert not desk.path.exists()


async def test_a_jammed_focuser_ends_it(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker)
    desk.focuser.jam_at = BEST - 200
    with pytest.raises(DeviceError, match="jammed"):
        await measure_backlash(desk.tools)
    assert await desk.focuser.position() == BEST + 150


@pytest.mark.parametrize("change", ["an hour later", "another step", "torn"])
async def test_notes_that_are_of_no_use_are_left(tmp_path: Path, worker: Worker, change: str) -> None:
    desk = Desk(tmp_path, worker, noise=0.0)
    await desk.stopped(measure_backlash(desk.tools), 9)
    if change == "an hour later":
        desk.utc += FRESH_SECONDS
    elif change == "another step":
        desk.settings = WizardSettings(step=90, overshoot=200)
    else:  # by a power cut in the middle of its second sample
        desk.path.write_text("\n".join(desk.path.read_text().splitlines()[:2]) + '\n{"stage": "inw')
    await measure_backlash(desk.tools)
    assert desk.state.kept == (1 if change == "torn" else 0)


async def test_a_focuser_that_does_not_turn_is_noticed(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker, noise=0.01)
    desk.sky.law = lambda _: 2.0
    with pytest.raises(NotConvex, match="stay the same"):
        await calibrate(desk.tools)


async def test_focus_beyond_the_travel_is_said(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker, noise=0.005)
    desk.focuser = FakeFocuser(300, range(1200))
    desk.sky.focuser = desk.focuser
    desk.sky.law = hyperbola_law(3000, HFR, BREADTH)
    with pytest.raises(MinimumAtEdge, match="travel ends"):
        await calibrate(desk.tools)
    assert await desk.focuser.position() == 300


async def test_no_stars_at_the_start_end_it_at_once(tmp_path: Path, worker: Worker) -> None:
    desk = Desk(tmp_path, worker)
    desk.sky.no_stars = lambda frame, hfr: True
    with pytest.raises(TooFewPoints):
        await calibrate(desk.tools)
    assert desk.sky.frame == 2
