"""Looking at one star, frame after frame, while a person turns the focuser."""

import asyncio
import math
from dataclasses import dataclass, replace

import numpy as np

from appliance.byhand.hand import Hand, hfr_of
from appliance.byhand.look_messages import FocusLook
from appliance.imaging.close_up import CloseUp
from appliance.imaging.measure import StarSettings
from appliance.imaging.stars import StarField
from appliance.sequence.settings import focus_star_settings
from appliance.sequence.temperature import celsius_now
from hardware.devices import Exposure, Frame

SOURCE = "focus"
PICTURE = "star.jpg"
UNSEEN_SECONDS = 60.0  # nobody has said for so long that he still looks
LEAST_SECONDS = 0.4  # from one frame to the next: phones and their Wi-Fi need not show more
NOBODY, TIME, STOPPED, FAILED = "nobody looks any more", "its time is over", "stopped", "it failed"


@dataclass(slots=True, eq=False)
class Watched:
    """What is looked at, and until when; all of it may change while it runs.

    `seen` is when somebody last said that he looks, `ends` when it ends at the latest, by the loop's clock.
    `crop` is the middle part of the frame's width and height in which stars count. `near` is the place of
    the star that is looked at, None: the `rank`-th best one.
    """

    exposure: Exposure
    crop: float
    seen: float
    ends: float
    rank: int = 0
    near: tuple[float, float] | None = None

    def other_star(self) -> None:
        """From the next frame on."""
        self.rank, self.near = self.rank + 1, None

    def over(self, now: float) -> str:
        """Why it ends now, "" while it does not."""
        if now >= self.ends:
            return TIME
        return NOBODY if now >= self.seen + UNSEEN_SECONDS else ""


async def look_on(hand: Hand, watched: Watched) -> str:
    """Take and measure frames until it is over; why. DeviceError or StorageFailed end it, too."""
    loop, night = asyncio.get_running_loop(), hand.night
    hand.forget()  # two frames of a big sensor would be too much for a small computer
    state = FocusLook(source=SOURCE, running=True, full_well=float(night.profile.camera.full_well_adu))
    ended = FAILED
    try:
        while not (ended := watched.over(loop.time())):
            ended, began = FAILED, loop.time()
            state = await _one(hand, watched, state)
            await asyncio.sleep(max(0.0, LEAST_SECONDS - (loop.time() - began)))
    except asyncio.CancelledError:
        ended = STOPPED
        raise
    finally:
        resting = replace(state, running=False, exposing_since=None, exposing_until=None, ends=None)
        night.publish(replace(resting, ended=ended))
    hand.say(f"The look at a star has ended: {ended}.")
    return ended


async def _one(hand: Hand, watched: Watched, state: FocusLook) -> FocusLook:
    night, exposure, loop = hand.night, watched.exposure, asyncio.get_running_loop()
    now = night.observer.unix()
    state = replace(
        state, seconds=exposure.seconds, binning=exposure.binning, crop_percent=100 * watched.crop,
        exposing_since=now, exposing_until=now + exposure.seconds, ends=now + watched.ends - loop.time(),
    )  # fmt: skip
    night.publish(state)
    frame, rank = await night.rig.camera.expose(exposure), watched.rank
    seen = await _seen(hand, watched, frame)
    if seen.star is not None and watched.rank == rank:  # else another one was asked for meanwhile
        watched.near = (seen.star.x, seen.star.y)
    state = await _told(hand, state, seen)
    night.publish(state)
    return state


async def _seen(hand: Hand, watched: Watched, frame: Frame) -> CloseUp:
    night = hand.night
    async with night.calculator.hold(frame.pixels) as held:
        path = night.preview.parent / PICTURE
        return await held.close_up(path, _settings(hand, watched), watched.near, watched.rank)


def _settings(hand: Hand, watched: Watched) -> StarSettings:
    """As focus runs measure, but for the part of the frame; never a picture without stars."""
    usual = focus_star_settings(hand.night.profile, watched.exposure.seconds)
    return replace(usual, crop=watched.crop, binning=watched.exposure.binning, detail=False)


async def _told(hand: Hand, state: FocusLook, seen: CloseUp) -> FocusLook:
    focuser, frame = hand.night.rig.focuser, state.frame + 1
    return replace(
        state, frame=frame, exposing_since=None, exposing_until=None, hfr=hfr_of(seen.stars),
        fwhm=typical_fwhm(seen.stars), stars=seen.stars.count, saturated=seen.stars.saturated, star=seen.star,
        profile=seen.profile, picture=state.picture if seen.star is None else frame,
        position=None if focuser is None else await focuser.position(), celsius=await celsius_now(hand.night),
    )  # fmt: skip


def typical_fwhm(stars: StarField) -> float | None:
    """Of the stars whose width was measured, in pixels."""
    known = np.empty(0) if stars.fwhm is None else stars.fwhm[np.isfinite(stars.fwhm)]
    typical = float(np.median(known)) if len(known) else math.nan
    return round(typical, 3) if math.isfinite(typical) else None
