"""What can be asked of the box as a whole, on every surface."""

import asyncio

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.focus_commands import trigger_commands
from appliance.box.lending import lease_commands
from appliance.box.planning import course_commands, plan_commands
from appliance.box.roof_commands import JOB as ROOF_JOB
from appliance.box.roof_commands import roof_commands
from appliance.box.scripts import Scripts, script_commands
from appliance.errors import BadCommand
from appliance.safety.interlock import Verdict

STOP = "Stop now, a moving roof too; the running sub is lost, everything saved stays."
SEE_SAFETY = "The log says what safety does with the telescope."


class Stopping(Arguments):
    """`scripts` False: those that were run by hand go on, and may command again."""

    scripts: bool = True


def commands(box: Box) -> list[Command]:
    """What every surface offers."""
    programs = Scripts(box)

    async def start(_: Arguments) -> str:
        return box.start()

    async def pause(_: Arguments) -> str:
        return box.pause()

    async def stop(asked: Stopping) -> str:
        box.gate.resume()
        # First: a script must not begin anew what is being stopped.
        scripts = asked.scripts and await programs.stop_all()
        # Whoever moves it, safety too, and before the night has put its things back.
        halting = asyncio.create_task(box.interlock.stop_moving_roof())
        roof, night = await box.jobs.stop(ROOF_JOB), await box.wanted.stop()
        by_hand = [name for name in box.jobs.busy() if box.jobs.needs(name) is not None]
        for name in by_hand:
            await box.jobs.stop(name)
        halted = await halting
        return "stopped" if halted or roof or night or by_hand or scripts else "nothing was running"

    async def park_(_: Arguments) -> str:
        if box.watch.verdict is Verdict.UNSAFE:
            raise BadCommand("park", "it is not safe, and being parked already", advice=SEE_SAFETY)
        job = box.jobs.start("park", box.park())
        try:
            await asyncio.wait({job})
            if job.cancelled():
                raise BadCommand("park", "something more urgent took over", advice=SEE_SAFETY)
            job.result()
        finally:
            box.wanted.consider()
        return "parked"

    return [
        Command("start", "Start the plan, or go on after Pause or Stop.", Arguments, start),
        Command("pause", "Pause after the running sub.", Arguments, pause),
        Command("stop", STOP, Stopping, stop),
        Command("park", "Park the mount.", Arguments, park_),
        *(roof_commands(box.interlock, box.performer, box.jobs, box.wanted) if box.profile.roof else ()),
        *lease_commands(box.leases),
        *plan_commands(box),
        *course_commands(box),
        *script_commands(programs),
        *trigger_commands(box.focus_wish, box.jobs, box.bus, box.profile.focuser is not None),
    ]
