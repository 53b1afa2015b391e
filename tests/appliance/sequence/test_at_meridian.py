"""What becomes of a target at the meridian: aborted, asked about, or flipped by odd mounts that end safe."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.bus import Alarm, NeedsPerson
from appliance.journal import Span, SubState
from appliance.sky.catalogue import find
from appliance.sky.rise_set import transit_near
from hardware.simulator.world import MountModel
from tests.appliance.sequence.night_rig import EVENING, SITE, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
TRANSIT = transit_near(find("M33").position, SITE, EVENING)
BEFORE = TRANSIT - 900.0
DEG_PER_MINUTE = 0.2507


def subs_of(seconds: float, count: int, name: str = "M33", **keys: Any) -> dict[str, Any]:
    return {"name": name, "step": [{"filter": "L", "seconds": seconds, "count": count}], **keys}


async def flips(box: Box) -> list[Span]:
    return [s for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]


async def farthest(box: Box, seen: list[float]) -> None:
    """Minutes past the meridian at which it tracks, looked at every 20 s."""
    while True:
        axes = box.sky.axes
        if axes.tracking and not axes.slewing:
            seen.append(axes.past_meridian_deg / DEG_PER_MINUTE)
        await asyncio.sleep(20)


ABORT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"at_meridian": "abort"}, {}),
    ({}, {"at_meridian": "abort"}),
    ({"at_meridian": "nothing"}, {"at_meridian": "abort"}),
]


@pytest.mark.parametrize(("section", "keys"), ABORT, ids=["profile", "plan", "fork and plan"])
async def test_a_target_ends_at_the_meridian(
    tmp_path: Path, section: dict[str, Any], keys: dict[str, Any]
) -> None:
    work = plan(target=[subs_of(300.0, 12, **keys), subs_of(60.0, 1, "M45")], focus_after_flip=False)
    async with box_in(tmp_path, at=BEFORE, flip=section) as box:
        assert await box.run(work) == "incomplete"
        assert await flips(box) == []
        saved = await box.subs(SubState.SAVED)
        ends = [(sub.started or 0) + 300 for sub in saved if sub.target == "M 33"]
        assert len(ends) >= 4
        assert TRANSIT < max(ends) <= TRANSIT + 1200
        assert [sub.target for sub in saved][-1] == "M 45"
        assert "M 33 ends at the meridian." in [line.text for line in box.lines()]
    # And it stays so when the box begins anew in the same night.
    async with box_in(tmp_path, at=TRANSIT + 3600, flip=section) as box:
        assert await box.run(work) == "incomplete"
        assert len(await box.subs(SubState.SAVED)) == len(saved)


async def test_begun_past_the_meridian_it_is_taken(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=TRANSIT + 1800, flip={"at_meridian": "abort"}) as box:
        assert await box.run(plan(target=[subs_of(300.0, 2)])) == "complete"


async def test_a_plan_may_flip_where_the_profile_aborts(tmp_path: Path) -> None:
    work = plan(target=[subs_of(600.0, 4, at_meridian="flip")], focus_after_flip=False)
    async with box_in(tmp_path, at=BEFORE, flip={"at_meridian": "abort"}) as box:
        assert await box.run(work) == "complete"
        assert len(await flips(box)) == 1


async def test_nothing_is_done_at_the_meridian(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=BEFORE, flip={"at_meridian": "nothing"}) as box:
        assert await box.run(plan(target=[subs_of(900.0, 3)])) == "complete"
        assert await flips(box) == []


PAUSES = {"pause_before_minutes": 5.0, "pause_after_minutes": 3.0}


async def test_a_person_is_asked_before_and_after_the_flip(tmp_path: Path) -> None:
    work = plan(target=[subs_of(600.0, 4)], focus_after_flip=False)
    async with box_in(tmp_path, at=BEFORE, flip=PAUSES) as box:
        job, began = await box.start(work), box.observer.unix()
        asked = []
        for when in ("Before", "After"):
            await box.until(lambda: bool(await_question(box)))
            asked.append(await_question(box))
            assert asked[-1].startswith(f"{when} the meridian flip of M 33")
            box.questions.answer("go on")
            await box.until(lambda: not await_question(box))
        assert await job == "complete"
        assert box.observer.unix() - began < 4 * 600 + 900
        assert len(await flips(box)) == 1


def await_question(box: Box) -> str:
    newest = [one for one in box.said if isinstance(one, NeedsPerson) and one.source == "sequence"]
    return newest[-1].text if newest else ""


async def test_nobody_answers_and_it_flips_within_the_limit(tmp_path: Path) -> None:
    work = plan(target=[subs_of(600.0, 4)], focus_after_flip=False)
    async with box_in(tmp_path, at=BEFORE, flip={"pause_before_minutes": 60.0}) as box:
        assert await box.run(work) == "complete"
        (flip,) = await flips(box)
        # An hour was wanted; twenty minutes past the meridian are allowed, two of them for the flip.
        assert TRANSIT + 1000 < flip.started < TRANSIT + 1120
        assert [line.text for line in box.lines() if line.text.startswith("Nobody answered")]


async def test_somebody_ends_the_night_at_the_flip(tmp_path: Path) -> None:
    work = plan(target=[subs_of(600.0, 4)], focus_after_flip=False)
    async with box_in(tmp_path, at=BEFORE, flip=PAUSES) as box:
        job = await box.start(work)
        await box.until(lambda: bool(await_question(box)))
        box.questions.answer("stop")
        assert await job == "incomplete"
        assert (await box.mount()).parked
        assert await flips(box) == []


LATE = {"flip_after_deg": 4.0}  # 16 minutes past the meridian
NEVER = {"flip_after_deg": 90.0}
ODD: dict[str, tuple[dict[str, Any], str, int]] = {
    "early": ({"flip_early_deg": 12.0}, "complete", 1),
    "late, without a word": ({"at_meridian": "stays", **LATE}, "complete", 1),
    "late, refusing": ({"at_meridian": "refuses", **LATE}, "complete", 1),
    "late, lying": ({"at_meridian": "stays", "pier_side": "lies", **LATE}, "complete", 1),
    "never": ({"at_meridian": "stays", **NEVER}, "complete", 1),
    "never, refusing": ({"at_meridian": "refuses", **NEVER}, "complete", 1),
    "never, lying": ({"at_meridian": "stays", "pier_side": "lies", **NEVER}, "complete", 1),
    "never, silent": ({"at_meridian": "stays", "pier_side": "silent", **NEVER}, "complete", 1),
}


@pytest.mark.parametrize("kind", ODD)
async def test_odd_mounts_end_safe(tmp_path: Path, kind: str) -> None:
    model, outcome, alarms = ODD[kind]
    work = plan(target=[subs_of(600.0, 5, min_altitude_deg=66.0)], focus_after_flip=False)
    seen: list[float] = []
    async with box_in(tmp_path, at=BEFORE, world={"mount": MountModel(**model)}) as box:
        watch = asyncio.create_task(farthest(box, seen))
        assert await box.run(work) == outcome
        watch.cancel()
        # Early flippers stand on the far side before the meridian, and every minute less so.
        assert max(seen) < (55.0 if kind == "early" else 20.5)
        assert (await box.mount()).parked
        assert not (await box.mount()).tracking
        raised = [one for one in box.said if isinstance(one, Alarm) and one.source == "flip"]
        assert bool([one for one in raised if one.text]) == bool(alarms)
        assert not raised or not raised[-1].text  # over, when the rig has been left safe
        wanted = [one for one in box.said if isinstance(one, NeedsPerson) and one.source == "flip"]
        assert bool(wanted) == bool(alarms)
