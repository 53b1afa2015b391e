"""One target's turn: its steps in order, sub by sub, until it is complete or its time is up."""

import math
from dataclasses import dataclass, replace

from appliance.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DeviceStuck,
    DeviceUnsupported,
    GuidingFailed,
    NightboxError,
    ParkedByHand,
    SolveFailed,
)
from appliance.guide.dither import dither
from appliance.imaging.calculator_link import CalculationFailed
from appliance.plan import Step
from appliance.plan import Target as Planned
from appliance.sequence.away import needed, wait_for_rig
from appliance.sequence.beginnings import ask_on_resume, note_beginning
from appliance.sequence.budget import seconds_of, seconds_to_sub
from appliance.sequence.establish import establish
from appliance.sequence.guiding import dithered, guide
from appliance.sequence.judging import follow_up, judge_for
from appliance.sequence.known import Established
from appliance.sequence.meridian import clear_of_meridian, look_if_it_turned
from appliance.sequence.moving import located
from appliance.sequence.night import Night
from appliance.sequence.progress import Work, numbers
from appliance.sequence.refocus import show_triggers
from appliance.sequence.saving import Saver, saving
from appliance.sequence.settings import dither_settings
from appliance.sequence.subs import Taken, Wanted, expose_sub, save_sub
from appliance.sequence.waiting import wait_for_clear_sky, wait_for_edit
from hardware.devices import FrameKind

TRIES = 3  # in a row, of a sub that a device or the calculator spoils


@dataclass(frozen=True, slots=True)
class Turn:
    """A target that is up now, and for how long it may be worked on.

    `ends`: it sinks too low, or dawn; `yields`: a target before it in the plan rises; `located`: when its
    place was last asked for. UTC seconds.
    """

    work: Work
    ends: float
    yields: float = math.inf
    located: float = -math.inf


async def take(night: Night, known: Established, turn: Turn) -> bool:
    """Take what is missing, for as long as the turn lasts; no sub is begun that would end after it.

    False when the gate holds the sequence: what there is to do after that is to be chosen then. Raises
    ProcedureFailed or DeviceError for a target that has to be left.
    """
    turn = await _found(night, turn)
    edition = night.edition
    for key, step in turn.work.steps():
        if not await _step(night, known, turn, step, key) or night.edition != edition:
            return False
        if night.skipped == turn.work.target.name:
            break
    return True


async def _found(night: Night, turn: Turn) -> Turn:
    """With the place where its target is now, if that is not known, or too old for one that moves."""
    now, planned = night.observer.unix(), turn.work.planned
    is_old = bool(planned.refresh_minutes) and now >= turn.located + 60 * planned.refresh_minutes
    if not math.isinf(turn.located) and not is_old:
        return turn
    return replace(turn, work=await located(night, turn.work), located=now)


async def _step(night: Night, known: Established, turn: Turn, step: Step, key: str) -> bool:
    """Subs of one step until the journal has them all, or there is no time for another; False when held, or
    when the plan was changed.
    """
    edition = night.edition
    async with saving() as saver:
        while True:
            try:
                number = await _next_number(night, key, step, saver)
                if number is None:
                    return True
                await _pause_point(night, known, saver)
                if night.gate.held or night.edition != edition:
                    return False
                if not _in_time(night, known, turn, step) or night.skipped == turn.work.target.name:
                    return True
                turn = await _found(night, turn)
                target = turn.work.target
                night.show(target=target.name, filter=step.filter, frame=step.frame)
                note_beginning(known, turn.work.planned, step, key, number)
                await establish(night, known, turn.work, step, turn.ends)
                await guide(night, known, step)
                await _dither_if_due(night, known, step)
                if not await _still_good(night, known, turn, step) or night.gate.held:
                    continue
                runs = known.refocus.runs
                taken = await expose_sub(night, Wanted(target, step, key, number))
                known.subs_since_dither += 1
                if step.kind is FrameKind.LIGHT:
                    known.refocus.took(key)
                await saver.start(number, _save(night, known, taken, runs, turn.work.planned))
                del taken  # its pixels are the saver's alone: not kept until the next sub is here
            except (SolveFailed, GuidingFailed) as clouded:
                await wait_for_clear_sky(night, known, clouded)
            except (DeviceUnsupported, ParkedByHand):
                raise  # asking again unchanged is no use
            except (DeviceError, CalculationFailed) as trouble:
                await _recover(night, known, trouble)


async def _save(night: Night, known: Established, taken: Taken, runs: int, planned: Planned) -> None:
    seen = await save_sub(night, taken, await judge_for(night, known, taken))
    follow_up(night, known, seen.verdict)
    known.refocus.saw(taken.wanted.step.filter, seen.hfr, runs)
    show_triggers(night, known.refocus)
    limit = night.profile.centring.recentre_arcsec if planned.move and planned.centre else 0.0
    if limit and seen.error_arcsec is not None and seen.error_arcsec > limit:
        # A mount that lost its tracking for a while says nothing; the stars do.
        known.centred = None
        night.say(f'The last sub is {seen.error_arcsec:.0f}" off target: centring again.', "warning")


def _in_time(night: Night, known: Established, turn: Turn, step: Step) -> bool:
    """Would another sub, with all that must come before it, be complete before the turn ends?"""
    now, target = night.observer.unix(), turn.work.target
    how_long = seconds_to_sub if turn.work.planned.move else seconds_of
    return now < turn.yields and now + how_long(night, known, target, step) <= turn.ends


async def _still_good(night: Night, known: Established, turn: Turn, step: Step) -> bool:
    """The last look before the exposure: what came before it may have taken longer than thought."""
    target = turn.work.target
    if step.frame != "light":
        return True
    await look_if_it_turned(night, known, target)
    if known.near != target or known.centred != target or not _in_time(night, known, turn, step):
        return False
    if not turn.work.planned.move:
        return True
    return not await clear_of_meridian(night, known, turn.work, seconds_of(night, known, target, step))


async def _recover(night: Night, known: Established, trouble: DeviceError | CalculationFailed) -> None:
    """Say it once, doubt everything, go on when lost devices are back, or when it dawns.

    One that got stuck again is away too: it must be opened anew. Raises the trouble itself when it comes
    too often in a row.
    """
    is_new = known.trouble(night.state.done, trouble.sentence)
    if known.troubles >= TRIES:
        known.troubles = 0
        raise trouble
    lost = isinstance(trouble, DeviceLost | DeviceMissing) or _is_given_up(night, trouble)
    known.doubt(lost=lost)
    if is_new:
        _warn(night, trouble, "waiting for it to come back" if lost else "trying again")
    if lost:
        await wait_for_rig(night, known)


def _is_given_up(night: Night, trouble: DeviceError | CalculationFailed) -> bool:
    return isinstance(trouble, DeviceStuck) and bool(night.rig.away(needed(night)))


def _warn(night: Night, trouble: NightboxError, what_now: str) -> None:
    night.say(f"{trouble.sentence.rstrip('.')}; {what_now}.", "warning", trouble.code, trouble.advice)


async def _next_number(night: Night, key: str, step: Step, saver: Saver) -> int | None:
    """The lowest number neither saved nor on its way; waits for the last one on its way, which may fail."""
    while True:
        saved = (await night.journal.saved(night.run)).get(key, set())
        free = numbers(step) - saved - saver.numbers
        if free:
            return min(free)
        if not saver.numbers:
            return None
        await saver.finished()


async def _pause_point(night: Night, known: Established, saver: Saver) -> None:
    if night.desk.who:
        await saver.finished()
        await wait_for_edit(night)
    if not night.gate.paused:
        return
    await saver.finished()
    night.show(phase="paused", doing="Paused")
    night.say("Paused before the next sub.")
    await night.gate.passed()
    night.show(phase="running")
    ask_on_resume(night, known)


async def _dither_if_due(night: Night, known: Established, step: Step) -> None:
    if step.frame != "light" or not step.dither_every or known.subs_since_dither < step.dither_every:
        return
    night.show(doing="Dithering")
    if not await dithered(night):
        await dither(night.rig.mount, known.pattern, dither_settings(night.profile), night.publish)
    known.subs_since_dither = 0
