"""The night: from dusk to dawn, whichever target is up, through losses, to a safe end."""

import asyncio
from contextlib import suppress
from random import Random
from typing import Literal

from appliance.errors import DeviceLost, DeviceMissing, NightboxError
from appliance.focus.marks import Marks
from appliance.guide.dither import DitherPattern
from appliance.journal import Run
from appliance.sequence.angles import recalled
from appliance.sequence.away import look_after_spares, needed, wait_for_rig
from appliance.sequence.beginnings import ask_at_start, following
from appliance.sequence.beside import beside
from appliance.sequence.ending import NightOver
from appliance.sequence.finish import finish
from appliance.sequence.flip_alarm import end_alarm
from appliance.sequence.guiding import ending_guiding
from appliance.sequence.known import Established
from appliance.sequence.meridian import guard_limit
from appliance.sequence.morning import moment_of_work
from appliance.sequence.night import Night
from appliance.sequence.progress import done
from appliance.sequence.resume import begun, settle_interrupted
from appliance.sequence.rounds import go_through
from appliance.sequence.scripts import run_occasion
from appliance.sequence.settings import dither_settings
from appliance.sequence.tonight import is_over, tonight
from appliance.sequence.warming import warm_solvers


async def run_plan(night: Night) -> str:
    """Take what the journal does not have yet, until dawn; returns "complete" or "incomplete".

    A target that fails (centring, a flip, a mount that refuses it, subs spoilt again and again) is left
    for some minutes, and another one that is up taken meanwhile. Lost devices and room on the disk are
    waited for. However the night ends, except by Stop, the rig is parked, closed and warmed as the plan
    says, with what is there. Raises NightboxError when the night cannot go on at all.
    """
    outcome = "failed"
    try:
        await settle_interrupted(night)
        night.show(phase="running", plan=night.plan.name, total=night.plan.total, done=await done(night))
        is_safe = await _targets_then_finish(night)
        is_done = is_safe and await done(night) >= night.plan.total
        outcome = "complete" if is_done else "incomplete"
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        end_alarm(night)
        now = night.observer.unix()
        await asyncio.shield(night.journal.change(Run, night.run, ended=now, outcome=outcome))
        night.show(phase="failed" if outcome == "failed" else "ended", doing=outcome)
    return outcome


async def _targets_then_finish(night: Night) -> bool:
    """False when the rig could not be left safe because a device stayed away."""
    try:
        await _whole_night(night)
    except Exception as failure:  # also for a bug of ours the telescope must not be left tracking
        sentence = failure.sentence if isinstance(failure, NightboxError) else repr(failure)
        night.say(f"The night cannot go on, the rig is left safe: {sentence}", "warning")
        try:
            await finish(night)
        except NightboxError as second:
            failure.add_note(f"and the rig could not be left safe: {second.sentence}")
            night.say(second.sentence, "error", second.code, second.advice)
        await _last_script(night, "error")
        raise
    is_safe = await _finished(night)
    await _last_script(night, "end")
    return is_safe


async def _finished(night: Night) -> bool:
    try:
        await finish(night)
    except (DeviceLost, DeviceMissing) as away:
        night.say(away.sentence, "error", away.code, away.advice)
        return False
    return True


async def _last_script(night: Night, occasion: Literal["end", "error"]) -> None:
    """What it comes to changes nothing any more."""
    with suppress(NightOver):
        await run_occasion(night, occasion)


async def _whole_night(night: Night) -> None:
    newest = await night.journal.newest_sub(night.run)
    now = moment_of_work(night, newest.started if newest else None)
    if is_over(night.plan, night.observer.site, now, await begun(night.journal, night.run)):
        night.say("The night is over: the plan goes on from the next noon, when it is started again.")
        return
    sky = tonight(night.plan, night.targets, night.observer.site, now, night.horizon)
    pattern = DitherPattern(Random(night.run), dither_settings(night.profile))
    marks = Marks(night.profile.focus.filters.offsets)
    known = Established(pattern, sky.dark.ends, pier=await recalled(night), marks=marks)
    await ask_at_start(night, known)
    async with beside(guard_limit(night, known)):
        if not night.rig.away(needed(night)) or await wait_for_rig(night, known):
            async with beside(warm_solvers(night)), beside(look_after_spares(night)), following(night, known):
                try:
                    await run_occasion(night, "start")
                    async with ending_guiding(night):
                        await go_through(night, known, sky)
                except NightOver as why:
                    night.say(f"The night ends here: {why}.", "warning")
