"""The night: targets in order, steps in order, sub by sub, through losses, to a safe end."""

import asyncio
from random import Random

from appliance.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DeviceUnsupported,
    NightboxError,
    ProcedureFailed,
)
from appliance.guide.dither import DitherPattern, dither
from appliance.imaging.calculator_link import CalculationFailed
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
from appliance.sequence.warming import solvers_warming
from appliance.sky.catalogue import Target

TRIES = 3  # in a row, of a sub that a device or the calculator spoils


async def run_plan(night: Night) -> str:
    """Take what the journal does not have yet; returns "complete" or "incomplete".

    A target that fails (centring, solving, a mount that refuses it, subs spoilt again and again) is left
    for the next one. However the night ends, except by Stop, the rig is parked and warmed as the plan
    says. Raises NightboxError when the night cannot go on at all.
    """
    outcome = "failed"
    try:
        await settle_interrupted(night)
        night.show(phase="running", plan=night.plan.name, total=night.plan.total, done=await _done(night))
        async with solvers_warming(night):
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
    except Exception as failure:  # also for a bug of ours the telescope must not be left tracking
        sentence = failure.sentence if isinstance(failure, NightboxError) else repr(failure)
        night.say(f"The night cannot go on, the rig is left safe: {sentence}", "warning")
        try:
            await finish(night)
        except NightboxError as second:
            failure.add_note(f"and the rig could not be left safe: {second.sentence}")
            night.say(second.sentence, "error", second.code, second.advice)
        raise
    await finish(night)


async def _targets(night: Night) -> None:
    pattern = DitherPattern(Random(night.run), dither_settings(night.profile))
    known = Established(pattern, refocus=night.plan.focus_at_start)
    for keys, planned, target in zip(step_keys(night.plan), night.plan.target, night.targets, strict=True):
        if not await _missing(night, keys, planned.step):
            continue
        if not await wait_until_up(night, target, planned.min_altitude_deg):
            night.say(f"{target.name} does not rise high enough any more tonight: left as it is.", "warning")
            continue
        try:
            for key, step in zip(keys, planned.step, strict=True):
                await _step(night, known, target, step, key)
        except (DeviceLost, DeviceMissing):
            raise
        except (ProcedureFailed, DeviceError) as failure:
            known.doubt()
            night.say(failure.sentence, "error", failure.code, failure.advice)
            night.say(f"{target.name} is left as it is.", "warning")


async def _step(night: Night, known: Established, target: Target, step: Step, key: str) -> None:
    """Subs of one step until the journal has them all."""
    async with saving() as saver:
        while True:
            try:
                number = await _next_number(night, key, step.count, saver)
                if number is None:
                    return
                await _pause_point(night, saver)
                night.show(target=target.name, filter=step.filter)
                await establish(night, known, target, step)
                await _dither_if_due(night, known, step)
                taken = await expose_sub(night, Wanted(target, step, key, number))
                known.subs_since_dither += 1
                await saver.start(number, save_sub(night, taken))
                del taken  # its pixels are the saver's alone: not kept until the next sub is here
            except (DeviceUnsupported, DeviceMissing):
                raise  # asking again unchanged is no use
            except (DeviceError, CalculationFailed) as trouble:
                await _recover(night, known, trouble)


async def _recover(night: Night, known: Established, trouble: DeviceError | CalculationFailed) -> None:
    """Say it once, doubt everything, go on when lost devices are back.

    Raises DeviceLost when they stay away, and the trouble itself when it comes too often in a row.
    """
    known.trouble(night.state.done)
    if known.troubles >= TRIES:
        raise trouble
    known.doubt(lost=isinstance(trouble, DeviceLost))
    if isinstance(trouble, DeviceLost):
        _warn(night, trouble, "waiting for it to come back")
        night.show(doing="Waiting for lost devices")
        await night.rig.reopen()
    else:
        _warn(night, trouble, "trying again")


def _warn(night: Night, trouble: NightboxError, what_now: str) -> None:
    night.say(f"{trouble.sentence.rstrip('.')}; {what_now}.", "warning", trouble.code, trouble.advice)


async def _next_number(night: Night, key: str, count: int, saver: Saver) -> int | None:
    """The lowest number neither saved nor on its way; waits for the last one on its way, which may fail."""
    while True:
        done = (await night.journal.saved(night.run)).get(key, set())
        free = set(range(1, count + 1)) - done - saver.numbers
        if free:
            return min(free)
        if not saver.numbers:
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
    per_target = zip(step_keys(night.plan), night.plan.target, strict=True)
    return night.plan.total - sum([await _missing(night, keys, one.step) for keys, one in per_target])


async def _missing(night: Night, keys: list[str], steps: tuple[Step, ...]) -> int:
    """How many subs of a target's steps the journal does not have."""
    saved = await night.journal.saved(night.run)
    return sum(
        len(set(range(1, step.count + 1)) - saved.get(key, set()))
        for key, step in zip(keys, steps, strict=True)
    )
