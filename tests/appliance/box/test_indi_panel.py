"""INDI's properties as commands of the box: a rig without INDI says so; what does not fit is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Api
from appliance.box.box import Box
from appliance.box.indi_commands import indi_commands
from appliance.errors import BadCommand, DeviceMissing
from appliance.surfaces.indi_browser.browser import Browser
from hardware.indi_wire import Element, Member
from tests.appliance.safety.site import Site, profile
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("R", 1))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path, profile())
    yield site
    site.close()


def served(box: Box, browser: Browser | None) -> Api:
    api = Api(box.bus, box.observer.unix)
    for command in indi_commands(box, browser):
        api.register(command)
    return api


def test_a_rig_without_indi_says_so(site: Site) -> None:
    async def story(_: Site, box: Box) -> None:
        api = served(box, None)
        answer: Any = await api.call("indi_devices", {})
        assert not answer["available"]
        assert "None of this rig's devices is an INDI device" in answer["why"]
        with pytest.raises(BadCommand, match="None of this rig's devices"):
            await api.call("indi_properties", {"device": "Camera"})

    site.live(PLAN, story)


def test_properties_are_told_and_a_wrong_name_is_named(site: Site) -> None:
    async def story(_: Site, box: Box) -> None:
        browser = Browser()
        api = served(box, browser)
        with pytest.raises(DeviceMissing, match="INDI's server does not answer"):
            await api.call("indi_properties", {"device": "CCD"})
        members = (Member("defNumber", "X", "1", {"name": "X", "min": "0", "max": "4", "step": "1"}),)
        attributes = {"device": "CCD", "name": "BIN", "state": "Ok", "perm": "rw", "group": "Image"}
        browser.tree.take(Element("defNumberVector", attributes, members))
        answer: Any = await api.call("indi_devices", {})
        assert answer["devices"] == [
            {"name": "CCD", "kinds": [], "owner": "", "connected": True, "state": "Ok", "properties": 1}
        ]
        told: Any = await api.call("indi_properties", {"device": "CCD"})
        assert told["whole"]
        assert (told["properties"][0]["group"], told["properties"][0]["items"][0]["most"]) == ("Image", 4.0)
        again: Any = await api.call("indi_properties", {"device": "CCD", "since": told["revision"]})
        assert (again["whole"], again["properties"], again["gone"]) == (False, [], [])
        with pytest.raises(BadCommand, match="INDI has no 'CDC' now") as wrong:
            await api.call("indi_properties", {"device": "CDC"})
        assert wrong.value.advice == "It has: CCD."
        with pytest.raises(BadCommand, match="CCD has no property 'BINN' now"):
            await api.call("indi_set", {"device": "CCD", "property": "BINN", "values": {"X": 2}})
        with pytest.raises(BadCommand, match="7 is not between 0 and 4"):
            await api.call("indi_set", {"device": "CCD", "property": "BIN", "values": {"X": 7}})

    site.live(PLAN, story)
