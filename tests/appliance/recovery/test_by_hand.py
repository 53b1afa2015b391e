"""A rung of the ladder that a person asks for, and how a device stands meanwhile."""

import asyncio

import pytest

from appliance.errors import DeviceLost, DeviceRefused, DeviceUnsupported
from appliance.recovery.ladder import Rung
from appliance.recovery.standing import DeviceIs, Standing
from hardware.devices import Exposure
from hardware.simulator.faults import FaultKind
from tests.appliance.recovery.test_climb import QUICK, Bench, fault, lost_at_use, now

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


def standing(bench: Bench, kind: str = "camera") -> Standing:
    return next(one for one in bench.rig.standing() if one.kind == kind)


async def test_a_device_stands_as_it_is() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 2))
    assert standing(bench).is_ is DeviceIs.NOT_CONNECTED
    await bench.rig.open()
    assert standing(bench).is_ is DeviceIs.OPEN
    assert standing(bench).fed_by == "Plug"
    assert standing(bench).outage.due is None
    await lost_at_use(bench)
    assert standing(bench).is_ is DeviceIs.LOST
    with pytest.raises(DeviceLost):
        await bench.rig.bring("camera")
    outage = standing(bench).outage
    assert outage.lost is not None
    assert outage.due is not None
    assert outage.due.rung is Rung.DRIVER


async def test_a_person_need_not_wait_for_the_rung_that_is_due() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 2))
    await bench.rig.open()
    await lost_at_use(bench)
    with pytest.raises(DeviceLost):
        await bench.rig.bring("camera")
    began = now()
    recovering = asyncio.ensure_future(bench.rig.recover("camera", Rung.DRIVER))
    await asyncio.sleep(0.1)
    assert standing(bench).is_ is DeviceIs.RECOVERING
    await recovering
    assert now() - began < 15.0
    assert standing(bench).is_ is DeviceIs.OPEN
    assert standing(bench).outage.taken[-1].rung is Rung.DRIVER
    assert (await bench.rig.camera.expose(QUICK)).pixels.any()
    assert bench.texts[0] == "Camera: Restarting its driver, as a person asked."


async def test_one_that_works_may_be_restarted_too_and_begins_no_ladder() -> None:
    bench = Bench()
    await bench.rig.open()
    await bench.rig.recover("camera", Rung.POWER)
    assert standing(bench).is_ is DeviceIs.OPEN
    assert standing(bench).outage.taken == ()


async def test_nothing_is_broken_off_for_it() -> None:
    bench = Bench()
    await bench.rig.open()
    exposing = asyncio.ensure_future(bench.rig.camera.expose(Exposure(60.0)))
    await asyncio.sleep(1.0)
    for kind in ("camera", "focuser"):
        with pytest.raises(DeviceRefused, match="must wait, Camera exposes"):
            await bench.rig.recover(kind, Rung.SERVER)
    assert (await exposing).pixels.any()


async def test_what_cannot_be_done_is_said() -> None:
    bench = Bench()
    await bench.rig.open()
    with pytest.raises(DeviceUnsupported):
        await bench.rig.recover("mount", Rung.POWER)
