"""Waiting for the twilight, with a cold camera and the rig in shelter."""

import asyncio
from contextlib import suppress

from appliance.errors import DeviceError
from appliance.flats.sky import Twilight
from appliance.sequence.covering import shelter
from appliance.sequence.establish import cooled
from appliance.sequence.known import Established
from appliance.sequence.meridian import REST_SECONDS, rest
from appliance.sequence.night import Night
from appliance.sky.windows import Window

COOL_BEFORE_SECONDS = 1200.0
LONG_SECONDS = 1800.0  # a longer wait than this is spent parked, under a closed roof


async def wait_for_twilight(night: Night, known: Established, twilight: Twilight, window: Window) -> None:
    """Until it begins; at once when it has begun."""
    wait = window.begins - night.observer.unix()
    if wait <= 0:
        return
    begins = night.observer.at(window.begins - night.observer.unix(0.0))
    night.say(f"Waiting for flats at {twilight}, from {begins:%H:%M} UTC.")
    if wait > LONG_SECONDS:
        await shelter(night, known)
    elif wait > REST_SECONDS:
        await rest(night, known)
    night.show(doing=f"Waiting for flats at {twilight}", waiting=True, until=window.begins)
    await _sleep_until(night, window.begins - COOL_BEFORE_SECONDS)
    with suppress(DeviceError):  # before the first flat it is tried again, with all patience
        await cooled(night, known)
    night.show(doing=f"Waiting for flats at {twilight}", waiting=True, until=window.begins)
    await _sleep_until(night, window.begins)
    night.show(doing="")


async def _sleep_until(night: Night, moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - night.observer.unix()))
