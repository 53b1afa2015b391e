"""The meridian in the sequence: no work is begun that would cross the limit, and nothing tracks past it."""

import asyncio

from appliance.errors import DeviceError, FlipFailed, SolveFailed
from appliance.pointing.flip import FlipSettings, Turning, flip, wait_before_flip, wait_before_slew
from appliance.pointing.park import park
from appliance.pointing.pier import may_stay, natural_side
from appliance.sequence.angles import keep, solved
from appliance.sequence.asking import GO_ON, STOP, ask
from appliance.sequence.budget import FLIP
from appliance.sequence.ending import NightOver, TargetOver
from appliance.sequence.flip_alarm import end_alarm, raise_alarm
from appliance.sequence.known import Established
from appliance.sequence.limit import WATCH_SECONDS, Limit
from appliance.sequence.looking import look_for_pointing
from appliance.sequence.night import Night
from appliance.sequence.progress import Work
from appliance.sequence.settings import flip_settings
from appliance.sequence.slaving import dome_stands
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import hour_angle_deg

REST_SECONDS = 120.0  # a longer wait than this is spent standing still
STAYS_MINUTES = 60.0  # past the meridian every mount changes sides


async def clear_of_meridian(night: Night, known: Established, work: Work, seconds: float) -> bool:
    """Flip, waiting for the earliest moment, if work of so many seconds would not end before the limit.

    True after a flip: everything must be established again. FlipFailed, SolveFailed, DeviceError as `flip`;
    TargetOver instead of a flip for a target that ends at the meridian, NightOver when a person says so.
    """
    settings, target = flip_settings(night.profile, work.planned), work.target
    past = known.pier.minutes_past(_hour_angle(night, target))
    if settings.abort and past < 0:
        known.crossings[target.name] = night.observer.unix() - 60 * past
    wait = wait_before_flip(past, seconds / 60, settings)
    if wait is None:
        return False
    if settings.abort:
        raise TargetOver(f"{target.name} ends at the meridian")
    if wait:
        await _wait(night, f"{target.name} crosses the meridian: waiting {wait:.0f} min for the flip.", wait)
    section = night.profile.flip
    await _pause(night, known, target, "before", section.pause_before_minutes)
    if known.pier.proof is None and not (await night.rig.mount.status()).tracking:
        # It stands where it reached its limit, and no frame of before could prove a turn.
        known.from_park = True
        known.doubt_pointing()
        return True
    await _flip(night, known, target, settings)
    await _pause(night, known, target, "after", section.pause_after_minutes)
    return True


async def _flip(night: Night, known: Established, target: Target, settings: FlipSettings) -> None:
    look = look_for_pointing(night, target.position, keep=False)
    turning = Turning(night.rig.mount, target.position, lambda: _hour_angle(night, target), look)
    if known.pier.proof is None:  # without a frame of before, a mount that lies would be believed
        await solved(night, known.pier, (await look()).rotation_deg)
    known.centred = None
    before = known.pier.proof
    try:
        async with night.span(f"Meridian flip of {target.name}"), dome_stands(night):
            await flip(turning, known.pier, settings, night.publish)
            await keep(night, known.pier, before)
    except FlipFailed as failure:
        raise_alarm(night, failure)
        known.from_park = known.stays = True
        raise
    end_alarm(night)
    note_turn(night, known)


async def _pause(night: Night, known: Established, target: Target, when: str, minutes: float) -> None:
    """Ask a person, if the profile wants it, for no longer than the mount may track on as it stands."""
    left = flip_settings(night.profile).latest_minutes - known.pier.minutes_past(_hour_angle(night, target))
    if when == "before":
        left -= FLIP / 60
    minutes = min(minutes, left)
    if minutes <= 0:
        return
    text = f"{when.capitalize()} the meridian flip of {target.name}: go on?"
    if await ask(night, text, (GO_ON, STOP), GO_ON, within=60 * minutes) == STOP:
        raise NightOver(f"somebody ended it {when} the meridian flip")


def check_crossing(night: Night, known: Established, work: Work) -> None:
    """TargetOver for a target that ends at the meridian, has been taken before it, and has passed it."""
    crossing = known.crossings.get(work.target.name)
    is_far = known.near != work.target and crossing is not None and night.observer.unix() >= crossing
    if is_far and flip_settings(night.profile, work.planned).abort:
        raise TargetOver(f"{work.target.name} ends at the meridian")


def note_turn(night: Night, known: Established) -> None:
    """The telescope is on the other side of the pier: it sags the other way."""
    known.subs_since_dither = 0
    if night.plan.focus_after_flip and night.profile.focuser is not None:
        known.refocus.ask("meridian flip", "the telescope has been turned round")


async def wait_for_clear_slew(night: Night, known: Established, target: Target, seconds: float) -> None:
    """Wait, if a slew to the target now would have to be followed by a flip at once."""
    settings = flip_settings(night.profile)
    wait = wait_before_slew(_hour_angle(night, target), seconds / 60, settings)
    if wait * 60 > REST_SECONDS:
        await rest(night, known)
    if wait:
        await _wait(night, f"{target.name} crosses the meridian: waiting {wait:.0f} min to slew there.", wait)


async def note_slew(night: Night, known: Established, target: Target) -> None:
    """Which side of the pier a slew to the target has led to."""
    told = (await night.rig.mount.status()).pier_side
    known.pier.slewed(_hour_angle(night, target), told, flip_settings(night.profile).latest_minutes)


async def park_first(night: Night, known: Established, target: Target) -> bool:
    """After a flip that failed: from where it parks a mount is free to choose its side. True when parked.

    Sent to the target directly it might stay on its side, past the limit; and so it might later in the
    night, sent from one side to what has just passed the meridian.
    """
    if not (known.from_park or _may_stay(night, known, target)) or not night.plan.unpark:
        return False
    async with night.span("Park, to come from the other side"), known.mount:
        await park(night.rig.mount, night.publish)
    known.unparked = False
    return True


def _may_stay(night: Night, known: Established, target: Target) -> bool:
    angle = _hour_angle(night, target)
    return known.stays and known.pier.side is not natural_side(angle) and may_stay(angle, STAYS_MINUTES)


def note_from_park(known: Established) -> None:
    """Slewed there from the park position: what was believed of its side before the flip failed is void.

    A mount that had flipped early was taken to be on the wrong side, and its camera for the proof of it.
    """
    if known.pier.told in {None, known.pier.side}:
        known.pier.proof = None
    known.from_park = False


async def look_if_it_turned(night: Night, known: Established, target: Target) -> None:
    """A mount that says that it is on another side than before is believed when the camera has turned."""
    told, side = (await night.rig.mount.status()).pier_side, known.pier.side
    if told is known.pier.told:
        return
    known.pier.told = told
    night.say(f"{night.rig.mount.name} says that it has changed its side of the pier: looking at the sky.")
    try:
        look = look_for_pointing(night, target.position, keep=False)
        await solved(night, known.pier, (await look()).rotation_deg)
    except SolveFailed:
        return  # the flip, when it is due, is proved in any case
    if known.pier.side is not side:
        known.centred = None
        note_turn(night, known)


async def rest(night: Night, known: Established) -> None:
    """Stop tracking for a long wait; the next sub begins with a slew."""
    known.doubt_pointing()
    try:
        status = await night.rig.mount.status()
        if status.tracking and not status.parked:
            await night.rig.mount.track(False)
    except DeviceError:
        return  # whoever needs the mount next will say so


async def guard_limit(night: Night, known: Established) -> None:
    """Watch for as long as the run lasts: nothing tracks past the meridian's limit or below the horizon.

    Whatever is being waited for: dusk, a rise, clouds, Start after Pause, a lost camera.
    """
    night.pier = known.pier  # for who watches on when the run has been stopped
    limit = Limit(night.observer, flip_settings(night.profile), night.say, known.doubt_pointing)
    while True:
        try:
            async with known.mount:
                seconds = await limit.hold(night.rig.mount, await night.rig.mount.status(), known.pier)
        except DeviceError:
            seconds = WATCH_SECONDS  # it is away; the sequence says so when it needs it
        await asyncio.sleep(seconds)


async def _wait(night: Night, text: str, minutes: float) -> None:
    night.say(text)
    until = night.observer.unix() + 60 * minutes
    night.show(doing="Waiting for the meridian", waiting=True, until=until)
    await asyncio.sleep(minutes * 60)


def _hour_angle(night: Night, target: Target) -> float:
    return hour_angle_deg(target.position, night.observer.site, night.observer.unix())
