"""A held sequence: the sub ends, the mount stands still; then the target whose turn it is begins anew."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.journal import FocusRun, Pointing, Span, SubState
from appliance.sequence.night import CONDITIONS
from tests.appliance.sequence.night_rig import EVENING, SUB_SECONDS, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
HOUR = 3600.0
WHY = "Weather: clouds 90 %, 60 allowed"


async def test_the_running_sub_ends_and_everything_begins_anew_afterwards(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        job = await box.start(plan(("R", 3), focus_at_start=True, focus_on_resume=True))
        await box.until(lambda: box.troubles.subs > 0)
        await asyncio.sleep(SUB_SECONDS / 2)
        box.gate.hold(CONDITIONS, WHY)
        await asyncio.sleep(HOUR)
        assert await box.saved() == [("R", 1), ("R", 2)]  # the second had begun
        assert not (await box.mount()).tracking
        assert box.said[-1] is not None
        looks, runs = await box.journal.read(Pointing), await box.journal.read(FocusRun)
        box.gate.hold(CONDITIONS, "")
        assert await job == "complete"
        assert len(await box.journal.read(Pointing)) > len(looks)
        assert [run.reason for run in await box.journal.read(FocusRun)] == ["start", "wait"]
        assert len(runs) == 1
        (waited,) = [span for span in await box.journal.read(Span) if span.name.startswith("Wait for better")]
        assert waited.name == f"Wait for better conditions ({WHY})"
        assert (waited.ended or 0) - waited.started == pytest.approx(HOUR, abs=60)


async def test_a_start_by_a_person_does_not_end_a_hold(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.gate.hold(CONDITIONS, WHY)
        box.gate.hold("disk", "the disk is full")
        job = await box.start(plan(("R", 1)))
        await asyncio.sleep(60)
        box.gate.resume()
        box.gate.hold("disk", "")
        await asyncio.sleep(60)
        assert box.troubles.begun == []
        box.gate.hold(CONDITIONS, "")
        assert await job == "complete"


async def test_the_next_target_is_taken_when_the_first_has_sunk_meanwhile(tmp_path: Path) -> None:
    def target(name: str, above: float) -> dict[str, Any]:
        return {
            "name": name, "min_altitude_deg": above,
            "step": [{"filter": "R", "seconds": 60.0, "count": 2}],
        }  # fmt: skip

    async with box_in(tmp_path) as box:
        box.gate.hold(CONDITIONS, WHY)
        job = await box.start(plan(target=[target("M33", 72.0), target("M45", 20.0)]))
        await asyncio.sleep(2 * HOUR)
        box.gate.hold(CONDITIONS, "")
        assert await job == "incomplete"
        assert {sub.target for sub in await box.subs(SubState.SAVED)} == {"M 45"}


async def test_a_hold_until_dawn_ends_the_night_safely(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=EVENING + 8 * HOUR) as box:
        box.gate.hold(CONDITIONS, WHY)
        assert await box.run(plan(target=[{"name": "M44", "step": [{"seconds": 60.0, "count": 1}]}])) == (
            "incomplete"
        )
        assert (await box.mount()).parked
        assert asyncio.get_running_loop().time() < 2 * HOUR
