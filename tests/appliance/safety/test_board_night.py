"""A Raspberry Pi whose supply is too weak for some time is not safe."""

import asyncio
from dataclasses import replace
from pathlib import Path

from appliance.box.box import Box
from hardware.devices import BoardHealth
from tests.appliance.safety.site import Site, profile
from tests.appliance.sequence.night_rig import plan


def test_undervoltage_that_lasts_closes_the_roof(tmp_path: Path) -> None:
    site = Site(tmp_path, profile(board={"driver": "simulator", "name": "Pi"}))

    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: box.watch.state.safe is True)
        site.sky.board = replace(BoardHealth(), undervoltage=True)
        await asyncio.sleep(20)
        site.sky.board = BoardHealth()
        await asyncio.sleep(60)
        assert box.watch.state.safe  # a motor started
        site.sky.board = replace(BoardHealth(), undervoltage=True)
        await site.until(lambda: site.shut, within=120)
        assert box.watch.state.reasons == ("Pi: its supply voltage is too low",)

    site.live(plan(("L", 1)), story)
    site.close()
