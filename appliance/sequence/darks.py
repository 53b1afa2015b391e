"""Darks and bias in their place of the plan's list: what the night's subs need and the library lacks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from appliance.errors import NotDark
from appliance.flats.dark_kind import DarkKind
from appliance.flats.library import FOLDER, Library, read_library
from appliance.flats.light import level
from appliance.flats.needs import needs
from appliance.plan import DarkFrames, Step
from appliance.sequence.calibration import (
    BIAS_SECONDS,
    bias_level,
    drop_frame,
    expose_frame,
    free_number,
    pause_point,
    save_frame,
)
from appliance.sequence.covering import covered, shelter
from appliance.sequence.establish import cooled
from appliance.sequence.known import Established
from appliance.sequence.meridian import rest
from appliance.sequence.night import Night
from appliance.sequence.saving import Saver, saving
from hardware.worker import Worker

PATTERN = f"{FOLDER}/{{kind}}_{{seconds}}s_gain{{gain}}_offset{{offset}}_bin{{binning}}_{{celsius}}C/" + (
    "{kind}_{seconds}s_{date}_{number:04}"
)
OVERHEAD_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many more of a step, counted by its key."""

    step: Step
    key: str
    missing: int

    @property
    def name(self) -> str:
        """As a bar of the timeline."""
        return "Bias" if self.step.frame == "bias" else f"Darks of {self.step.seconds:g} s"


async def take_darks(night: Night, known: Established, item: DarkFrames, key: str) -> None:
    """Behind the closed cover, or under the closed roof; the light of the sky is looked for all the same.

    NotDark when it falls in; DeviceError and StorageFailed as everywhere, with all that is saved saved.
    """
    wanted = await _wanted(night, item, key)
    if not wanted:
        night.say("All the darks and bias that the plan needs are there.")
        return
    night.say(f"To be taken: {', '.join(f'{one.missing} × {one.name.lower()}' for one in wanted)}.")
    await cooled(night, known)
    seconds = sum(one.missing * (one.step.seconds + OVERHEAD_SECONDS) for one in wanted)
    async with _in_the_dark(night, known, seconds), saving() as saver:
        for one in wanted:
            async with night.span(f"{one.name} ({one.missing})"):
                await _take(night, one, saver)
                await saver.finished()


async def library_of(night: Night) -> Library:
    """Read from the disk, off the loop."""
    worker = Worker("library")
    try:
        return await worker.call(read_library, night.images / FOLDER)
    finally:
        worker.close()


async def _wanted(night: Night, item: DarkFrames, key: str) -> list[Wanted]:
    saved = await night.journal.saved(night.run)
    if item.step:
        steps = [(step, f"{key}: {step.key()}", 0) for step in item.step]
    else:
        library = await library_of(night)
        found = needs(night.plan, night.profile.camera, library, item.count, bias=item.bias)
        steps = [(_step(one.kind, one.count), f"{key}: {one.kind.label()}", one.have) for one in found]
    # What this run has saved is in the library as well, unless somebody has taken it away.
    every = [
        Wanted(step, name, step.count - max(have, len(saved.get(name, set())))) for step, name, have in steps
    ]
    return [one for one in every if one.missing > 0]


def _step(kind: DarkKind, count: int) -> Step:
    return Step(
        frame=kind.frame, seconds=BIAS_SECONDS if kind.frame == "bias" else kind.seconds, count=count,
        binning=kind.binning, gain=kind.gain, offset=kind.offset, readout_mode=kind.readout_mode,
    )  # fmt: skip


@asynccontextmanager
async def _in_the_dark(night: Night, known: Established, seconds: float) -> AsyncIterator[None]:
    """Cover, roof, or else a word to the person; the telescope stands still."""
    async with covered(night) as is_covered:
        # What lasts into the day needs the roof closed over the telescope before the Sun is up.
        into_day = night.observer.unix() + seconds > known.dawn
        if not is_covered or (into_day and night.rig.roof is not None):
            if not await shelter(night, known) and not is_covered:
                night.say(
                    "There is no cover and no roof that keep the light out: cap the telescope.", "warning"
                )
        else:
            await rest(night, known)
        yield


async def _take(night: Night, wanted: Wanted, saver: Saver) -> None:
    step = wanted.step
    dark_below = await bias_level(night, step) + night.profile.flats.dark_limit_adu
    for _ in range(wanted.missing):
        await pause_point(night, saver, step.frame)
        number = await free_number(night, wanted.key, saver.numbers)
        taken = await expose_frame(night, step, wanted.key, number)
        adu = level(taken.frame.pixels)
        if adu > dark_below:
            await drop_frame(night, taken)
            raise NotDark(
                f"Light falls on the {step.frame}: {adu:.0f} ADU, less than {dark_below:.0f} are dark."
            )
        await saver.start(number, save_frame(night, taken, PATTERN, adu))
        del taken  # its pixels are the saver's alone
