"""Gathering what the checklist needs to know: from the bus, the journal and the rig."""

import asyncio
from typing import TYPE_CHECKING

from appliance.box.checklist import Checklist, Facts, checklist
from appliance.box.outlook import Outlook
from appliance.box.startup import PLACE, POLAR
from appliance.errors import DeviceError
from appliance.journal import FocusRun, Line
from appliance.sequence.messages import SequenceState
from appliance.sequence.space import bytes_needed
from hardware.devices import CoverState

if TYPE_CHECKING:
    from appliance.box.box import Box

NEWEST = 2**62
TONIGHT_SECONDS = 12 * 3600.0
ANSWER_SECONDS = 5.0


async def readiness(box: "Box", outlook: Outlook) -> Checklist:
    """As it is now."""
    now = box.observer.unix()
    return checklist(
        Facts(
            box.profile, box.plan, box.targets, await outlook.sky(), now, box.clock_known(),
            tuple(box.bus.states()), await _focused(box, now), await _cover(box),
            await _said(box, PLACE, now), await _said(box, POLAR, now), _needed(box),
            was_connected=box.rig.had_mount,
        )
    )  # fmt: skip


async def _focused(box: "Box", now: float) -> FocusRun | None:
    runs = await box.journal.page(FocusRun, NEWEST, 1)
    return runs[0] if runs and now - runs[0].ended < TONIGHT_SECONDS else None


async def _said(box: "Box", code: str, now: float) -> float | None:
    lines = await box.journal.read(Line, code=code)
    return lines[-1].at if lines and 0 <= now - lines[-1].at < TONIGHT_SECONDS else None


async def _cover(box: "Box") -> CoverState | None:
    if box.rig.away({"cover"}) or (cover := box.rig.cover) is None:
        return None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await cover.state()
    except (DeviceError, TimeoutError):
        return None


def _needed(box: "Box") -> int | None:
    """Of what is still to be taken, about."""
    if box.rig.away({"camera"}):
        return None
    sensor = box.rig.camera.sensor
    states = (one for one in box.bus.states() if isinstance(one, SequenceState))
    done = next((one.done / one.total for one in states if one.total), 0.0)
    return round(bytes_needed(box.plan, sensor.width, sensor.height) * (1 - done))
