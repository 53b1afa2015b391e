"""`nightbox run` and `nightbox night`: a box from start to a safe end, and what it leaves behind."""

import asyncio
import signal
from pathlib import Path

from appliance.box.alone import PowerOff
from appliance.box.box import Box
from appliance.box.wished import MOST_DEATHS
from appliance.bus import Said
from appliance.cli.compose import ALONE, Outside, running_box
from appliance.cli.exits import BAD_INPUT, FAILED, INTERRUPTED, OK
from appliance.errors import BadInput, NightboxError
from appliance.plan import Plan
from appliance.profile import Profile

GOODBYES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last one: the terminal has gone


async def run_box(
    profile: Profile,
    plan: Plan,
    folder: Path,
    *,
    start: bool = True,
    keep: bool = False,
    outside: Outside = ALONE,
    power_off: PowerOff | None = None,
    file: Path | None = None,
) -> int:
    """Run the plan and return the exit code: 0 complete, 1 not, 2 the plan does not fit, 130 interrupted.

    With `keep`, without `start`, or when Stop was pressed on the page, the box stays for its page until
    Ctrl-C. Without `start` it begins all the same when a person had started it and its controller died.
    Ctrl-C and SIGTERM stop the sequence, park the mount and end every child process; pressing
    again changes nothing. With `power_off` the machine goes off once the sequence has ended, well or not, and
    the rig is safe; not after a Stop or Ctrl-C: then a person is there. `file` is the profile's.
    """
    async with running_box(profile, plan, folder, outside, start=start, file=file) as box:
        print(f"Phone page: {box.url}", flush=True)
        leave = asyncio.Event()
        for wish in GOODBYES:
            if signal.getsignal(wish) is not signal.SIG_IGN:  # as under nohup
                asyncio.get_running_loop().add_signal_handler(wish, leave.set)
        code = await _until_done(box, leave) if _begun(box, start=start) else None
        off = (
            power_off if code is not None and not leave.is_set() and await _is_safe(box, power_off) else None
        )
        if keep or code is None:
            if not leave.is_set():
                box.say(f"The box stays for a look round at {box.url} ; end it with Ctrl-C.")
            await leave.wait()
        if leave.is_set():
            box.say("Stopping: the mount is parked, then everything ends.")
            await box.leave_safe()
        _show(box)
    if off is not None:
        print("Switching off.", flush=True)
        await off()
    return OK if code is None else code


def _begun(box: Box, *, start: bool) -> bool:
    """Start it, or go on; False when it has to wait for a person's Start."""
    wish = box.wish
    if start:
        box.start()
    elif wish is not None and not wish.hopeless:
        box.go_on(wish)
    else:
        if wish is not None:
            box.bus.publish(Said(source="box", level="error", text=HOPELESS, code=OFTEN, advice=SEE))
        return False
    return True


async def _until_done(box: Box, leave: asyncio.Event) -> int | None:
    """The outcome of the sequence, or INTERRUPTED as soon as the person wants to leave.

    None when Stop was pressed on the page: the telescope tracks, and Start may follow. A sequence that
    safety has stopped is waited for.
    """
    ended, leaving = asyncio.create_task(box.ended()), asyncio.create_task(leave.wait())
    await asyncio.wait({ended, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not ended.done():
        ended.cancel()
        return INTERRUPTED
    if problem := ended.exception():  # the job has said what and why
        return BAD_INPUT if isinstance(problem, BadInput) else FAILED
    outcome = ended.result()
    return None if outcome is None else OK if outcome == "complete" else FAILED


async def _is_safe(box: Box, power_off: PowerOff | None) -> bool:
    """Leave the rig safe where the power is to go off: without power nobody could do it later."""
    if power_off is None:
        return False
    try:
        await box.leave_safe()
    except NightboxError as failure:
        box.say(f"The power stays on: the rig is not safe. {failure.sentence}", failure)
        return False
    return True


def _show(box: Box) -> None:
    box.say(f"Frames: {box.images}")
    box.say(f"Journal: {box.journal_path} , log: {box.log_path}")
    if box.report.exists():
        box.say(f"Night report: {box.report}")


OFTEN = "night.died_often"
HOPELESS = f"Nightbox has died {MOST_DEATHS} times within an hour in this night: it waits for Start."
SEE = "See why it ended: journalctl -u nightbox -u nightbox-guardian."
