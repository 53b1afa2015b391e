"""Flips by setting the side of the pier, and a dome that stands still meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from appliance.journal import Span
from appliance.sequence.messages import SequenceState
from appliance.sky.catalogue import find
from appliance.sky.rise_set import transit_near
from hardware.devices import PierSide
from hardware.errors import DeviceError, DeviceRefused
from hardware.simulator.mount import SimulatedMount
from hardware.simulator.roof import SimulatedRoof
from hardware.simulator.world import MountModel, RoofModel
from tests.appliance.sequence.night_rig import EVENING, SITE, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
BEFORE = transit_near(find("M33").position, SITE, EVENING) - 900.0
WORK = plan(
    target=[{"name": "M33", "step": [{"filter": "L", "seconds": 600.0, "count": 4}]}], focus_after_flip=False
)
STAYS: dict[str, Any] = {"at_meridian": "stays", "flip_after_deg": 90.0}
CLEARS = "I declare that the roof clears the telescope in any position"
ROOF = {"driver": "simulator", "name": "Dome", "clears_telescope": CLEARS}
Patch = pytest.MonkeyPatch


async def flips(box: Box) -> list[str]:
    return [s.outcome for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]


def doing(box: Box) -> str:
    return next(one.doing for one in reversed(box.said) if isinstance(one, SequenceState))


async def test_a_mount_that_would_stay_is_turned_by_its_side(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=BEFORE, world={"mount": MountModel(**STAYS, sets_side=True)}) as box:
        assert await box.run(WORK) == "complete"
        assert await flips(box) == ["done"]
        assert not box.codes("error")


async def test_one_that_refuses_its_side_is_turned_by_a_slew(tmp_path: Path, monkeypatch: Patch) -> None:
    asked: list[PierSide] = []

    async def refuses(_: Any, side: PierSide) -> None:
        asked.append(side)
        raise DeviceRefused("Mount", "not now")

    monkeypatch.setattr(SimulatedMount, "turn_to", refuses)
    async with box_in(tmp_path, at=BEFORE, world={"mount": MountModel(sets_side=True)}) as box:
        assert await box.run(WORK) == "complete"
        assert await flips(box) == ["done"]
        assert asked == [PierSide.EAST]


async def test_a_dome_stands_still_during_the_flip_and_follows_again(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    seen: list[tuple[bool, bool]] = []
    world = {"roof": RoofModel(start="open", dome=True)}
    async with box_in(tmp_path, at=BEFORE, world=world, roof=ROOF) as box:
        slew = SimulatedMount.slew

        async def watched(mount: SimulatedMount, target: Any) -> None:
            slaving = box.rig.roof.slaving if box.rig.roof else None
            assert slaving is not None
            seen.append((doing(box).startswith("Meridian flip"), await slaving.follows()))
            await slew(mount, target)

        monkeypatch.setattr(SimulatedMount, "slew", watched)
        assert await box.run(WORK) == "complete"
        assert {follows for flipping, follows in seen if flipping} == {False}
        assert {follows for flipping, follows in seen if not flipping} == {True}
        assert box.rig.roof is not None
        assert box.rig.roof.slaving is not None
        assert await box.rig.roof.slaving.follows()


async def test_a_flip_that_fails_leaves_the_dome_following(tmp_path: Path) -> None:
    world = {"roof": RoofModel(start="open", dome=True), "mount": MountModel(**STAYS)}
    async with box_in(tmp_path, at=BEFORE, world=world, roof=ROOF) as box:
        await box.run(WORK)
        assert (await flips(box))[0] == "failed"
        texts = [line.text for line in box.lines()]
        assert texts.count("The dome stands still for the flip.") == texts.count(
            "The dome follows the telescope again."
        )


async def test_a_dome_that_fails_to_stand_keeps_no_flip_from_being_made(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    async def stuck(*_: Any) -> None:
        raise DeviceError("Dome", "its driver objects")

    monkeypatch.setattr(SimulatedRoof, "follow", stuck)
    world = {"roof": RoofModel(start="open", dome=True)}
    async with box_in(tmp_path, at=BEFORE, world=world, roof=ROOF) as box:
        assert await box.run(WORK) == "complete"
        assert await flips(box) == ["done"]
        assert [line.text for line in box.lines("warning")].count("Dome: its driver objects") == 1
