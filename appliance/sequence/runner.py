"""The night: targets in order, steps in order, sub by sub, through losses, to a safe end."""

import asyncio
from random import Random

from appliance.errors import DeviceLost, NightboxError, ProcedureFailed
from appliance.guide.dither import DitherPattern, dither
from appliance.journal import Run
from appliance.sequence.establish import Established, establish
from appliance.sequence.finish import finish
from appliance.sequence.night import Night
from appliance.sequence.plan import Step, step_keys
from appliance.sequence.resume import settle_interrupted
from appliance.sequence.saving import Saver, saving
from appliance.sequence.settings import dither_settings
from appliance.sequence.subs import Wanted, expose_sub, save_sub
from appliance.sequence.waiting import wait_until_up
from appliance.sky.catalogue import Target


async def run_plan(night: Night) -> str:
    """Take what the journal does not have yet; returns "complete" or "incomplete".

    A target that fails (centring, solving) is left for the next one. However the night ends,
    except by Stop, the rig is parked and warmed as the plan says. Raises NightboxError when the
    night cannot go on at all.
    """
    outcome = "failed"
    try:
        await settle_interrupted(night)
        night.show(phase="running", plan=night.plan.name, total=night.plan.total, done=await _done(night))
        await _targets_then_finish(night)
        outcome = "complete" if await _done(night) >= night.plan.total else "incomplete"
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        now = night.observer.unix()
        await asyncio.shield(night.journal.change(Run, night.run, ended=now, outcome=outcome))
        night.show(phase="failed" if outcome == "failed" else "ended", doing=outcome)
    return outcome


async def _targets_then_finish(night: Night) -> None:
    try:
        await _targets(night)
    except NightboxError as failure:
        night.say("The night cannot go on; leaving the rig safe.", "error", failure.code)
        try:
            await finish(night)
        except NightboxError as second:
            failure.add_note(f"and the rig could not be left safe: {second.sentence}")
            night.say(second.sentence, "error", second.code, second.advice)
        raise
    await finish(night)


async def _targets(night: Night) -> None:
    known = Established(DitherPattern(Random(night.run), dither_settings(night.profile)))
    for keys, planned, target in zip(step_keys(night.plan), night.plan.target, night.targets, strict=True):
        try:
            await wait_until_up(night, target, planned.min_altitude_deg)
            for key, step in zip(keys, planned.step, strict=True):
                await _step(night, known, target, step, key)
        except ProcedureFailed as failure:
            known.near = None
            night.say(failure.sentence, "error", failure.code, failure.advice)
            night.say(f"{target.name} is left as it is; on to the next target.", "warning")


async def _step(night: Night, known: Established, target: Target, step: Step, key: str) -> None:
    """Subs of one step until the journal has them all."""
    async with saving() as saver:
        while (number := await _next_number(night, key, step.count, saver)) is not None:
            await _pause_point(night, saver)
            night.show(target=target.name, filter=step.filter)
            try:
                await establish(night, known, target, step)
                await _dither_if_due(night, known, step)
                taken = await expose_sub(night, Wanted(target, step, key, number))
            except DeviceLost as lost:
                await recover(night, known, lost)
                continue
            known.subs_since_dither += 1
            await saver.start(number, save_sub(night, taken))


async def recover(night: Night, known: Established, lost: DeviceLost) -> None:
    """Say it once, doubt everything, go on when the devices are back; DeviceLost when they stay away."""
    night.say(f"{lost.sentence}; waiting for it to come back.", "warning", lost.code, lost.advice)
    night.show(doing="Waiting for lost devices")
    known.doubt()
    await night.rig.reopen()


async def _next_number(night: Night, key: str, count: int, saver: Saver) -> int | None:
    """The lowest number neither saved nor on its way; waits for the last one on its way, which may fail."""
    while True:
        done = (await night.journal.saved(night.run)).get(key, set())
        free = set(range(1, count + 1)) - done - {saver.number}
        if free:
            return min(free)
        if saver.number is None:
            return None
        await saver.finished()


async def _pause_point(night: Night, saver: Saver) -> None:
    if not night.gate.paused:
        return
    await saver.finished()
    night.show(phase="paused", doing="Paused")
    night.say("Paused before the next sub.")
    await night.gate.passed()
    night.show(phase="running")


async def _dither_if_due(night: Night, known: Established, step: Step) -> None:
    if not step.dither_every or known.subs_since_dither < step.dither_every:
        return
    night.show(doing="Dithering")
    await dither(night.rig.mount, known.pattern, dither_settings(night.profile), night.publish)
    known.subs_since_dither = 0


async def _done(night: Night) -> int:
    """Subs that count: saved, and not beyond what the plan asks of their step."""
    saved = await night.journal.saved(night.run)
    steps = (
        (key, step)
        for keys, target in zip(step_keys(night.plan), night.plan.target, strict=True)
        for key, step in zip(keys, target.step, strict=True)
    )
    return sum(len(saved.get(key, set()) & set(range(1, step.count + 1))) for key, step in steps)
