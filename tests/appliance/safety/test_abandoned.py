"""A rig in use whose controller died, and a mount that is left tracking: neither is left to itself."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.box.box import Box
from tests.appliance.safety.site import WITHIN, Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("L", 3))
Place = Callable[..., Site]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    sites: list[Site] = []
    monkeypatch.setattr(Box, "sequence", stand_in(1e6))

    def make(**changes: Any) -> Site:
        sites.append(Site(tmp_path, profile(**changes)))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


async def working(site: Site, box: Box) -> None:
    box.start()
    await site.until(lambda: site.sky.axes.tracking and not site.sky.axes.slewing)


def abandon(site: Site) -> None:
    """A controller that died under the open sky."""

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.crash_at = site.loop.now + 30
        await asyncio.Event().wait()

    site.live(PLAN, story)
    assert not site.shut
    site.abandoned = True


@pytest.mark.parametrize("weather", [True, False])
def test_in_dry_weather_too_it_is_parked_and_closed(place: Place, weather: bool) -> None:
    site = place() if weather else place(weather=None)
    abandon(site)

    async def story(site: Site, box: Box) -> None:
        began = site.loop.now
        closed = await site.until(lambda: site.shut)
        assert closed - began < WITHIN
        await asyncio.sleep(60)
        assert box.watch.may_run
        assert not site.heard("ALARM")
        await working(site, box)  # a person may start anew

    site.live(PLAN, story)


def test_one_that_cannot_be_made_safe_calls_a_person(place: Place) -> None:
    site = place()
    abandon(site)
    site.troubles.mount_stuck = True

    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: site.heard("ALARM"))
        site.troubles.mount_stuck = False
        await site.until(lambda: site.shut)

    site.live(PLAN, story)


def test_a_rig_without_a_roof_is_parked(place: Place) -> None:
    site = place(roof=None, park_sensor=None, weather=None)
    abandon(site)

    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: site.sky.at_park)

    site.live(PLAN, story)


def test_after_stop_the_mount_is_held_at_the_limit_past_the_meridian(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        await box.stop()
        assert site.sky.axes.tracking
        await site.until(lambda: not site.sky.axes.tracking, within=12 * 3600.0)
        assert site.heard("stands still")
        assert not site.sky.roof.closed  # it was not the Sun's doing

    site.live(PLAN, story)
