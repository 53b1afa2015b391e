"""Making the rig ready for a sub, in order: only what is not so already."""

from appliance.errors import CoolingFailed, ParkedByHand
from appliance.focus.triggers import Trigger
from appliance.guide.dither import Offset
from appliance.journal import Pointing
from appliance.plan import Step
from appliance.pointing.centre import Attempt, centre
from appliance.pointing.park import unpark
from appliance.sequence.angles import solved
from appliance.sequence.budget import seconds_of
from appliance.sequence.cooling import cool
from appliance.sequence.flip_alarm import end_alarm
from appliance.sequence.focusing import focus, focus_trigger
from appliance.sequence.following import carry_over, follow_filter, follow_temperature
from appliance.sequence.known import Established
from appliance.sequence.looking import look_for_pointing
from appliance.sequence.meridian import (
    check_crossing,
    clear_of_meridian,
    note_from_park,
    note_slew,
    note_turn,
    park_first,
    wait_for_clear_slew,
)
from appliance.sequence.night import Night
from appliance.sequence.progress import Work
from appliance.sequence.refocus import trigger_settings
from appliance.sequence.roofing import open_cover, open_roof
from appliance.sequence.settings import centre_settings, cooling_settings
from appliance.sequence.turning import turn_camera
from appliance.sky.catalogue import Target

UNPARK = "Unpark it, or leave unpark = false out of the plan; then press Start."


async def establish(night: Night, known: Established, work: Work, step: Step, ends: float) -> None:
    """Cooled, unparked, right filter, on the right side of the pier, focused, centred; for darks just cooled,
    for flats with the right filter.

    `ends` (UTC seconds) is when work on this target must be over. CentringFailed, SolveFailed or FlipFailed
    for a target that cannot be reached, DeviceError from the rig; a camera that does not get cold and a
    focus that is not found are said and lived with.
    """
    await cooled(night, known)
    target = work.target
    if step.frame != "light":
        if step.frame == "flat" and known.filter != step.filter:
            await select_filter(night, known, step.filter)
        await focus_trigger(night, known, target, step, ends)  # says what it suppresses
        return
    trigger = await _placed(night, known, work, step, ends)
    # Out of focus the first look may show no stars; after a slew to a bright one it is centred in any case.
    first = trigger is not None and (known.refocus.runs == 0 or known.star_magnitude is not None)
    if trigger is not None and first:
        await focus(night, known, step.filter, trigger)
    if known.centred != target:
        await _aim(night, known, work)
        if not first and trigger is None and trigger_settings(night.plan, night.profile).centring:
            known.refocus.ask("centring", f"{target.name} has been centred")
            trigger = await focus_trigger(night, known, target, step, ends)
    if trigger is not None and not first:
        await focus(night, known, step.filter, trigger)
    await follow_temperature(night, known)


async def _placed(night: Night, known: Established, work: Work, step: Step, ends: float) -> Trigger | None:
    """At the target, in the filter, with room before the meridian for all that follows; why to focus."""
    target = work.target
    while True:
        check_crossing(night, known, work)
        if known.near != target and not work.planned.move:
            await _stay(night, known, target)
        elif known.near != target:
            await wait_for_clear_slew(night, known, target, seconds_of(night, known, target, step))
            await go_near(night, known, target)
        if known.filter != step.filter:
            await select_filter(night, known, step.filter)
        trigger = await focus_trigger(night, known, target, step, ends)
        seconds = seconds_of(night, known, target, step, focusing=trigger is not None)
        if not work.planned.move or not await clear_of_meridian(night, known, work, seconds):
            return trigger


async def cooled(night: Night, known: Established) -> None:
    """Cooled as the plan says; a camera that does not get cold is said and lived with."""
    if night.plan.cool and not known.cooled:
        await _cool(night)
        known.cooled = True


async def _cool(night: Night) -> None:
    celsius = night.profile.camera.celsius
    if celsius is None or night.rig.camera.cooler is None:
        return
    async with night.span(f"Cool the camera to {celsius:g} °C"):
        try:
            await cool(night.rig.camera, celsius, night.publish, cooling_settings(night.profile))
        except CoolingFailed as failure:
            # It is as cold as it gets, and the header says how cold: better than no sub at all.
            night.say(failure.sentence, "warning", failure.code, failure.advice)


async def _stay(night: Night, known: Established, target: Target) -> None:
    """Where the telescope points, which is not moved; it tracks, if it is not parked."""
    mount = night.rig.mount
    await open_roof(night)
    await open_cover(night)
    status = await mount.status()
    if not status.parked and not status.tracking:
        await mount.track(True)
    known.near, known.centred = target, None


async def _aim(night: Night, known: Established, work: Work) -> None:
    """The camera turned, and refined by solving, where the plan wants it; else the mount's word counts."""
    await turn_camera(night, known, work)
    if work.planned.move and work.planned.centre:
        await _centre(night, known, work.target)
    else:
        known.centred, known.pattern.offset = work.target, Offset()
        known.pier.told = (await night.rig.mount.status()).pier_side


async def go_near(night: Night, known: Established, target: Target) -> None:
    """Open what is closed, unpark and slew there; ParkedByHand when somebody has parked it meanwhile."""
    mount = night.rig.mount
    parked = (await mount.status()).parked
    if parked and not night.plan.unpark:
        raise ParkedByHand(mount.name, "it is parked, and the plan does not unpark it", advice=UNPARK)
    if known.unparked and parked:
        raise ParkedByHand(mount.name, "it was parked by somebody else and stays so")
    came_from_park = await park_first(night, known, target)
    await open_roof(night)
    await open_cover(night)
    async with night.span(f"Slew to {target.name}"):
        async with known.mount:
            await mount.locate(night.observer.site, night.observer.unix())
            await unpark(mount, night.publish)
            known.unparked = True
            await mount.slew(target.position)
            await note_slew(night, known, target)
        if came_from_park:
            note_from_park(known)
    known.near, known.centred = target, None


async def select_filter(night: Night, known: Established, name: str) -> None:
    """A new filter wants a new focus, if the plan says so; else at least the one that follows from others."""
    wheel = night.rig.filter_wheel if name else None
    old = await wheel.selected() if wheel is not None and known.filter is None else known.filter
    if wheel is not None:
        async with night.span(f"Filter {name}"):
            await wheel.select(name)
    known.filter, was_in, known.was_in = name, known.was_in, name
    follows = await follow_filter(night, known, old, name)
    if was_in is None:
        await carry_over(night, known)
    elif was_in != name:
        _ask_for_filter(night, known, name, follows=follows)


def _ask_for_filter(night: Night, known: Established, name: str, *, follows: bool) -> None:
    match trigger_settings(night.plan, night.profile).filter_change:
        case "always":
            known.refocus.ask("filter change", f"the filter is {name or 'none'} now")
        case "new" if not follows:
            known.refocus.ask("filter change", f"there is no focus in {name or 'no filter'} yet")
        case _:
            pass


async def _centre(night: Night, known: Established, target: Target) -> None:
    settings, side = centre_settings(night.profile), known.pier.side

    async def remember(attempt: Attempt) -> None:
        await solved(night, known.pier, attempt.solution.rotation_deg)
        await night.journal.add(
            Pointing(
                run=night.run, target=target.name, at=night.observer.unix(), attempt=attempt.number,
                error_arcsec=attempt.error_arcsec,
                ra_deg=attempt.solution.centre.ra_deg, dec_deg=attempt.solution.centre.dec_deg,
            )
        )  # fmt: skip

    async with night.span(f"Centre on {target.name}"):
        look = look_for_pointing(night, target.position, keep=not known.clouded)
        await centre(night.rig.mount, look, target.position, settings, night.publish, on_attempt=remember)
    if known.pier.side is not side:  # some mounts turn round on any slew past the meridian
        note_turn(night, known)
    if known.clouded:
        night.say("The sky is clear again.")
    end_alarm(night)
    known.clouded, known.centred, known.pattern.offset = False, target, Offset()
    known.pier.told = (await night.rig.mount.status()).pier_side
