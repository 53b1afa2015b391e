"""Flats, darks and bias on their way to disk: the same way as subs, without stars."""

from itertools import count

from appliance.cleanup import on_failure
from appliance.flats.light import level
from appliance.imaging.calculator import Held
from appliance.journal import Sub, SubState
from appliance.plan.steps import Camera, FrameWord, Step
from appliance.sequence.facts import facts_of
from appliance.sequence.kept_preview import keep_preview
from appliance.sequence.looking import sub_exposure
from appliance.sequence.messages import SubSaved
from appliance.sequence.night import Night
from appliance.sequence.saving import Saver
from appliance.sequence.subs import DISK, Taken, Wanted, expose_sub, path_for, settle, show_preview
from appliance.sky.catalogue import Target
from hardware.devices import J2000, FrameKind

# What a bias asks of the camera: drivers take their shortest exposure for it.
BIAS_SECONDS = 0.001
NOWHERE = J2000(0.0, 90.0)  # no star is looked for


def step_for(settings: Camera, frame: FrameWord, filter_: str, seconds: float) -> Step:
    """A step of one such exposure."""
    same = {name: getattr(settings, name) for name in Camera.model_fields}
    return Step(frame=frame, filter=filter_, seconds=seconds, count=1, **same)


async def bias_level(night: Night, settings: Camera) -> float:
    """The level without light, in ADU, from one bias that is not kept."""
    step = step_for(settings, "bias", "", BIAS_SECONDS)
    frame = await night.rig.camera.expose(sub_exposure(night.profile.camera, step))
    return level(frame.pixels)


async def expose_frame(night: Night, step: Step, key: str, number: int) -> Taken:
    """As `expose_sub`; the frame's object is the kind of frame."""
    night.show(target=step.frame.capitalize(), filter=step.filter, frame=step.frame)
    return await expose_sub(night, Wanted(Target(step.frame.capitalize(), NOWHERE), step, key, number))


async def pause_point(night: Night, saver: Saver, what: str) -> None:
    """Wait here while a person has paused the night."""
    if not night.gate.paused:
        return
    await saver.finished()
    night.show(phase="paused", doing="Paused")
    night.say(f"Paused before the next {what}.")
    await night.gate.passed()
    night.show(phase="running")


async def free_number(night: Night, key: str, on_their_way: set[int]) -> int:
    """The lowest that is not taken."""
    taken = (await night.journal.saved(night.run)).get(key, set()) | on_their_way
    return next(number for number in count(1) if number not in taken)


async def drop_frame(night: Night, taken: Taken) -> None:
    """It does not count, its number is free again."""
    await night.journal.change(Sub, taken.id, state=SubState.LOST)


async def save_frame(night: Night, taken: Taken, pattern: str, adu: float) -> None:
    """Write one frame; only a complete file makes it SAVED. `adu` is its level, for who reads the log."""
    async with (
        on_failure(settle, night, taken.id),
        night.calculator.hold(taken.frame.pixels) as held,
    ):
        path = await path_for(night, taken, pattern)
        name = path.relative_to(night.images).as_posix()
        await night.journal.change(Sub, taken.id, file=name)
        await held.save(
            path, facts_of(night, taken.wanted.target.name, taken.frame, taken.around, None, None)
        )
        await night.journal.change(
            Sub, taken.id, state=SubState.SAVED, file=name, celsius=taken.frame.celsius
        )
        await _tell(night, taken, name, held, adu)


async def _tell(night: Night, taken: Taken, name: str, held: Held, adu: float) -> None:
    wanted, exposure = taken.wanted, taken.frame.exposure
    night.publish(
        SubSaved(
            source="sequence", number=wanted.number, target=wanted.target.name, filter=wanted.step.filter,
            file=name, seconds=exposure.seconds, hfr=None, stars=None, error_arcsec=None,
        )
    )  # fmt: skip
    night.comes_back(DISK, "There is room on the disk again.")
    what = f"{wanted.step.frame} {wanted.number}"
    through = f" in {wanted.step.filter}" if wanted.step.filter else ""
    night.say(f"Saved {what}{through}: {exposure.seconds:g} s, {adu:.0f} ADU.")
    if exposure.kind is FrameKind.FLAT and await show_preview(night, held, exposure.binning):
        await keep_preview(night, taken.id)
