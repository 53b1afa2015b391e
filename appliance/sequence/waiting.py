"""Waiting for the sky."""

import asyncio

from appliance.sequence.night import Night
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import alt_az
from appliance.sky.rise_set import highest_tonight

LOOK_SECONDS = 60.0


async def wait_until_up(night: Night, target: Target, min_altitude_deg: float) -> bool:
    """True once the target stands at or above its minimum altitude; False when it will not tonight."""
    said, site = False, night.observer.site
    while alt_az(target.position, site, night.observer.unix())[0] < min_altitude_deg:
        if highest_tonight(target.position, site, night.observer.unix()) < min_altitude_deg:
            return False
        if not said:
            night.say(f"{target.name} is still below {min_altitude_deg:g}°: waiting for it to rise.")
            night.show(doing=f"Waiting for {target.name} to rise")
            said = True
        await asyncio.sleep(LOOK_SECONDS)
    return True
