"""The roof moves over a parked telescope only, and closes at the end of the night."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import DeviceError, DeviceRefused
from appliance.journal import Span
from appliance.profile import CLEARS
from hardware.devices import RoofState
from tests.appliance.sequence.night_rig import Box, StuckMount, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
ROOF: dict[str, Any] = {"driver": "simulator", "name": "Roof"}
SENSOR = {"driver": "simulator", "name": "Park sensor"}


async def close(box: Box) -> None:
    """As the evening finds it."""
    assert box.rig.roof
    await box.rig.roof.close()


async def state(box: Box) -> RoofState:
    assert box.rig.roof
    return await box.rig.roof.state()


async def names(box: Box) -> list[str]:
    return [span.name for span in await box.journal.read(Span)]


async def test_it_opens_before_the_telescope_moves_and_closes_after_it_is_parked(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR) as box:
        await close(box)
        assert await box.run(plan(("R", 1))) == "complete"
        did = await names(box)
        assert did[:2] == ["Open the roof", "Slew to M 33"]
        assert did[-2:] == ["Park the mount", "Close the roof"]
        assert await state(box) is RoofState.CLOSED


async def test_an_open_roof_is_left_alone_and_may_stay_so(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR) as box:
        assert await box.run(plan(("R", 1), close_roof_at_end=False)) == "complete"
        assert not [name for name in await names(box) if "roof" in name]
        assert await state(box) is RoofState.OPEN


async def test_it_stays_open_over_a_telescope_that_did_not_park(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR, mount=StuckMount) as box:
        with pytest.raises(DeviceError, match="the motor stalled"):
            await box.run(plan(("R", 1)))
        assert await state(box) is RoofState.OPEN
        assert "The roof stays as it is: the mount did not park." in [one.text for one in box.lines("error")]


async def test_it_stays_open_when_the_sensor_does_not_see_the_telescope(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR, sensor=False) as box:
        with pytest.raises(DeviceRefused, match="does not see the parked telescope"):
            await box.run(plan(("R", 1), cool=True))
        assert await state(box) is RoofState.OPEN
        assert (await names(box))[-1] == "Warm the camera"  # all else is done


async def test_it_does_not_open_over_a_telescope_that_is_not_parked(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR) as box:
        await close(box)
        await box.rig.mount.unpark()
        assert await box.run(plan(("R", 1))) == "incomplete"
        assert box.codes("error") == ["device.refused"]
        assert await state(box) is RoofState.CLOSED
        assert box.troubles.begun == []


async def test_one_that_clears_the_telescope_needs_no_parking(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof={**ROOF, "clears_telescope": CLEARS}, mount=StuckMount) as box:
        await close(box)
        await box.rig.mount.unpark()
        with pytest.raises(DeviceError, match="the motor stalled"):
            await box.run(plan(("R", 1)))
        assert await box.saved() == [("R", 1)]
        assert await state(box) is RoofState.CLOSED


async def test_stop_in_the_middle_of_opening_stops_the_roof(tmp_path: Path) -> None:
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR) as box:
        await close(box)
        job = await box.start(plan(("R", 1)))
        await asyncio.sleep(10)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await state(box) is RoofState.UNKNOWN
        assert (await box.mount()).parked
    async with box_in(tmp_path, roof=ROOF, park_sensor=SENSOR) as box:
        assert await box.run(plan(("R", 1))) == "complete"
