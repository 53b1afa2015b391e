"""A mount that has not turned once: sent a little past the meridian it comes from its park position."""

from pathlib import Path
from random import Random

import pytest

from appliance.guide.dither import DitherPattern
from appliance.pointing.pier import Pier
from appliance.sequence.known import Established
from appliance.sequence.meridian import park_first
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
