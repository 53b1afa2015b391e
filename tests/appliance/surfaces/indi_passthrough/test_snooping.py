"""A driver that snoops our roof: a mount that is told to be locked by it stays parked under it."""

from pathlib import Path

import pytest

from appliance.bus import State
from appliance.profile import Profile
from appliance.sequence.vitals import RoofNow
from appliance.surfaces.indi_passthrough.own.house import own_vectors
from appliance.surfaces.indi_passthrough.own.measured import Measured
from hardware.devices import RoofState
from tests.appliance.safety.site import WITH_ROOF
from tests.appliance.surfaces.indi_passthrough.passed_through import (
    Talker,
    new,
    passed_through,
    state,
    switch,
    values,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
SCOPE, ROOF = "Telescope Simulator", "Nightbox Roof"


async def test_a_mount_that_is_locked_by_our_roof_stays_parked_under_it(tmp_path: Path) -> None:
    rig, roof = Profile.model_validate(WITH_ROOF), RoofState.CLOSED

    def vectors(_: object) -> object:
        now: list[State] = [RoofNow(source="roof", roof=roof)]
        return own_vectors(rig, Measured(), now)

    async with (
        passed_through(tmp_path, "telescope", vectors=vectors) as passed,
        Talker.on(passed.direct) as direct,
    ):
        await direct.introduce(SCOPE)
        await direct.say(switch(SCOPE, "CONNECTION", CONNECT="On"))
        await direct.vector(SCOPE, "TELESCOPE_PARK", "def")
        await direct.say(new("Text", SCOPE, "ACTIVE_DEVICES", {"ACTIVE_DOME": ROOF}))
        await direct.vector(SCOPE, "ACTIVE_DEVICES")
        await direct.say(switch(SCOPE, "DOME_POLICY", DOME_LOCKS="On"))
        await direct.vector(SCOPE, "DOME_POLICY")
        await direct.say(switch(SCOPE, "TELESCOPE_PARK", PARK="On"))
        await direct.until(lambda one: one.name == "TELESCOPE_PARK" and state(one) == "Ok")
        await passed.bus_news()
        await direct.quiet()
        await direct.say(switch(SCOPE, "TELESCOPE_PARK", UNPARK="On"))
        refused = await direct.until(lambda one: "dome" in one.attributes.get("message", "").lower())
        assert refused.device == SCOPE
        roof = RoofState.OPEN
        await passed.bus_news()
        await direct.quiet()
        await direct.say(switch(SCOPE, "TELESCOPE_PARK", UNPARK="On"))
        await direct.until(
            lambda one: one.name == "TELESCOPE_PARK" and values(one).get("UNPARK") == "On"
            and one.tag.startswith("set") and state(one) in {"Ok", "Idle"}
        )  # fmt: skip
