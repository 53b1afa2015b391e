"""Opening and closing roof and cover in the course of a night, with the care that a telescope needs."""

import asyncio

from appliance.errors import DeviceRefused
from appliance.sequence.night import Night
from hardware.devices import CoverState, Roof, RoofState

SENSOR_SECONDS = 10.0  # the switch may close a moment after the mount says that it has arrived
POLL = 0.5
ADVICE = "Park the telescope, look at it, and move the roof by hand if need be."


async def open_roof(night: Night) -> None:
    """Open it if there is one and it is not open; DeviceRefused when the telescope may be in its way."""
    roof = night.rig.roof
    if roof is None or await roof.state() is RoofState.OPEN:
        return
    await _require_clear(night, roof)
    async with night.span("Open the roof"):
        await night.actions.open_roof()


async def close_roof(night: Night) -> None:
    """Close it if there is one and it is not closed; DeviceRefused when the telescope may be in its way."""
    roof = night.rig.roof
    if roof is None or await roof.state() is RoofState.CLOSED:
        return
    await _require_clear(night, roof)
    async with night.span("Close the roof"):
        await night.actions.close_roof(park=False)  # that has been done, by the plan and with its own care


async def open_cover(night: Night) -> None:
    """Open the telescope's cover if there is one that answers and it is not open."""
    if night.rig.away({"cover"}):
        return  # it is looked after, and no reason to give the night away
    cover = night.rig.cover
    if cover is None or await cover.state() is CoverState.OPEN:
        return
    async with night.span("Open the cover"):
        await cover.open()


async def _require_clear(night: Night, roof: Roof) -> None:
    """Both the mount and the switch that the parked telescope presses must say so, where there is one."""
    section = night.profile.roof
    if section is not None and section.clears:
        return
    status = await night.rig.mount.status()
    if not status.parked or status.slewing:
        raise DeviceRefused(roof.name, "it does not move: the mount is not parked", advice=ADVICE)
    sensor = night.rig.park_sensor
    ends = night.observer.unix() + SENSOR_SECONDS
    while sensor is not None and not await sensor.parked():
        if night.observer.unix() >= ends:
            raise DeviceRefused(
                roof.name, f"it does not move: {sensor.name} does not see the parked telescope", advice=ADVICE
            )
        await asyncio.sleep(POLL)
