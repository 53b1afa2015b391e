"""The sequence's way to a focus run: the profile's method, on this rig, with what past runs taught."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from appliance.errors import NightboxError, StorageFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.offers import offers
from appliance.focus.package import Package, write
from appliance.focus.past import Learned, learn
from appliance.focus.result import FocusResult
from appliance.imaging.calculator import Held
from appliance.imaging.naming import free_path
from appliance.imaging.stars import StarField
from appliance.journal import FocusRun
from appliance.profile import Profile
from appliance.sequence.facts import facts_of, surroundings
from appliance.sequence.looking import Keep, look_for_focus
from appliance.sequence.night import Night
from appliance.sequence.settings import focus_settings
from hardware.devices import Frame
from hardware.worker import Worker


async def run_method(night: Night, filter_: str, reason: str, again: int | None = None) -> FocusResult:
    """As `run_focus`: the focuser stands at the result, or after any failure and Stop where it was.

    `again`: around this result, which is then the start. Every run that was not stopped is kept as a package
    in the folder `focus` beside the images.
    """
    focuser = night.rig.focuser
    assert focuser is not None
    runs, scale = await night.journal.read(FocusRun), scale_of(night.profile)
    known, settings = learn(runs, filter_, scale), focus_settings(night.profile)
    start = await focuser.position() if again is None else again
    package = Package(
        reason=reason, filter=filter_, started=night.observer.unix(), settings=settings, learned=known,
        start=start, travel=focuser.travel, celsius=await focuser.celsius(),
    )  # fmt: skip
    folder = free_path(night.images.parent / "focus" / f"{night.observer.now():%Y-%m-%d_%H-%M-%S}")
    look = package.recording(look_for_focus(night, filter_, _keeper(night, folder)), focuser)
    try:
        result = await run_focus(
            focuser, look, night.publish, settings, reason=reason, filter=filter_, known=known, again=again
        )
    except NightboxError as failure:
        package.failure = failure.sentence
        await _save(night, package, folder)
        raise
    if result.model:
        result = replace(result, model={**result.model, **scale})
    package.ended(result)
    await _save(night, package, folder)
    _offer(night, runs, known)
    return result


def scale_of(profile: Profile) -> dict[str, object]:
    """What star sizes depend on: curves of another scale teach nothing."""
    focus = profile.focus
    return {"measure": focus.stars.measure, "binning": focus.binning}


def _keeper(night: Night, folder: Path) -> Keep:
    """Keep frames of the run as files, numbered as they were taken."""
    numbers = count(1)

    async def keep(held: Held, frame: Frame, stars: StarField) -> None:
        around = await surroundings(night, night.state.filter)
        try:
            path = folder / f"{next(numbers):02}.fits"
            await held.save(path, facts_of(night, night.state.target, frame, around, stars, None))
        except StorageFailed as failure:
            night.say(failure.sentence, "warning", failure.code, failure.advice)

    return keep


async def _save(night: Night, package: Package, folder: Path) -> None:
    """A package that cannot be written spoils no focus."""
    worker = Worker("focus record")
    try:
        await worker.call(write, package, folder)
    except StorageFailed as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
    finally:
        worker.close()


def _offer(night: Night, runs: Sequence[FocusRun], known: Learned) -> None:
    """What past runs would have the person set: said once a night, after its first focus."""
    if any(run.run == night.run and run.failure is None for run in runs):
        return
    focus = night.profile.focus
    for offer in offers(known.drift, focus.temperature.steps_per_celsius, focus.filters.offsets):
        night.say(offer.sentence)
