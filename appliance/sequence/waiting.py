"""Waiting for the sky: for dusk, for a target to rise, for a cloud to pass. Said once each."""

import asyncio
from contextlib import suppress

from appliance.bus import NeedsPerson
from appliance.errors import DeviceError, DiskFull, GuidingFailed, NightboxError, ProcedureFailed
from appliance.imaging.disk import check_room, sub_bytes
from appliance.sequence.establish import cooled
from appliance.sequence.finish import finish
from appliance.sequence.known import Established
from appliance.sequence.meridian import REST_SECONDS, rest
from appliance.sequence.night import Night
from appliance.sequence.progress import Work
from appliance.sequence.resume import settle_interrupted
from appliance.sequence.subs import DISK, show_preview
from hardware.devices import Exposure

CLOUD_SECONDS = 300.0
GUIDE_TRIES = 3
ROOM_SECONDS = 60.0
COOL_BEFORE_SECONDS = 1800.0  # so that the camera is cold and steady at dusk
LONG_INTERVAL_SECONDS = 900.0  # between repetitions; shorter ones are spent tracking, to be in place at once
PREVIEW_OVERHEAD = 2.0  # seconds, for reading it out and showing it
LONG_SECONDS = 3600.0  # a rig that was left in the middle of something does not wait so long


async def wait_for_dusk(night: Night, known: Established, dusk: float) -> None:
    """Until dusk (UTC seconds), cooled before; a rig that is not parked is left safe for a long wait."""
    if dusk <= night.observer.unix():
        return
    night.say(f"Waiting for dusk ({night.plan.night}) at {_clock(night, dusk)}.")
    if dusk - night.observer.unix() > LONG_SECONDS and not await _seems_parked(night):
        await _left_safe(night)
        known.doubt(lost=True)  # it is we who have parked it, and warmed the camera
    elif dusk - night.observer.unix() > REST_SECONDS:
        await rest(night, known)
    night.show(doing="Waiting for dusk", waiting=True, until=dusk)
    await sleep_until(night, dusk - COOL_BEFORE_SECONDS)
    with suppress(DeviceError):  # before the first sub it is tried again, with all patience
        await cooled(night, known)
    night.show(doing="Waiting for dusk", waiting=True, until=dusk)
    await sleep_until(night, dusk)
    night.say("It is dark: the night begins.")


async def wait_for_rise(night: Night, known: Established, work: Work, rises: float) -> None:
    """Until a target's window opens (UTC seconds)."""
    night.say(
        f"{work.target.name} is still below {work.planned.min_altitude_deg:g}°: waiting for it to rise."
    )
    night.show(doing=f"Waiting for {work.target.name} to rise", waiting=True, until=rises)
    if rises - night.observer.unix() > REST_SECONDS:
        await rest(night, known)
    await sleep_until(night, rises)


async def wait_for_repeat(night: Night, known: Established, work: Work, moment: float) -> None:
    """Until the next repetition of a target begins (UTC seconds), with exposures that are only shown, if
    asked to; the telescope tracks on where that is not for long.
    """
    night.show(doing=f"Waiting for {work.target.name} to begin again", waiting=True, until=moment)
    if work.planned.preview_seconds:
        await _previews(night, work, moment)
    elif moment - night.observer.unix() > LONG_INTERVAL_SECONDS:
        await rest(night, known)
    await sleep_until(night, moment)


async def _previews(night: Night, work: Work, moment: float) -> None:
    """For as long as one fits in; they are shown, not kept."""
    own, seconds = night.profile.camera, work.planned.preview_seconds
    exposure = Exposure(seconds, work.planned.step[0].binning, own.gain, own.offset)
    while night.observer.unix() + seconds + PREVIEW_OVERHEAD < moment and not night.gate.held:
        frame = await night.rig.camera.expose(exposure)
        async with night.calculator.hold(frame.pixels) as held:
            await show_preview(night, held, frame.exposure.binning)


async def wait_for_edit(night: Night) -> None:
    """While somebody changes the plan: no new sub begins, five minutes at most."""
    if night.desk.who:
        night.show(phase="paused", doing="The plan is being changed")
        night.say("Waiting while the plan is being changed.")
        await night.desk.closed()
        night.show(phase="running", doing="")


async def wait_to_retry(night: Night, known: Established, work: Work, moment: float) -> None:
    """Until a target that made trouble is tried again (UTC seconds), when no other one is up."""
    night.show(doing=f"Waiting to try {work.target.name} again", waiting=True, until=moment)
    if moment - night.observer.unix() > REST_SECONDS:
        await rest(night, known)
    await sleep_until(night, moment)


async def wait_for_room(night: Night, known: Established, full: DiskFull) -> None:
    """Until there is room for another sub, looked for every minute with the mount at rest, or dawn.

    Said once, until a sub has been saved.
    """
    night.goes_down(DISK, DiskFull(full.sentence, advice=MAKE_ROOM), "error", "waiting until there is room")
    night.show(doing="Waiting for room on the disk", waiting=True)
    await rest(night, known)
    night.publish(NeedsPerson(source="disk", text=MAKE_ROOM, since=night.observer.unix()))
    try:
        await _until_room(night, known)
    finally:
        night.publish(NeedsPerson(source="disk"))


async def _until_room(night: Night, known: Established) -> None:
    sensor = night.rig.camera.sensor
    while (left := known.dawn - night.observer.unix()) > 0:
        await asyncio.sleep(min(ROOM_SECONDS, left))
        with suppress(DiskFull):
            check_room(night.images, sub_bytes(sensor.width, sensor.height), free_on=night.free_on)
            await settle_interrupted(night)  # what the full journal could not be told
            return


MAKE_ROOM = "Delete or move old frames: the night goes on by itself when there is room."


WAIT = "Wait for better conditions"


async def wait_for_clear_sky(night: Night, known: Established, failure: ProcedureFailed) -> None:
    """A while, after a look at the target that showed nothing; said at the first of a cloud only.

    A guide star that is not found may be behind clouds, too, which centring will tell: GuidingFailed leaves
    when that comes too often in a row.
    """
    if isinstance(failure, GuidingFailed):
        known.guiding.failures += 1
        if known.guiding.failures >= GUIDE_TRIES:
            known.guiding.failures = 0
            raise failure
    if not known.clouded:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        night.say(f"Clouds? Looking again every {CLOUD_SECONDS / 60:.0f} minutes.", "warning")
    known.clouded, known.centred = True, None
    again = night.observer.unix() + CLOUD_SECONDS
    night.show(doing="Waiting for a clear sky", waiting=True, until=again)
    await asyncio.sleep(CLOUD_SECONDS)


async def wait_for_conditions(night: Night, known: Established) -> None:
    """Until nothing holds the sequence, the mount standing still; or dawn.

    Afterwards everything begins as after a start: slew, centring, focus.
    """
    night.show(phase="waiting")
    async with night.span(f"{WAIT} ({night.gate.held})"):
        await rest(night, known)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, known.dawn - night.observer.unix())):
                await night.gate.free()
    night.show(phase="running", doing="")
    if night.plan.focus_on_resume:
        known.refocus.ask("wait", "the night has waited for better conditions")


async def _left_safe(night: Night) -> None:
    """A rig that cannot be left safe now is no reason to give up a night that has not begun."""
    try:
        await finish(night)
    except NightboxError as failure:
        night.say(failure.sentence, "error", failure.code, failure.advice)


async def _seems_parked(night: Night) -> bool:
    try:
        return (await night.rig.mount.status()).parked
    except DeviceError:
        return True  # it is away; whoever needs it next waits for it


async def sleep_until(night: Night, moment: float) -> None:
    """Until a moment (UTC seconds), at once when it is past."""
    await asyncio.sleep(max(0.0, moment - night.observer.unix()))


def _clock(night: Night, unix: float) -> str:
    return f"{night.observer.at(unix - night.observer.unix(0.0)):%H:%M} UTC"
