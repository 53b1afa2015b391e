"""A mount near its limit: who slews it and who stops it take turns; one that stays comes from its park."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from appliance.guide.dither import DitherPattern
from appliance.pointing.pier import Pier
from appliance.sequence.establish import go_near
from appliance.sequence.known import Established
from appliance.sequence.meridian import guard_limit, park_first
from appliance.sequence.settings import dither_settings
from appliance.sky.catalogue import find
from appliance.sky.rise_set import transit_near
from hardware.devices import PierSide
from tests.appliance.sequence.night_rig import EVENING, SITE, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
M33 = find("M33")
TRANSIT = transit_near(M33.position, SITE, EVENING)
WORK = plan(target=[{"name": "M33", "step": [{"filter": "L", "seconds": 60.0, "count": 1}]}])


@pytest.mark.parametrize(
    ("minutes", "stays", "side", "parks"),
    [
        (21.0, True, PierSide.WEST, True),
        (21.0, True, None, True),
        (21.0, True, PierSide.EAST, False),  # it is on that side already
        (21.0, False, PierSide.WEST, False),  # it has always turned so far
        (-21.0, True, PierSide.EAST, False),  # nothing is crossed
        (90.0, True, PierSide.WEST, False),  # so far past it turns in any case
    ],
)
async def test_it_parks_first_where_it_might_stay_on_its_side(
    tmp_path: Path, minutes: float, stays: bool, side: PierSide | None, parks: bool
) -> None:
    async with box_in(tmp_path, at=TRANSIT + 60 * minutes) as box:
        night = await box.night(WORK)
        await box.rig.mount.unpark()
        pattern = DitherPattern(Random(1), dither_settings(box.profile))
        known = Established(pattern, pier=Pier(side=side), stays=stays)
        assert await park_first(night, known, M33) is parks
        assert (await box.mount()).parked is parks


async def test_no_slew_begins_while_the_mount_is_being_stopped_at_its_limit(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        night = await box.night(WORK)
        known = Established(DitherPattern(Random(1), dither_settings(box.profile)))
        async with known.mount:  # as the guard of the limit does
            slewing = asyncio.create_task(go_near(night, known, M33))
            await asyncio.sleep(30)
            assert (await box.mount()).parked
        await slewing
        assert (await box.mount()).tracking


async def test_nothing_is_stopped_at_a_limit_while_a_slew_is_begun(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=TRANSIT + 3600) as box:
        night = await box.night(WORK)
        known = Established(DitherPattern(Random(1), dither_settings(box.profile)))
        await go_near(night, known, M33)
        known.pier.side = PierSide.WEST  # as a mount that stayed on its side
        async with known.mount:
            guard = asyncio.create_task(guard_limit(night, known))
            await asyncio.sleep(30)
            assert (await box.mount()).tracking
        await asyncio.sleep(1)
        assert not (await box.mount()).tracking
        guard.cancel()
        await asyncio.gather(guard, return_exceptions=True)
