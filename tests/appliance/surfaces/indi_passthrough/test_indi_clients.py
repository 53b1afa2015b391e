"""Real INDI clients in front of a real indiserver with its simulators, through the passthrough."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from appliance.leases import By, Owner
from appliance.safety.interlock import Verdict
from hardware.devices import Roof
from hardware.indi_wire import Element, enable_blob, get_properties
from tests.appliance.surfaces.indi_passthrough.passed_through import (
    Passed,
    Talker,
    numbers,
    passed_through,
    state,
    switch,
    values,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
CCD, SCOPE, DOME = "CCD Simulator", "Telescope Simulator", "Dome Simulator"
SEQUENCE = Owner("Nightbox's sequence", By.PROCEDURE)
PYINDI = Path(__file__).parent / "pyindi_client.py"


@pytest.fixture
async def passed(tmp_path: Path) -> AsyncIterator[Passed]:
    async with passed_through(tmp_path, "telescope", "ccd", "dome", "weather") as passed:
        async with Talker.on(passed.direct) as talker:
            await talker.introduce(DOME, CCD, SCOPE, "Weather Simulator")
        yield passed


async def connected(passed: Passed, *devices: str) -> None:
    async with Talker.on(passed.port) as client:
        for device in devices:
            await client.introduce(device)
            await client.say(switch(device, "CONNECTION", CONNECT="On"))
            await client.until(
                lambda one, device=device: (one.device, one.name) == (device, "CONNECTION")
                and values(one)["CONNECT"] == "On" and one.tag.startswith("set")
            )  # fmt: skip


async def test_getprop_and_setprop_see_and_do_what_they_do_directly(passed: Passed) -> None:
    query = (f"{CCD}.DRIVER_INFO.*", f"{SCOPE}.DRIVER_INFO.*", f"{DOME}.DRIVER_INFO.*")
    through = await passed.run("indi_getprop", *query)
    directly = await passed.run("indi_getprop", *query, port=passed.direct)
    assert sorted(through.splitlines()) == sorted(directly.splitlines())
    assert f"{CCD}.DRIVER_INFO.DRIVER_EXEC=indi_simulator_ccd" in through
    await connected(passed, CCD)
    await passed.run("indi_setprop", f"{CCD}.CCD_GAIN.GAIN=33")
    async with asyncio.timeout(10):  # it goes without waiting for what comes of it
        while "33" not in await passed.run("indi_getprop", "-1", f"{CCD}.CCD_GAIN.GAIN", port=passed.direct):
            continue


async def test_the_camera_of_the_sequence_is_looked_at_and_not_commanded(passed: Passed) -> None:
    await connected(passed, CCD)
    passed.works[CCD] = SEQUENCE
    printed = await passed.run(
        sys.executable, str(PYINDI), CCD, "CCD_EXPOSURE", "CCD_EXPOSURE_VALUE", "7", within=60.0
    )
    assert "state Alert value 1" in printed, printed
    assert "Nightbox's sequence has it. To take over: lend it" in printed
    del passed.works[CCD]
    printed = await passed.run(
        sys.executable, str(PYINDI), CCD, "CCD_EXPOSURE", "CCD_EXPOSURE_VALUE", "0.5", within=60.0
    )
    assert "frame of CCD1" in printed, printed


async def test_a_frame_of_the_sequence_reaches_who_enabled_it(passed: Passed) -> None:
    await connected(passed, CCD)
    passed.works[CCD] = SEQUENCE
    async with Talker.on(passed.direct) as box, Talker.on(passed.port) as client:
        await client.introduce(CCD)
        await client.say(enable_blob("Also", CCD, "CCD1"))
        await box.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=0.1))
        picture = await client.vector(CCD, "CCD1")
        assert len(picture.members[0].text) > 1_000_000


async def test_the_interlock_refuses_with_what_is_true(passed: Passed) -> None:
    await connected(passed, DOME)
    passed.verdict[0] = Verdict.UNSAFE
    async with Talker.on(passed.port) as client:
        await client.introduce(DOME)
        before = values(await client.vector(DOME, "DOME_SHUTTER", "def"))
        await client.say(switch(DOME, "DOME_SHUTTER", SHUTTER_OPEN="On"))
        refused = await client.vector(DOME, "DOME_SHUTTER")
        assert state(refused) == "Alert"
        assert "it will not open: it is not safe. Wait until it is safe" in refused.attributes["message"]
        assert values(refused) == before
        assert state(await client.vector(DOME, "DOME_SHUTTER")) != "Alert"
        passed.verdict[0] = Verdict.SAFE
        await client.say(switch(DOME, "DOME_SHUTTER", SHUTTER_OPEN="On"))
        assert state(await client.vector(DOME, "DOME_SHUTTER")) == "Busy"
        # While it moves, our own side knows, and nobody else may move it.
        await client.say(switch(DOME, "DOME_SHUTTER", SHUTTER_CLOSE="On"))
        refused = await client.until(lambda one: state(one) == "Alert")
        assert "it is being moved already" in refused.attributes["message"]
        opened = await client.until(lambda one: one.name == "DOME_SHUTTER" and state(one) == "Ok")
        assert values(opened)["SHUTTER_OPEN"] == "On"


async def test_a_roof_may_always_be_stopped(passed: Passed) -> None:
    await connected(passed, DOME)
    passed.works[DOME] = SEQUENCE
    async with Talker.on(passed.direct) as box, Talker.on(passed.port) as client:
        await client.introduce(DOME)
        await box.say(switch(DOME, "DOME_SHUTTER", SHUTTER_OPEN="On"))
        await client.until(lambda one: one.name == "DOME_SHUTTER" and state(one) == "Busy")
        await client.say(switch(DOME, "DOME_SHUTTER", SHUTTER_CLOSE="On"))
        refused = await client.until(lambda one: state(one) == "Alert")
        assert "Nightbox's sequence has it" in refused.attributes["message"]
        await client.say(switch(DOME, "DOME_ABORT_MOTION", ABORT="On"))
        await client.until(lambda one: "aborted" in one.attributes.get("message", ""))


async def test_a_stop_passes_what_waits_and_ends_it(passed: Passed) -> None:
    """The interlock asks the roof, which hangs; who wants to stop it does not wait for that."""
    await connected(passed, DOME)
    release = asyncio.Event()
    passed.gate.roof = cast(Roof, SimpleNamespace(name=DOME, state=release.wait, stop=release.wait))
    async with Talker.on(passed.port) as client:
        await client.introduce(DOME)
        await client.say(switch(DOME, "DOME_SHUTTER", SHUTTER_OPEN="On"))
        await client.say(switch(DOME, "DOME_ABORT_MOTION", ABORT="On"))
        await client.vector(DOME, "DOME_ABORT_MOTION")
        release.set()
        refused = await client.vector(DOME, "DOME_SHUTTER")
        assert "a person has stopped it a moment ago" in refused.attributes["message"]


async def test_what_ekos_sets_on_connecting_is_kept_from_the_mount(passed: Passed) -> None:
    await connected(passed, SCOPE)
    async with Talker.on(passed.port) as client:
        await client.introduce(SCOPE)
        place = values(await client.vector(SCOPE, "GEOGRAPHIC_COORD", "def"))
        await client.say(numbers(SCOPE, "GEOGRAPHIC_COORD", LAT=51.47, LONG=0.0, ELEV=46.0))
        refused = await client.vector(SCOPE, "GEOGRAPHIC_COORD")
        assert state(refused) == "Alert"
        assert "place and time are Nightbox's" in refused.attributes["message"]
        assert values(refused) == place


async def test_one_client_at_a_time_and_a_motion_key_is_let_go_with_its_client(passed: Passed) -> None:
    await connected(passed, SCOPE)
    await passed.run("indi_setprop", f"{SCOPE}.TELESCOPE_PARK.UNPARK=On")
    async with Talker.on(passed.port, "127.0.0.3") as second:
        await second.introduce(SCOPE)
        async with asyncio.timeout(20):
            while passed.leases.owner(SCOPE) is not None:  # noqa: ASYNC110 - of the program before
                await asyncio.sleep(0.05)
        async with Talker.on(passed.port, "127.0.0.2") as first:
            await first.introduce(SCOPE)
            await first.vector(SCOPE, "TELESCOPE_MOTION_NS", "def")
            await first.say(switch(SCOPE, "TELESCOPE_MOTION_NS", MOTION_NORTH="On"))
            await second.until(
                lambda one: one.name == "TELESCOPE_MOTION_NS" and values(one).get("MOTION_NORTH") == "On"
            )
            await second.say(switch(SCOPE, "TELESCOPE_MOTION_NS", MOTION_SOUTH="On"))
            refused = await second.until(lambda one: state(one) == "Alert")
            assert "127.0.0.2 has it. Disconnect there, or take it back" in refused.attributes["message"]
        await second.until(
            lambda one: one.name == "TELESCOPE_MOTION_NS" and set(values(one).values()) == {"Off"}
            and one.tag.startswith("set")
        )  # fmt: skip


async def test_a_drivers_words_from_a_client_go_nowhere(passed: Passed) -> None:
    async with Talker.on(passed.direct) as spy, Talker.on(passed.port) as client:
        await spy.introduce(SCOPE)
        await client.introduce(SCOPE)
        rain = Element(
            "setLightVector", {"device": "Weather Simulator", "name": "WEATHER_STATUS", "state": "Alert"}
        )
        await client.say(
            rain, Element("delProperty", {"device": SCOPE}), Element("message", {"message": "boo"})
        )
        await client.say(get_properties(SCOPE, "CONNECTION"))
        assert (await client.vector(SCOPE, "CONNECTION", "def")).device == SCOPE
        assert not [one for one in await spy.quiet() if one.attributes.get("message") == "boo"]
        assert passed.leases.owner("Weather Simulator") is None


async def test_the_server_is_killed_behind_it_and_comes_back(passed: Passed) -> None:
    async with Talker.on(passed.port) as client:
        await client.introduce(CCD, SCOPE, DOME, "Weather Simulator")
        await client.quiet()
        passed.server.kill()
        gone = {(await client.until(lambda one: one.tag == "delProperty")).device for _ in range(4)}
        assert gone == {CCD, SCOPE, DOME, "Weather Simulator"}
        await client.vector(CCD, "CONNECTION", "def", within=30.0)  # it was asked for again by itself
        await client.say(switch(CCD, "CONNECTION", CONNECT="On"))
        assert state(await client.vector(CCD, "CONNECTION")) == "Ok"


async def test_taken_back_its_exposure_is_broken_off_and_the_client_is_told(passed: Passed) -> None:
    await connected(passed, CCD)
    async with Talker.on(passed.port) as client:
        await client.introduce(CCD)
        await client.vector(CCD, "CCD_EXPOSURE", "def")
        await client.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=60.0))
        await client.until(lambda one: one.name == "CCD_EXPOSURE" and state(one) == "Busy")
        await client.quiet()
        passed.leases.take_back("camera")
        told = await client.until(lambda one: one.tag == "message")
        assert told.attributes["message"] == f"{CCD} was taken back by Nightbox: it was taken back."
        await client.until(lambda one: one.name == "CCD_ABORT_EXPOSURE" and state(one) == "Ok")
