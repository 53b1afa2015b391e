"""Waiting for dusk, for targets and for the clouds to pass; and for none of them too long."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits

from appliance.journal import Run, Span, Sub, SubState
from appliance.sequence.resume import plan_key
from appliance.solve.solution import Hint, Solution
from tests.appliance.sequence.night_rig import EVENING, Blind, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
HOUR = 3600.0
DAWN = EVENING + 33_400.0  # nautical, within some minutes


def target(name: str, seconds: float, count: int, above: float = 20.0) -> dict[str, Any]:
    step = {"filter": "R", "seconds": seconds, "count": count}
    return {"name": name, "min_altitude_deg": above, "step": [step]}


class Clouds(Blind):
    """No star can be recognised between two moments of the loop's clock."""

    def __init__(self, begins: float, ends: float) -> None:
        super().__init__(0)
        self._span = begins, ends

    async def solve(self, stars: Any, hint: Hint, image: Any = None) -> Solution:
        now = asyncio.get_running_loop().time()
        self.solves = 0 if self._span[0] <= now < self._span[1] else 1
        return await super().solve(stars, hint, image)


async def test_a_cloud_is_waited_for_and_said_once(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.solvers = (Clouds(0.0, 2400.0),)
        assert await box.run(plan(target=[target("M45", 60.0, 1)])) == "complete"
        assert 2400 < asyncio.get_running_loop().time() < 3000
        assert box.codes() == ["solve.failed"]
        said = [line.text for line in box.lines()]
        assert (
            said.count("Clouds? Looking again every 5 minutes.") == said.count("The sky is clear again.") == 1
        )
        assert len(list((tmp_path / "unsolved").glob("*.fits"))) == 1  # the first of the cloud only


async def test_clouds_over_the_meridian(tmp_path: Path) -> None:
    """M33 crosses it while nothing can be seen: nothing turns unproven, and it is taken when it is clear."""
    async with box_in(tmp_path) as box:
        box.solvers = (Clouds(0.0, 6000.0),)
        work = plan(target=[target("M33", 250.0, 1)], focus_after_flip=False)
        assert await box.run(work) == "complete"
        flips = [s.outcome for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]
        assert not [outcome for outcome in flips if outcome != "done"]
        assert not box.lines("error")
        (sub,) = await box.subs(SubState.SAVED)
        header = fits.getheader(box.images / (sub.file or ""))
        assert header["PIERSIDE"] == "EAST"


async def test_a_target_under_clouds_is_left_when_it_sinks(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        box.solvers = (Clouds(0.0, 9e9),)
        assert await box.run(plan(target=[target("M33", 60.0, 1, above=72.0)])) == "incomplete"
        assert asyncio.get_running_loop().time() < 2 * HOUR
        assert (await box.mount()).parked


async def test_no_sub_is_begun_that_would_end_after_dawn(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=DAWN - 2 * HOUR) as box:
        assert await box.run(plan(target=[target("M44", 1800.0, 9)])) == "incomplete"
        assert len(await box.subs(SubState.SAVED)) == 3  # the fourth would end after it
        assert box.observer.unix() < DAWN + 900


async def test_the_first_of_the_plan_goes_first_once_it_is_up(tmp_path: Path) -> None:
    work = plan(target=[target("M44", 600.0, 2, above=25.0), target("M45", 600.0, 30)])
    async with box_in(tmp_path) as box:
        assert await box.run(work) == "complete"
        order = [sub.target for sub in await box.subs()]
        changes = [b for a, b in zip(["", *order], order, strict=False) if a != b]
        assert changes == ["M 45", "M 44", "M 45"]
        assert "M 45 waits: a target that comes before it in the plan is up." in [
            line.text for line in box.lines()
        ]


async def test_the_mount_stands_still_while_a_target_is_waited_for(tmp_path: Path) -> None:
    work = plan(target=[target("M45", 60.0, 1), target("M44", 60.0, 1, above=30.0)])
    async with box_in(tmp_path) as box:
        job = await box.start(work)
        await box.until(lambda: any("waiting for it to rise" in line.text for line in box.lines()))
        await asyncio.sleep(60)
        status = await box.mount()
        assert (status.tracking, status.parked) == (False, False)
        assert await job == "complete"


async def test_by_day_it_waits_for_dusk_and_cools_before(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=EVENING - 8 * HOUR) as box:
        assert await box.run(plan(target=[target("M33", 60.0, 1)], cool=True)) == "complete"
        cooling, slew = (await box.journal.read(Span))[:2]
        assert cooling.name.startswith("Cool")
        assert slew.started - cooling.started == pytest.approx(1800, abs=60)
        assert len([line for line in box.lines() if "dusk" in line.text]) == 1


async def test_a_rig_that_was_left_open_by_day_is_left_safe_first(tmp_path: Path) -> None:
    roof, sensor = ({"driver": "simulator", "name": name} for name in ("Roof", "Park sensor"))
    async with box_in(tmp_path, at=EVENING - 8 * HOUR, roof=roof, park_sensor=sensor) as box:
        await box.rig.mount.unpark()
        assert await box.run(plan(target=[target("M33", 60.0, 1)])) == "complete"
        names = [span.name for span in await box.journal.read(Span)]
        assert names[:3] == ["Park the mount", "Close the roof", "Open the roof"]


async def interrupted_run(box: Box, work: Any, last: float) -> None:
    run = await box.journal.add(Run(plan=work.name, plan_key=plan_key(work), started=last - 9 * HOUR))
    await box.journal.add(
        Sub(run=run, step_key="M33: R 60s bin1", number=1, target="M 33", filter="R", seconds=60.0,
            state=SubState.LOST, started=last)
    )  # fmt: skip


async def test_after_a_crash_at_dawn_the_night_is_over(tmp_path: Path) -> None:
    work = plan(target=[target("M33", 60.0, 1)])
    async with box_in(tmp_path, at=DAWN + 600) as box:
        await box.rig.mount.unpark()
        await interrupted_run(box, work, DAWN - 600)
        assert await box.run(work) == "incomplete"
        assert asyncio.get_running_loop().time() < 600
        assert (await box.mount()).parked
