"""A night that is over while it is not safe: nothing waits for the end of the morning's rain."""

import asyncio
import math

from appliance.box.box import Box
from appliance.errors import NeverDark
from appliance.sequence.resume import begun, unfinished
from appliance.sequence.tonight import is_over, tonight

LOOK_SECONDS = 60.0


async def end_at_dawn(box: Box) -> None:
    """For as long as the box lives: a night that waits for safety ends at dawn, once the rig is at rest.

    Until then safety goes on trying to park and to close.
    """
    dawn: float | None = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not box.wanted.waiting:
            dawn = None
            continue
        if dawn is None:
            dawn = await _dawn(box)
        if box.observer.unix() >= dawn and await box.at_rest():
            box.wanted.conclude(box.end_by_day)


async def _dawn(box: Box) -> float:
    """When the night that is waited for ends (UTC): now, for one that has been worked on and is over."""
    now, site = box.observer.unix(), box.observer.site
    run = await unfinished(box.journal, box.plan)
    if run is not None and is_over(box.plan, site, now, await begun(box.journal, run.id)):
        return now
    try:
        return tonight(box.plan, box.targets, site, now).dark.ends
    except NeverDark:
        return math.inf  # it waits as it would if it were safe
