"""A focus run of the sequence: decided, run, and remembered in the journal, found or not."""

from appliance.errors import FocusFailed
from appliance.focus.marks import Mark
from appliance.focus.triggers import Trigger
from appliance.focus.triggers.rules import Look
from appliance.plan import Step
from appliance.sequence.budget import fits_focus
from appliance.sequence.focus_method import run_method
from appliance.sequence.focus_places import at_star, in_filter
from appliance.sequence.focus_record import remember_failure, remember_focus
from appliance.sequence.guiding import paused
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.refocus import show_triggers, situation, trigger_settings
from appliance.sequence.temperature import celsius_now
from appliance.sky.catalogue import Target

ASAP = "as soon as possible"


async def focus_trigger(
    night: Night, known: Established, target: Target, step: Step, ends: float
) -> Trigger | None:
    """Why a focus run is due now, None when none is; what is held back is said once.

    `ends` (UTC seconds) is when work on this target must be over.
    """
    if night.profile.focuser is None:
        return None
    if night.focus_wish.asap:
        known.refocus.ask(ASAP, "you asked for it")
    else:
        known.refocus.forget(ASAP)
    look = Look(night.observer.unix(), step.filter, known.step, step.focus_every)
    due = known.refocus.due(trigger_settings(night.plan, night.profile), look)
    if not due:
        return None
    room = fits_focus(night, known, target, step, ends)
    now = await situation(night, known.refocus, step, known.dawn, room=room)
    decision = known.refocus.decide(due, now)
    for one in decision.news:
        night.say(one.sentence)
    return decision.trigger


async def focus(night: Night, known: Established, filter_: str, trigger: Trigger) -> None:
    """Run it. A focus that is not found is said and lived with: the focuser is back where it was."""
    night.say(f"Focusing now: {trigger.because}.")
    night.focus_wish.running = True
    try:
        async with night.span(f"Autofocus in {filter_ or 'no filter'} ({trigger.reason})"), paused(night):
            await _run(night, known, filter_, trigger)
    finally:
        night.focus_wish.running = False
    night.focus_wish.served()
    show_triggers(night, known.refocus)


async def _run(night: Night, known: Established, filter_: str, trigger: Trigger) -> None:
    began = night.observer.unix()
    async with at_star(night, known), known.focuser:
        used, result = filter_, None
        try:
            async with in_filter(night, known, filter_) as used:
                result = await run_method(night, used, trigger.reason)
        except FocusFailed as failure:
            await remember_failure(night, trigger.reason, used, began, failure)
            night.say(failure.sentence, "warning", failure.code, failure.advice)
        now = night.observer.unix()
        known.refocus.read(await celsius_now(night), trigger_settings(night.plan, night.profile))
        if result is not None:
            celsius = known.refocus.counters.thermometer.mean
            known.marks.found[used] = Mark(result.position, celsius, now)
            known.compensation.focused(celsius)
            await remember_focus(night, trigger.reason, used, began, result, celsius)
        known.refocus.ran(now, seconds=now - began, found=result is not None)
