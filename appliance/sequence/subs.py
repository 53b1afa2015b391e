"""One sub, from planned to saved."""

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from appliance.cleanup import on_failure
from appliance.errors import NightboxError, ProcedureFailed, SolveFailed
from appliance.imaging.atomic import holds_something
from appliance.imaging.calculator import Held
from appliance.imaging.disk import check_room, sub_bytes
from appliance.imaging.naming import NameFacts, free_path, sub_path
from appliance.imaging.stars import StarField
from appliance.journal import Sub, SubState
from appliance.sequence.facts import Surroundings, facts_of, surroundings
from appliance.sequence.looking import solve, sub_exposure
from appliance.sequence.messages import LastSub, SubSaved
from appliance.sequence.night import Night
from appliance.sequence.plan import Step
from appliance.sequence.settings import star_settings
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import separation_arcsec
from appliance.solve.solution import Solution
from hardware.devices import Frame

PREVIEW_WIDTH = 1280
# A solve takes no longer than the next exposure, within these: clouds must not slow the night down.
SOLVE_AT_LEAST_SECONDS, SOLVE_AT_MOST_SECONDS = 10.0, 45.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The sub to take: the `number`-th of its step."""

    target: Target
    step: Step
    key: str
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """An exposed sub on its way to disk; `id` is the journal's."""

    wanted: Wanted
    id: int
    frame: Frame
    around: Surroundings


async def expose_sub(night: Night, wanted: Wanted) -> Taken:
    """Expose one sub; on any failure or Stop the journal says LOST and its number is free again."""
    step, camera = wanted.step, night.rig.camera
    check_room(night.images, sub_bytes(camera.sensor.width, camera.sensor.height))
    around = await surroundings(night, step.filter)
    sub = await night.journal.add(
        Sub(
            run=night.run, step_key=wanted.key, number=wanted.number, target=wanted.target.name,
            filter=step.filter, seconds=step.seconds, focus_position=around.focus_position,
        )
    )  # fmt: skip
    lost = partial(night.journal.change, Sub, sub, state=SubState.LOST)
    try:
        async with on_failure(lost):
            now = night.observer.unix()
            await night.journal.change(Sub, sub, state=SubState.EXPOSING, started=now)
            night.show(doing="Exposing", exposing_since=now, exposing_until=now + step.seconds)
            frame = await camera.expose(sub_exposure(night.profile.camera, step))
    finally:
        night.show(exposing_since=None, exposing_until=None)
    return Taken(wanted, sub, frame, around)


async def save_sub(night: Night, taken: Taken) -> None:
    """Measure, solve and write one frame; only a complete file makes the sub SAVED."""
    async with on_failure(settle, night, taken.id), night.calculator.hold(taken.frame.pixels) as held:
        stars = await _stars(night, held)
        solution = None if stars is None else await _solution(night, taken, stars)
        path = await _path(night, taken)
        name = path.relative_to(night.images).as_posix()
        # The name is in the journal before the file is on disk, so that after a power cut
        # between the two the file is recognised and not taken again.
        await night.journal.change(Sub, taken.id, file=name)
        facts = facts_of(night, taken.wanted.target.name, taken.frame, taken.around, stars, solution)
        await held.save(path, facts)
        await _mark_saved(night, taken, name, stars, solution)
        await _preview(night, held, taken)


async def _path(night: Night, taken: Taken) -> Path:
    """A name that is free on the disk and in the journal: frames moved away keep theirs."""
    wanted, exposure = taken.wanted, taken.frame.exposure
    facts = NameFacts(
        started=night.observer.at(taken.frame.started), longitude_deg=night.observer.site.longitude_deg,
        target=wanted.target.name, filter=wanted.step.filter, kind=exposure.kind.value,
        seconds=exposure.seconds, number=wanted.number, gain=exposure.gain, offset=exposure.offset,
        binning=exposure.binning, celsius=taken.frame.celsius, camera=night.profile.camera.name,
        telescope=night.profile.telescope.name,
    )  # fmt: skip
    known = {sub.file for sub in await night.journal.read(Sub, state=SubState.SAVED)}

    def taken_before(path: Path) -> bool:
        return path.relative_to(night.images).as_posix() in known

    return free_path(night.images / sub_path(night.profile.storage.pattern, facts), taken_before)


async def _stars(night: Night, held: Held) -> StarField | None:
    """A sub that cannot be measured is kept all the same."""
    try:
        return await held.stars(star_settings(night.profile))
    except ProcedureFailed as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        return None


async def _solution(night: Night, taken: Taken, stars: StarField) -> Solution | None:
    """A sub that no solver recognises is kept all the same, without a WCS."""
    exposure = taken.frame.exposure
    within = min(max(exposure.seconds, SOLVE_AT_LEAST_SECONDS), SOLVE_AT_MOST_SECONDS)
    try:
        return await solve(night, stars, taken.wanted.target.position, exposure.binning, within)
    except SolveFailed as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        return None


async def _mark_saved(
    night: Night, taken: Taken, name: str, stars: StarField | None, solution: Solution | None
) -> None:
    wanted, target = taken.wanted, taken.wanted.target
    hfr = None if stars is None or math.isnan(stars.hfr_median) else round(stars.hfr_median, 3)
    count = None if stars is None else stars.count
    error = None if solution is None else round(separation_arcsec(solution.centre, target.position), 2)
    await night.journal.change(
        Sub, taken.id, state=SubState.SAVED, file=name, hfr=hfr, stars=count,
        celsius=taken.frame.celsius, error_arcsec=error,
        ra_deg=solution.centre.ra_deg if solution else None,
        dec_deg=solution.centre.dec_deg if solution else None,
    )  # fmt: skip
    night.publish(
        SubSaved(
            source="sequence", number=wanted.number, target=target.name, filter=wanted.step.filter,
            file=name, seconds=wanted.step.seconds, hfr=hfr, stars=count, error_arcsec=error,
        )
    )  # fmt: skip
    night.show(done=night.state.done + 1)
    how = f"HFR {hfr:.2f} px, {count} stars" if hfr is not None else "no stars measured"
    off = f', {error:.0f}" off target' if error is not None else ", not solved"
    which = f"sub {wanted.number} of {wanted.step.count} in {wanted.step.filter or 'no filter'}"
    night.say(f"Saved {which}: {how}{off}.")


async def _preview(night: Night, held: Held, taken: Taken) -> None:
    """The picture for the page; without it the night goes on."""
    try:
        await held.preview(night.preview, PREVIEW_WIDTH)
    except NightboxError as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
    saved = (await night.journal.read(Sub, id=taken.id))[0]
    night.publish(
        LastSub(
            source="sequence", number=saved.number, target=saved.target, filter=saved.filter,
            file=saved.file or "", hfr=saved.hfr, stars=saved.stars, error_arcsec=saved.error_arcsec,
        )
    )  # fmt: skip


async def settle(night: Night, id: int) -> None:  # noqa: A002
    """Decide an interrupted sub by what is on disk: a complete file is a saved sub, else it is lost.

    A file has content under its name only when complete, so that is the proof.
    """
    sub = (await night.journal.read(Sub, id=id))[0]
    if sub.state is SubState.SAVED:
        return
    if sub.file and holds_something(night.images / sub.file):
        await night.journal.change(Sub, id, state=SubState.SAVED)
        night.say(f"Sub {sub.number} of {sub.target} ({sub.filter}) was complete on disk: it counts.")
    else:
        await night.journal.change(Sub, id, state=SubState.LOST, file=None)
