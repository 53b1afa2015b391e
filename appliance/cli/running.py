"""`nightbox run` and `nightbox night`: a box from start to a safe end, and what it leaves behind."""

import asyncio
import signal
from pathlib import Path

from appliance.cli.box import Box
from appliance.cli.compose import running_box
from appliance.cli.exits import FAILED, INTERRUPTED, OK
from appliance.errors import NightboxError
from appliance.profile import Profile
from appliance.sequence.plan import Plan


async def run_box(
    profile: Profile, plan: Plan, folder: Path, *, start: bool = True, keep: bool = False
) -> int:
    """Run the plan and return the exit code: 0 complete, 1 not, 130 interrupted.

    With `keep` (or without `start`) the box stays for its page until Ctrl-C. Ctrl-C and SIGTERM
    stop the sequence, park the mount and end every child process; pressing again changes nothing.
    """
    async with running_box(profile, plan, folder) as box:
        print(f"Phone page: {box.url}", flush=True)
        leave = asyncio.Event()
        for wish in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(wish, leave.set)
        code = await _until_done(box, leave) if start else OK
        if keep or not start:
            if not leave.is_set():
                box.say(f"The box stays for a look round at {box.url} ; end it with Ctrl-C.")
            await leave.wait()
        if leave.is_set():
            box.say("Stopping: the mount is parked, then everything ends.")
            await box.leave_safe()
        _show(box)
        return code


async def _until_done(box: Box, leave: asyncio.Event) -> int:
    """The outcome of the sequence, or INTERRUPTED as soon as the person wants to leave."""
    job = box.jobs.start("sequence", box.sequence())
    leaving = asyncio.create_task(leave.wait())
    await asyncio.wait({job, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not job.done():
        return INTERRUPTED
    try:
        return OK if job.result() == "complete" else FAILED
    except NightboxError:
        return FAILED  # the job has said what and why
    except asyncio.CancelledError:
        return FAILED  # Stop was pressed on the page


def _show(box: Box) -> None:
    box.say(f"Frames: {box.images}")
    box.say(f"Journal: {box.folder / 'journal.sqlite'} , log: {box.folder / 'nightbox.log'}")
    if box.report.exists():
        box.say(f"Night report: {box.report}")
