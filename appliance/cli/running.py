"""`nightbox run` and `nightbox night`: a box from start to a safe end, and what it leaves behind."""

import asyncio
import signal
from pathlib import Path

from appliance.cli.box import Box
from appliance.cli.compose import running_box
from appliance.cli.exits import BAD_INPUT, FAILED, INTERRUPTED, OK
from appliance.errors import BadInput
from appliance.profile import Profile
from appliance.sequence.plan import Plan

GOODBYES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last one: the terminal has gone


async def run_box(
    profile: Profile, plan: Plan, folder: Path, *, start: bool = True, keep: bool = False
) -> int:
    """Run the plan and return the exit code: 0 complete, 1 not, 2 the plan does not fit, 130 interrupted.

    With `keep`, without `start`, or when Stop was pressed on the page, the box stays for its page until
    Ctrl-C. Ctrl-C and SIGTERM stop the sequence, park the mount and end every child process; pressing
    again changes nothing.
    """
    async with running_box(profile, plan, folder) as box:
        print(f"Phone page: {box.url}", flush=True)
        leave = asyncio.Event()
        for wish in GOODBYES:
            if signal.getsignal(wish) is not signal.SIG_IGN:  # as under nohup
                asyncio.get_running_loop().add_signal_handler(wish, leave.set)
        code = await _until_done(box, leave) if start else None
        if keep or code is None:
            if not leave.is_set():
                box.say(f"The box stays for a look round at {box.url} ; end it with Ctrl-C.")
            await leave.wait()
        if leave.is_set():
            box.say("Stopping: the mount is parked, then everything ends.")
            await box.leave_safe()
        _show(box)
        return OK if code is None else code


async def _until_done(box: Box, leave: asyncio.Event) -> int | None:
    """The outcome of the sequence, or INTERRUPTED as soon as the person wants to leave.

    None when Stop was pressed on the page: the telescope tracks, and Start may follow.
    """
    job = box.jobs.start("sequence", box.sequence())
    leaving = asyncio.create_task(leave.wait())
    await asyncio.wait({job, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not job.done():
        return INTERRUPTED
    if job.cancelled():
        return None
    if problem := job.exception():  # the job has said what and why
        return BAD_INPUT if isinstance(problem, BadInput) else FAILED
    return OK if job.result() == "complete" else FAILED


def _show(box: Box) -> None:
    box.say(f"Frames: {box.images}")
    box.say(f"Journal: {box.journal_path} , log: {box.log_path}")
    if box.report.exists():
        box.say(f"Night report: {box.report}")
