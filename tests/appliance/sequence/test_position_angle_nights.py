"""Targets with a position angle, on rigs with rotators of both kinds, one that fails, and none."""

from pathlib import Path
from typing import Any

import pytest

from appliance.journal import Span, SubState
from appliance.pointing.rotate import apart
from hardware.errors import DeviceError
from hardware.simulator.world import RotatorModel
from tests.appliance.sequence.night_rig import SUB_SECONDS, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
ROTATOR = {"driver": "simulator", "name": "Rotator"}


def target(name: str, angle: float | None, **keys: Any) -> dict[str, Any]:
    step = [{"filter": "L", "seconds": SUB_SECONDS, "count": 1}]
    return {"name": name, "position_angle_deg": angle, "step": step, **keys}


async def turns(box: Box) -> list[str]:
    return [span.name for span in await box.journal.read(Span) if span.name.startswith("Turn the camera")]


@pytest.mark.parametrize("way", ["east", "west"])
async def test_the_camera_is_turned_and_a_second_target_turned_once(tmp_path: Path, way: str) -> None:
    work = plan(target=[target("M33", 75.0), target("M31", 75.0), target("M45", 20.0)])
    world = {"rotator": RotatorModel(start_deg=100.0, turns=way)}
    async with box_in(tmp_path, world=world, rotator=ROTATOR) as box:
        assert await box.run(work) == "complete"
        assert await turns(box) == ["Turn the camera to 75°", "Turn the camera to 20°"]
        assert abs(apart(20.0, box.sky.rotation_deg)) <= 1.5
        assert len(await box.subs(SubState.SAVED)) == 3
        said = [line.text for line in box.lines() if "turning by" in line.text]
        # The direction is learned at the first target: after that one turn is enough.
        assert len(said) == (2 if way == "east" else 3)


async def test_the_angle_is_turned_before_it_is_centred(tmp_path: Path) -> None:
    async with box_in(tmp_path, rotator=ROTATOR) as box:
        assert await box.run(plan(target=[target("M33", 200.0)])) == "complete"
        names = [span.name for span in await box.journal.read(Span)]
        assert names.index("Turn the camera to 200°") < names.index("Centre on M 33")


async def test_a_rig_without_a_rotator_says_so_once(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target=[target("M33", 75.0), target("M31", 30.0)])) == "complete"
        assert box.codes("warning") == ["pointing.angle"]
        assert await turns(box) == []


async def test_a_rotator_that_fails_costs_no_sub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with box_in(tmp_path, rotator=ROTATOR) as box:
        assert box.rig.rotator is not None

        async def stalls(_: float) -> None:
            raise DeviceError("Rotator", "the motor stalled")

        monkeypatch.setattr(box.rig.rotator, "rotate_to", stalls)
        assert await box.run(plan(target=[target("M33", 75.0)])) == "complete"
        assert box.codes("warning") == ["pointing.angle"]
        assert "M 33 is taken at the angle as it is" in box.lines("warning")[0].text


async def test_a_turned_camera_is_no_sign_of_a_flip(tmp_path: Path) -> None:
    """Each turn of the rotator is seen before the next: two of 90° are no flip."""
    work = plan(target=[target("M33", 5.0), target("M31", 94.0), target("M45", 4.0), target("M33", 92.0)])
    async with box_in(tmp_path, rotator=ROTATOR) as box:
        assert await box.run(work) == "complete"
        assert not [s for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]
        assert not box.codes("error")
