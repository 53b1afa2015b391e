"""What a person can ask of the roof; the interlock has its say as ever."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from appliance.api import Arguments, Command
from appliance.box.wanted import Wanted
from appliance.errors import BadCommand
from appliance.jobs import Jobs
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.performing import Performer

Procedure = Callable[[], Coroutine[Any, Any, None]]
JOB = "roof"
OVERTAKEN = "The log says who stopped it; look at the roof."


class OpenRoof(Arguments):
    """`in_daylight`: open it though the Sun is up."""

    in_daylight: bool = False


def roof_commands(gate: Gatekeeper, performer: Performer, jobs: Jobs, wanted: Wanted) -> list[Command]:
    """Open, close, stop: within the rules, also while somebody holds the override button."""

    async def open_(asked: OpenRoof) -> str:
        gate.release()
        if asked.in_daylight:
            gate.ask_daylight()
        await _job(jobs, wanted, performer.open_roof)
        return "open"

    async def close(_: Arguments) -> str:
        gate.release()
        await _job(jobs, wanted, performer.close_roof)
        return "closed"

    async def stop(_: Arguments) -> str:
        try:
            await gate.stop_roof()
        finally:
            await jobs.stop(JOB)
            await wanted.stop()
        return "stopped"

    return [
        Command("roof_open", "Open the roof.", OpenRoof, open_),
        Command("roof_close", "Park the mount and close the roof.", Arguments, close),
        Command("roof_stop", "Stop the roof at once, and the night with it.", Arguments, stop),
    ]


async def _job(jobs: Jobs, wanted: Wanted, procedure: Procedure) -> None:
    """As a job, so that Stop and safety can stop it; what it raises leaves."""
    job = jobs.start(JOB, procedure())
    try:
        await asyncio.wait({job})
        if job.cancelled():
            raise BadCommand(JOB, "it was stopped on its way", advice=OVERTAKEN)
        job.result()
    finally:
        wanted.consider()
