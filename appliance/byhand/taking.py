"""Previews and series of frames, outside any plan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from appliance.byhand.hand import Hand, Image, hfr_of
from appliance.errors import NightboxError
from appliance.guide.dither import DitherPattern, dither
from appliance.imaging.colour import pattern_of
from appliance.imaging.disk import check_room, sub_bytes
from appliance.imaging.naming import NameFacts, free_path, sub_path
from appliance.journal import Run, Sub, SubState
from appliance.sequence.facts import surroundings
from appliance.sequence.kept_preview import keep_preview
from appliance.sequence.night import Night
from appliance.sequence.settings import dither_settings, star_settings
from appliance.sky.windows import DAY
from hardware.devices import Exposure

PREVIEW_WIDTH = 1280
BY_HAND = "By hand"
RESTING = {"doing": "", "loop": False, "exposing_since": None, "exposing_until": None}


@dataclass(frozen=True, slots=True)
class Series:
    """`count` frames to keep, of `target`, with a dither before every `dither_every`-th (0: never)."""

    exposure: Exposure
    target: str = ""
    count: int = 1
    dither_every: int = 0


async def preview(hand: Hand, exposure: Exposure, target: str = "", *, loop: bool = False) -> Image:
    """One frame to look at; with `loop` one after the other until stopped. Nothing is saved."""
    async with _doing(hand, "preview", loop=loop, number=0, total=0 if loop else 1):
        while True:
            hand.show(number=hand.state.number + 1)
            image = await _shoot(hand, exposure, target)
            if not loop:
                return image


async def capture(hand: Hand, series: Series) -> tuple[Path, ...]:
    """A series of frames, each saved before the next; DiskFull, NotWritable or DeviceError end it.

    Stopped, the running exposure is lost and what was saved stays.
    """
    night, saved = hand.night, list[Path]()
    settings = dither_settings(night.profile)
    pattern = DitherPattern(Random(0), settings)
    sensor = night.rig.camera.sensor
    async with _doing(hand, "capture", loop=False, number=0, total=series.count):
        for number in range(1, series.count + 1):
            check_room(night.images, sub_bytes(sensor.width, sensor.height), free_on=night.free_on)
            if series.dither_every and number > 1 and (number - 1) % series.dither_every == 0:
                await dither(night.rig.mount, pattern, settings, night.publish)
            hand.show(number=number)
            image = await _shoot(hand, series.exposure, series.target)
            saved.append(await save(hand, image, await _path(hand, image, number)))
    hand.say(f"{series.count} of {series.count} frames are saved.")
    return tuple(saved)


async def save(hand: Hand, image: Image, path: Path) -> Path:
    """Write it under a name that is free; its path. DiskFull, NotWritable or StorageFailed."""
    async with hand.night.calculator.hold(image.frame.pixels) as held:
        await held.save(path, hand.facts(image))
    image.path = path
    hand.show(file=str(path), sub=await _noted(hand, image, path))
    hand.say(f"Saved {path}.")
    return path


async def _noted(hand: Hand, image: Image, path: Path) -> int | None:
    """The journal's number of it, as a sub of no plan: so it is listed, and seen, as they are."""
    night, frame = hand.night, image.frame
    if not path.is_relative_to(night.images):
        return None
    name = path.relative_to(night.images).as_posix()
    if await night.journal.read(Sub, file=name):
        return None  # a sub of this name was deleted: the journal keeps its line
    run = await _run_by_hand(night)
    sub = await night.journal.add(
        Sub(
            run=run, step_key=BY_HAND, number=len(await night.journal.read(Sub, run=run)) + 1,
            target=image.target, filter=image.around.filter, seconds=frame.exposure.seconds,
            state=SubState.SAVED, started=night.observer.unix(frame.started), file=name,
            hfr=hfr_of(image.stars), stars=image.stars.count, celsius=frame.celsius,
            kind=frame.exposure.kind.value,
        )
    )  # fmt: skip
    await keep_preview(night, sub)
    return sub


async def _run_by_hand(night: Night) -> int:
    """One for all frames of a night."""
    now = night.observer.unix()
    runs = await night.journal.read(Run, plan_key=BY_HAND)
    if runs and (runs[-1].ended or 0.0) > now - DAY / 2:
        await night.journal.change(Run, runs[-1].id, ended=now)
        return runs[-1].id
    return await night.journal.add(
        Run(plan=BY_HAND, plan_key=BY_HAND, started=now, ended=now, outcome="complete")
    )


async def _shoot(hand: Hand, exposure: Exposure, target: str) -> Image:
    """One exposure: measured, shown, and from now on the newest image."""
    night = hand.night
    wheel = night.rig.filter_wheel
    around = await surroundings(night, "" if wheel is None else await wheel.selected())
    now = night.observer.unix()
    hand.show(seconds=exposure.seconds, exposing_since=now, exposing_until=now + exposure.seconds, sub=None)
    hand.forget()  # two frames of a big sensor would be too much for a small computer
    frame = await night.rig.camera.expose(exposure)
    hand.show(exposing_since=None, exposing_until=None)
    async with night.calculator.hold(frame.pixels) as held:
        stars = await held.stars(star_settings(night.profile))
        hand.image = image = Image(frame, stars, target, around)
        try:
            pattern = pattern_of(night.rig.camera.sensor, exposure.binning)
            await held.preview(night.preview, PREVIEW_WIDTH, pattern)
        except NightboxError as failure:
            hand.say(failure.sentence)  # it can be measured, solved and saved all the same
    hand.show(hfr=hfr_of(stars), stars=stars.count)
    return image


async def _path(hand: Hand, image: Image, number: int) -> Path:
    """Named by the profile's pattern as a sub is; never a name that a sub of the journal has."""
    night, exposure = hand.night, image.frame.exposure
    facts = NameFacts(
        started=night.observer.at(image.frame.started), longitude_deg=night.observer.site.longitude_deg,
        target=image.target, filter=image.around.filter, kind=exposure.kind.value, seconds=exposure.seconds,
        number=number, gain=exposure.gain, offset=exposure.offset, binning=exposure.binning,
        celsius=image.frame.celsius, camera=night.profile.camera.name,
        telescope=night.profile.telescope.name,
    )  # fmt: skip
    relative = sub_path(night.profile.storage.pattern, facts)
    known = {sub.file for sub in await night.journal.with_files(relative.with_suffix("").as_posix())}
    return free_path(night.images / relative, lambda path: path.relative_to(night.images).as_posix() in known)


@asynccontextmanager
async def _doing(hand: Hand, doing: str, **about: object) -> AsyncIterator[None]:
    """Shown for as long as it lasts, however it ends."""
    hand.show(doing=doing, **about)
    try:
        yield
    finally:
        hand.show(**RESTING)
