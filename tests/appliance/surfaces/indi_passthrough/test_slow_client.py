"""Two clients that hold frames up, and one that does not: it waits for nobody, and nobody's memory grows."""

import asyncio
from pathlib import Path

import pytest

from appliance.surfaces.indi_passthrough.frames import AGAIN, LEFT_OUT
from hardware.indi_wire import Element, enable_blob
from tests.appliance.surfaces.indi_passthrough.passed_through import (
    Passed,
    Talker,
    numbers,
    passed_through,
    switch,
    values,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
CCD = "CCD Simulator"
FRAMES = 6


async def ready(passed: Passed, client: Talker) -> None:
    """A camera whose frames are far more than a connection's buffers hold."""
    await client.introduce(CCD)
    await client.say(switch(CCD, "CONNECTION", CONNECT="On"))
    await client.vector(CCD, "SIMULATOR_SETTINGS", "def")
    await client.say(numbers(CCD, "SIMULATOR_SETTINGS", SIM_XRES=3000, SIM_YRES=2000))
    await client.until(lambda one: values(one).get("SIM_XRES") == "3000")
    await client.say(enable_blob("Also", CCD, "CCD1"))


async def frame(client: Talker, seconds: float) -> None:
    await client.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=seconds))
    assert len((await client.vector(CCD, "CCD1", within=60.0)).members[0].text) > 10_000_000


@pytest.mark.timeout(300)
async def test_a_stuck_client_gets_no_frames_until_it_reads_again(tmp_path: Path) -> None:
    async with (
        passed_through(tmp_path, "ccd") as passed,
        Talker.on(passed.port, "127.0.0.2") as fast,
        Talker.on(passed.port, "127.0.0.3") as stuck,
    ):
        await ready(passed, fast)
        await stuck.introduce(CCD)
        await stuck.say(enable_blob("Also", CCD, "CCD1"))
        await asyncio.sleep(0.5)
        for _ in range(FRAMES):
            await frame(fast, 0.1)
        await asyncio.sleep(3.0)
        seen: list[Element] = []

        def caught_up(one: Element) -> bool:
            seen.append(one)
            return one.attributes.get("message") == AGAIN

        await stuck.until(caught_up, within=60.0)
        pictures = sum(one.name == "CCD1" and one.tag.startswith("set") for one in seen)
        assert 1 <= pictures < FRAMES, "those under way come whole, the others not"
        assert LEFT_OUT in {one.attributes.get("message") for one in seen}
        await fast.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=0.1))
        await stuck.vector(CCD, "CCD1", within=60.0)  # it keeps up again, and gets the next one
