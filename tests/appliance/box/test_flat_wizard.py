"""The flat wizard through the api, on the simulated rig in virtual time."""

import asyncio
import tomllib
from pathlib import Path

import pytest

from appliance.errors import BadCommand
from appliance.journal import FlatLight
from appliance.plan import PanelFlats, Plan
from hardware.devices import CoverState
from tests.appliance.box.open_field import field
from tests.appliance.surfaces.lonely_box import LonelyBox

WHEEL = {"driver": "simulator", "name": "Wheel", "setup": {"filters": "L,R,Ha"}}


def test_it_finds_the_light_and_proposes_an_item_that_a_plan_takes(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        answer = await box.api.call("flat_wizard", {"filters": ["L", "Ha"], "count": 8})
        assert isinstance(answer, dict)
        assert len(answer["lines"]) == 2
        assert all("ADU" in line for line in answer["lines"])
        raw = tomllib.loads(answer["toml"])
        step = {"name": "M31", "step": [{"seconds": 1, "count": 1}]}
        plan = Plan.model_validate({"name": "p", "target": [*raw["target"], step]})
        item = plan.target[0]
        assert isinstance(item, PanelFlats)
        assert (item.filters, item.count) == (("L", "Ha"), 8)
        learned = {one.filter: one for one in await box.box.journal.read(FlatLight)}
        assert learned["L"].run is None
        assert learned["L"].light == pytest.approx(24_800, rel=0.05)
        assert box.box.rig.cover
        assert await box.box.rig.cover.state() is CoverState.CLOSED
        assert box.sky.panel_level == 0
        assert not list((tmp_path / "images").rglob("*.fits"))

    field(tmp_path, filter_wheel=WHEEL).live(story)


def test_a_filter_that_cannot_be_lit_is_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        answer = await box.api.call("flat_wizard", {"filters": ["L", "Ha"], "brightness": 2})
        assert isinstance(answer, dict)
        assert "too faint" in answer["lines"][1]
        assert 'filters = ["L"]' in answer["toml"]
        assert "brightness = 2" in answer["toml"]

    field(tmp_path, filter_wheel=WHEEL).live(story)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="Kryptonite"):
            await box.api.call("flat_wizard", {"filters": ["Kryptonite"]})
        with pytest.raises(BadCommand, match="shortest_seconds"):
            await box.api.call("flat_wizard", {"shortest_seconds": 5, "longest_seconds": 1})

    field(tmp_path, filter_wheel=WHEEL).live(story)


def test_stop_ends_it_with_a_dark_panel(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert await box.api.call("flat_wizard", {"wait": False}) == "started"
        while not box.sky.panel_level:  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.5)
        await box.api.call("stop", {})
        assert box.sky.panel_level == 0
        assert "flat wizard" not in box.box.jobs.busy()

    field(tmp_path, filter_wheel=WHEEL).live(story)
