"""Light and display while there is no box to command."""

import asyncio

import pytest

from appliance.bus import NeedsPerson
from appliance.profile import PanelSection
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.sign import sign
from tests.appliance.surfaces.panel.bench import BLACK, EVENING, PARTS, Bench

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
WRONG = NeedsPerson(source="box", text="The plan has no target.")


async def test_what_must_be_corrected_is_shown_and_dark_afterwards() -> None:
    bench = Bench()
    section = PanelSection.model_validate(PARTS)
    async with sign(section, bench.opener, lambda: EVENING, WRONG):
        await asyncio.sleep(1.0)
        assert set(await bench.watch(4.0)) == {patterns.NEEDS_YOU.colour, BLACK}
        assert "The plan has no" in " ".join(bench.sky.display)
        await bench.press("start")  # nobody is there to hear it
        assert bench.done == []
    assert bench.sky.light == BLACK


async def test_a_panel_without_light_and_display_shows_nothing() -> None:
    bench = Bench()
    async with sign(PanelSection(), bench.opener, lambda: EVENING, WRONG):
        await asyncio.sleep(1.0)
    assert bench.sky.light == BLACK
