"""Outputs in a whole box: before Start, through a crash, and at the end."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.outputs.messages import OutputsState
from tests.appliance.safety.site import Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("L", 3))
OUTPUTS = [
    {"driver": "simulator", "name": "Heater", "mode": "fixed", "percent": 60.0},
    {"driver": "simulator", "name": "Camera 12 V", "mode": "on"},
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(Box, "sequence", stand_in(600.0))
    site = Site(tmp_path, profile(output=OUTPUTS))
    yield site
    site.close()


def test_from_the_start_of_the_box_to_its_end(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: site.sky.outputs == {"Heater": 0.6, "Camera 12 V": 1.0}, 60.0)
        async with served(box) as api:
            assert await api.call("output", {"name": "Heater", "percent": 20}) == "Heater: fixed at 20 %."
            assert site.sky.outputs["Heater"] == pytest.approx(0.2)
            told = next(state for state in api.status() if state["type"] == "OutputsState")
            assert told["outputs"][0]["percent"] == 20.0  # type: ignore[index]
        assert site.heard("Heater: fixed at 20 %.")

    site.live(PLAN, story)
    assert site.sky.outputs == {"Heater": 0.0, "Camera 12 V": 1.0}


def test_a_crash_leaves_them_and_the_next_life_begins_with_the_profile(site: Site) -> None:
    async def first(site: Site, box: Box) -> None:
        await asyncio.sleep(30)
        await box.outputs.set("Heater", None, 20.0)
        site.crash_at = site.loop.now + 60
        await asyncio.sleep(600)

    async def second(site: Site, box: Box) -> None:
        await site.until(lambda: site.sky.outputs["Heater"] == 0.6, 60.0)
        shown = [state for state in box.bus.states() if isinstance(state, OutputsState)]
        assert [one.mode for one in shown[0].outputs] == ["fixed", "on"]

    site.live(PLAN, first)
    assert site.sky.outputs["Heater"] == pytest.approx(0.2)  # nothing was there to switch it off
    site.live(PLAN, second)
