"""Guiding in the sequence: on before each sub of light, calibrated for its side of the pier, off at the end.

That it is off before the mount moves is seen to by guide.letting_go, whoever moves it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from appliance.bus import Publish
from appliance.cleanup import on_failure
from appliance.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DeviceStuck,
    GuidingFailed,
    NightboxError,
)
from appliance.guide.letting_go import STOP_SECONDS, let_go
from appliance.plan import Step
from appliance.profile import GuiderSection
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from hardware.devices import Guider, GuideState

START_SECONDS = 900.0  # with a calibration, whatever the driver's own patience is
DITHER_SECONDS = 300.0
PAUSE_SECONDS = 30.0
ERROR_SECONDS = 5.0  # a sub that is to be saved waits no longer
AGAIN_SECONDS = 300.0  # unguided, between two attempts
HASTE_SECONDS = 0.5  # to tell it to stop, when what runs is stopped: parking must not wait for it
POLL_SECONDS = 2.0
GUIDER, STAR, SETTLING = "guiding", "guide star", "settling"  # what can be down
GUIDES = (GuideState.GUIDING, GuideState.LOST)


async def guide(night: Night, known: Established, step: Step) -> None:
    """Guiding before a sub of light; at once when it is on, and where there is no guider.

    GuidingFailed when there is no guiding, DeviceError when the guider is lost or stuck; both are only said
    where the profile goes on without.
    """
    section = night.profile.guider
    if section is None or step.frame != "light" or night.observer.unix() < known.guiding.again:
        return
    try:
        await _guide(night, known, section)
    except (GuidingFailed, DeviceLost, DeviceMissing, DeviceStuck) as failure:
        if section.without == "wait":
            raise
        if not isinstance(failure, DeviceLost | DeviceMissing):  # which is said of every device
            known.guiding.again = night.observer.unix() + AGAIN_SECONDS
            night.goes_down(GUIDER, failure, then="the night goes on unguided")
    else:
        known.guiding.failures = 0
        night.comes_back(GUIDER, "It guides again.")


async def _guide(night: Night, known: Established, section: GuiderSection) -> None:
    guider = night.rig.guider
    assert guider is not None
    state = (await guider.status()).state
    if state is GuideState.GUIDING:
        return
    if state is not GuideState.LOST or not await _star_returns(night, guider, section):
        await _start(night, known, guider, section)


async def _star_returns(night: Night, guider: Guider, section: GuiderSection) -> bool:
    """Wait for a lost star, not for ever."""
    seconds = section.star_seconds
    lost = GuidingFailed(f"{guider.name} has lost its star.")
    night.goes_down(STAR, lost, then=f"waiting {seconds:.0f} s for it")
    night.show(doing="Waiting for the guide star", waiting=True)
    clock = asyncio.get_running_loop().time
    ends = clock() + seconds
    while True:
        state = (await guider.status()).state
        if state is GuideState.GUIDING:
            night.comes_back(STAR, "The guide star is back.")
            return True
        if state is not GuideState.LOST or clock() >= ends:
            night.down.discard(STAR)
            return False
        await asyncio.sleep(POLL_SECONDS)


async def _start(night: Night, known: Established, guider: Guider, section: GuiderSection) -> None:
    """From anew: choose a star, calibrate where that is due, settle."""
    late = f"did not guide after {START_SECONDS:g} s"
    async with _settling(night, guider, section, START_SECONDS, late), night.span("Start guiding"):
        await let_go(guider, night.publish)
        await _calibration(night, known, guider, section)
        await guider.start(section.settle())
    known.guiding.side, known.guiding.calibrated = known.pier.side, True


async def _calibration(night: Night, known: Established, guider: Guider, section: GuiderSection) -> None:
    """As the profile has it for a telescope that may have been turned round since the last calibration."""
    mine, side = known.guiding, known.pier.side
    turned = mine.calibrated and None not in {mine.side, side} and mine.side is not side
    # One that failed twice may be wrong, however it came about.
    doubtful = mine.failures > 1 or (not mine.calibrated and section.at_flip == "recalibrate")
    if section.at_flip == "keep" or not (turned or doubtful):
        return
    mine.side = side
    if section.at_flip == "reverse" and not doubtful:
        try:
            await guider.flip_calibration()
        except (DeviceLost, DeviceStuck):
            raise
        except DeviceError as failure:
            night.say(f"{failure.sentence.rstrip('.')}; calibrating anew.", "warning", failure.code)
        else:
            night.say("The guider's calibration is turned round for this side of the pier.")
            return
    mine.calibrated = False
    night.say("The guider calibrates anew.")
    await guider.forget_calibration()


async def _unless_it_guides(
    night: Night, guider: Guider, section: GuiderSection, failure: DeviceError
) -> None:
    """A star that does not stay within its pixels is guided all the same; one that got lost may come back."""
    state = (await guider.status()).state
    if state is GuideState.LOST and await _star_returns(night, guider, section):
        return
    if state is GuideState.GUIDING:
        night.goes_down(SETTLING, failure, then="it guides all the same, the night goes on")
        return
    raise GuidingFailed(failure.sentence, advice=failure.advice) from failure


async def dithered(night: Night) -> bool:
    """Dither by the guider; False where it does not guide, and the mount has to be moved.

    GuidingFailed when the star got lost on the way, DeviceError when the guider did.
    """
    section = night.profile.guider
    if section is None:
        return False
    guider = await _guiding(night, GuideState.GUIDING)
    if guider is None:
        return False
    async with _settling(night, guider, section, DITHER_SECONDS, "did not settle after a dither"):
        await guider.dither(section.dither_px, section.dither_ra_only, section.settle())
    return True


@asynccontextmanager
async def _settling(
    night: Night, guider: Guider, section: GuiderSection, within: float, late: str
) -> AsyncIterator[None]:
    """What the guider does here may take so long; one that guides without having settled is lived with."""
    try:
        async with asyncio.timeout(within):
            yield
    except TimeoutError as slow:
        raise GuidingFailed(f"{guider.name} {late}.") from slow
    except (DeviceLost, DeviceStuck):
        raise
    except DeviceError as failure:
        await _unless_it_guides(night, guider, section, failure)
    else:
        night.comes_back(SETTLING, "Guiding settles again.")


async def guide_error(night: Night) -> float | None:
    """How far the guide star lately stood from its place, RMS arcseconds; None where that is not known."""
    try:
        async with asyncio.timeout(ERROR_SECONDS):
            guider = None if night.profile.guider is None else night.rig.guider
            error = None if guider is None else (await guider.status()).rms_arcsec
    except (DeviceError, TimeoutError):
        return None  # before the next sub it is seen to
    return None if error is None else round(error, 2)


@asynccontextmanager
async def paused(night: Night) -> AsyncIterator[None]:
    """Guiding rests while the focuser moves, where the profile wants that; afterwards it goes on.

    What is wrong with the guider is said: before the next sub it is seen to.
    """
    section = night.profile.guider
    guider = None if section is None or not section.pause_for_focus else await _guiding(night, *GUIDES)
    if guider is None:
        yield
        return
    await _said(night, guider, pause=True)
    async with on_failure(_said, night, guider, within=PAUSE_SECONDS):
        yield
    await _said(night, guider)


async def _guiding(night: Night, *states: GuideState) -> Guider | None:
    """The guider when it is there and in one of these states."""
    try:
        guider = night.rig.guider
        async with asyncio.timeout(PAUSE_SECONDS):
            return guider if guider is not None and (await guider.status()).state in states else None
    except (DeviceError, TimeoutError):
        return None


async def _said(night: Night, guider: Guider, *, pause: bool = False) -> None:
    """Pause; or resume what is still paused: a slew on the way has stopped it."""
    try:
        async with asyncio.timeout(PAUSE_SECONDS):
            if pause:
                await guider.pause()
            elif (await guider.status()).state is GuideState.PAUSED:
                await guider.resume()
    except (DeviceError, TimeoutError) as failure:
        what = "pause" if pause else "go on"
        why = f" ({failure.sentence.rstrip('.')})" if isinstance(failure, NightboxError) else ""
        night.say(f"{guider.name} did not {what} for the focus run{why}.", "warning")


@asynccontextmanager
async def ending_guiding(night: Night) -> AsyncIterator[None]:
    """However the block ends, guiding is told to stop; in haste when it was stopped or failed."""
    async with on_failure(_stop, night, lambda _: None, HASTE_SECONDS):
        yield
    await _stop(night, night.publish, STOP_SECONDS)


async def _stop(night: Night, publish: Publish, within: float) -> None:
    with suppress(DeviceError):  # it is away
        if guider := night.rig.guider:
            await let_go(guider, publish, within)
