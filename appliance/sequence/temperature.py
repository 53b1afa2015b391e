"""The temperature that focus depends on: read all night long, from the source that the profile names."""

import asyncio
from contextlib import suppress

from appliance.errors import DeviceError
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.refocus import show_triggers, trigger_settings


async def celsius_now(night: Night) -> float | None:
    """By `focus.temperature.source`; None where there is no such thermometer or it does not answer."""
    source = night.profile.focus.temperature.source
    probe = None if source == "air" else await _probe(night)
    if source == "focuser" or (source == "auto" and probe is not None):
        return probe
    air = await _air(night)
    if source == "both" and probe is not None and air is not None:
        return (probe + air) / 2
    return air if source in {"air", "auto"} else None


async def read_temperature(night: Night, known: Established) -> None:
    """One reading for triggers and compensation."""
    settings = trigger_settings(night.plan, night.profile)
    known.refocus.read(await celsius_now(night), settings)
    show_triggers(night, known.refocus)


def is_wanted(night: Night) -> bool:
    """Does anything depend on the temperature?"""
    follows = night.profile.focus.temperature.compensate != "off"
    return night.profile.focuser is not None and (follows or night.plan.focus_on_celsius > 0)


async def watch_temperature(night: Night, known: Established) -> None:
    """Read it for as long as the run lasts, while anything depends on it: a person may change that."""
    while night.profile.focuser is not None:
        if is_wanted(night) and not night.focus_wish.running:  # a run gathers anew at its end
            await read_temperature(night, known)
        await asyncio.sleep(night.profile.focus.temperature.every_seconds)


def mean_celsius(night: Night, known: Established) -> float | None:
    """The mean once there are enough readings, None before."""
    thermometer = known.refocus.counters.thermometer
    enough = thermometer.gathered >= night.profile.focus.temperature.readings
    return thermometer.mean if enough else None


async def _probe(night: Night) -> float | None:
    with suppress(DeviceError):  # whoever moves the focuser says so
        focuser = night.rig.focuser
        return None if focuser is None else await focuser.celsius()
    return None


async def _air(night: Night) -> float | None:
    with suppress(DeviceError):  # the weather station is safety's
        weather = night.rig.weather
        return None if weather is None else (await weather.conditions()).celsius
    return None
