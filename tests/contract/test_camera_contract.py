import asyncio
from typing import Any

import numpy as np
import pytest

from hardware.devices import Camera, Exposure, FrameKind
from hardware.errors import DeviceRefused

pytestmark = pytest.mark.asyncio


async def test_a_frame_is_what_was_asked_for(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    asked = Exposure(0.3, gain=20, offset=10)
    before = asyncio.get_running_loop().time()
    frame = await camera.expose(asked)
    after = asyncio.get_running_loop().time()
    assert frame.exposure == asked
    assert frame.pixels.shape == (camera.sensor.height, camera.sensor.width)
    assert frame.pixels.dtype == np.uint16
    assert frame.pixels.dtype.isnative
    assert frame.pixels.any()
    assert before <= frame.started <= frame.ended <= after
    assert frame.ended - frame.started == pytest.approx(0.3, abs=0.05)


async def test_binning_halves_both_sides_and_is_undone_by_the_next_frame(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    height, width = camera.sensor.height, camera.sensor.width
    binned = await camera.expose(Exposure(0.1, binning=2, kind=FrameKind.DARK))
    assert binned.pixels.shape == (height // 2, width // 2)
    assert (await camera.expose(Exposure(0.1))).pixels.shape == (height, width)


@pytest.mark.parametrize(
    "impossible",
    [Exposure(1e6), Exposure(-1.0), Exposure(0.1, binning=64), Exposure(0.1, gain=10**6)],
    ids=["too long", "negative", "binning", "gain"],
)
async def test_out_of_range_is_refused_and_the_camera_still_works(driver: Any, impossible: Exposure) -> None:
    camera: Camera = await driver.open("camera")
    with pytest.raises(DeviceRefused) as refused:
        await camera.expose(impossible)
    assert refused.value.device == camera.name
    assert (await camera.expose(Exposure(0.1))).pixels.any()


async def test_cancelling_aborts_and_the_next_frame_is_a_new_one(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    loop = asyncio.get_running_loop()
    exposing = asyncio.create_task(camera.expose(Exposure(60.0)))
    await asyncio.sleep(1.0)
    stopped = loop.time()
    exposing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await exposing
    assert loop.time() - stopped < 5
    frame = await camera.expose(Exposure(0.2))
    assert frame.started >= stopped
    assert frame.exposure.seconds == 0.2


async def test_cooling_goes_towards_its_aim(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    assert camera.cooler is not None
    start = await camera.cooler.celsius()
    await camera.cooler.aim(start - 5)
    await asyncio.sleep(4.0)
    assert await camera.cooler.celsius() < start
    power = await camera.cooler.power_percent()
    assert power is None or 0 <= power <= 100
    await camera.cooler.off()


async def test_an_impossible_temperature_is_refused(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    assert camera.cooler is not None
    with pytest.raises(DeviceRefused):
        await camera.cooler.aim(-300.0)


async def test_settings_that_were_left_alone_are_the_cameras_own(driver: Any) -> None:
    camera: Camera = await driver.open("camera")
    await camera.expose(Exposure(0.1, gain=30, offset=15))
    frame = await camera.expose(Exposure(0.1))
    assert (frame.exposure.gain, frame.exposure.offset) == (30, 15)
