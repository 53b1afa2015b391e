"""A mount without a roof that goes away in the rain: somebody is called, unless it never came."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.box.box import Box
from tests.appliance.safety.site import WITHIN, Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("L", 3))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(Box, "sequence", stand_in(1e6))
    site = Site(tmp_path, profile(roof=None, park_sensor=None))
    yield site
    site.close()


async def goes_away_in_the_rain(site: Site, _: Box) -> None:
    site.troubles.mount_gone, site.troubles.rain = True, 1.0
    await asyncio.sleep(2 * WITHIN)


def test_one_that_was_at_work_is_missed(bare: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(lambda: site.sky.axes.tracking and not site.sky.axes.slewing)
        await goes_away_in_the_rain(site, box)
        assert "the mount is not parked" in site.alarms[-1][1].text
        assert "nothing answers where it was" in site.alarms[-1][1].text
        site.troubles.mount_gone = False
        await site.until(lambda: site.sky.at_park, within=3 * WITHIN)  # it is looked for all the time
        await site.until(lambda: site.alarms[-1][1].text == "")

    bare.live(PLAN, story)


def test_one_that_was_in_use_when_the_last_controller_died_is_missed(bare: Site) -> None:
    bare.in_use = True
    bare.live(PLAN, goes_away_in_the_rain)
    assert "the mount is not parked" in bare.alarms[-1][1].text


def test_one_that_never_came_is_no_alarm(bare: Site) -> None:
    bare.live(PLAN, goes_away_in_the_rain)
    assert not bare.alarms
    assert bare.heard("Not yet safe: Mount: nothing answers where it was.")
