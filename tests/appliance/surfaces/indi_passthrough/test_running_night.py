"""Clients at a box whose night runs: they see everything, start and stop it, and borrow its camera."""

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from appliance.box.box import Box
from appliance.cli.compose import free_port, running_box
from appliance.cli.demo import best_target, darkest, demo_profile
from appliance.leases import By
from appliance.plan import Plan, Step, Target
from appliance.profile import Profile
from appliance.sequence.messages import LastSub, SequenceState
from hardware.indi_wire import enable_blob
from tests.appliance.surfaces.indi_passthrough.passed_through import (
    Talker,
    listens,
    numbers,
    state,
    switch,
    values,
)
from tests.indi_rig import SMALL

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
CCD, SCOPE, NIGHT = "CCD Simulator", "Telescope Simulator", "Nightbox Sequence"


def rig(port: int) -> Profile:
    profile: dict[str, Any] = tomllib.loads(demo_profile("indi", darkest(time.time())))
    profile["indi"] = {"drivers": ("indi_simulator_telescope", "indi_simulator_ccd")}
    for absent in ("focuser", "filter_wheel", "rotator", "roof", "weather", "gnss"):
        del profile[absent]
    profile["camera"]["setup"] |= SMALL
    profile["solver"] = {"order": ("near",)}
    profile["page"] = {"host": "127.0.0.1", "port": 0}
    profile["passthrough"] = {"enabled": True, "port": port}
    profile["output"] = [{"driver": "simulator", "name": "Heater", "mode": "fixed", "percent": 60.0}]
    return Profile.model_validate(profile)


def plan_of(profile: Profile) -> Plan:
    # Not centred: in some places of the sky the small frame has too few stars that the solver knows.
    name = best_target(profile.site.place(), time.time())
    step = Step(seconds=1.0, count=50, dither_every=0)
    return Plan(
        name="Small", target=(Target(name=name, step=(step,), centre=False),), cool=False, warm_at_end=False
    )


@asynccontextmanager
async def night(folder: Path) -> AsyncIterator[tuple[Box, int]]:
    port = free_port()
    profile = rig(port)
    async with running_box(profile, plan_of(profile), folder) as box:
        await listens(port)
        yield box, port


def phase(box: Box) -> str:
    return next((one.phase for one in box.bus.states() if isinstance(one, SequenceState)), "")


async def until(happened: Any, within: float = 180.0) -> None:
    async with asyncio.timeout(within):
        while not happened():  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.05)


@pytest.mark.timeout(400)
async def test_a_night_with_a_guest(tmp_path: Path) -> None:
    async with night(tmp_path) as (box, port), Talker.on(port) as ekos:
        await ekos.introduce(CCD, SCOPE, NIGHT, "Nightbox Safety", "Nightbox Outputs", "Nightbox Power")
        await ekos.say(switch(NIGHT, "SEQUENCE_CONTROL", START="On"))
        begun = await ekos.until(lambda one: "started" in one.attributes.get("message", ""))
        assert begun.name == "SEQUENCE_CONTROL"
        await ekos.say(enable_blob("Also", CCD))
        picture = await ekos.vector(CCD, "CCD1", within=120.0)
        assert len(picture.members[0].text) > 100_000, "the sequence's frames reach who wants them"

        await ekos.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=9.0))
        refused = await ekos.until(lambda one: "has it" in one.attributes.get("message", ""))
        assert (refused.name, state(refused)) == ("CCD_EXPOSURE", "Alert")
        assert values(refused)["CCD_EXPOSURE_VALUE"] != "9"
        assert phase(box) == "running"

        await until(lambda: any(isinstance(one, LastSub) for one in box.bus.states()))
        owned = box.leases.grant("camera")
        assert (owned.client, owned.by, owned.waits) == ("127.0.0.1", By.PROCEDURE, True)
        await until(lambda: box.leases.claim(CCD, "127.0.0.1") is None)
        assert phase(box) == "waiting"
        await ekos.say(numbers(CCD, "CCD_EXPOSURE", CCD_EXPOSURE_VALUE=0.5))
        await ekos.vector(CCD, "CCD1", within=60.0)
        await ekos.say(switch(SCOPE, "TELESCOPE_PARK", PARK="On"))
        refused = await ekos.until(lambda one: "has it" in one.attributes.get("message", ""))
        assert refused.device == SCOPE, "only what was lent"

        box.leases.take_back("camera")
        await until(lambda: phase(box) == "running")
        await ekos.say(switch(NIGHT, "SEQUENCE_CONTROL", STOP="On"))
        await ekos.until(lambda one: "stopped" in one.attributes.get("message", ""))
        assert not box.jobs.busy()
        await ekos.say(numbers("Nightbox Outputs", "OUTPUT_1_PERCENT", PERCENT=20.0))
        await ekos.until(lambda one: values(one).get("PERCENT") == "20")
