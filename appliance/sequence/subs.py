"""One sub, from planned to saved."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from appliance.cleanup import on_failure
from appliance.errors import NightboxError, ProcedureFailed, SolveFailed
from appliance.imaging.atomic import holds_something
from appliance.imaging.calculator import Held
from appliance.imaging.colour import pattern_of
from appliance.imaging.disk import check_room, sub_bytes
from appliance.imaging.naming import NameFacts, free_path, sub_path
from appliance.imaging.stars import StarField
from appliance.journal import Sub, SubState
from appliance.plan import Step
from appliance.sequence.facts import Surroundings, facts_of, surroundings
from appliance.sequence.guiding import guide_error
from appliance.sequence.kept_preview import keep_preview
from appliance.sequence.looking import solve, sub_exposure
from appliance.sequence.messages import LastSub, SubSaved
from appliance.sequence.night import Night
from appliance.sequence.quality import Look, Verdict
from appliance.sequence.settings import star_settings
from appliance.sequence.stacking import stacked
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import separation_arcsec
from appliance.solve.solution import Solution
from hardware.devices import Frame

PREVIEW_WIDTH = 1280
DISK = "disk"
REJECTED = "_rejected"  # at the end of a file's name: no token of a name holds an underscore
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
    check_room(night.images, sub_bytes(camera.sensor.width, camera.sensor.height), free_on=night.free_on)
    around = await surroundings(night, step.filter)
    sub = await night.journal.add(
        Sub(
            run=night.run, step_key=wanted.key, number=wanted.number, target=wanted.target.name,
            filter=step.filter, seconds=step.exposed_seconds, focus_position=around.focus_position,
            kind=step.frame,
        )
    )  # fmt: skip
    lost = partial(night.journal.change, Sub, sub, state=SubState.LOST)
    try:
        async with on_failure(lost):
            now = night.observer.unix()
            await night.journal.change(Sub, sub, state=SubState.EXPOSING, started=now)
            night.show(doing="Exposing", exposing_since=now, exposing_until=now + step.exposed_seconds)
            frame = await stacked(camera, sub_exposure(night.profile.camera, step), step.stack)
    finally:
        night.show(exposing_since=None, exposing_until=None)
    return Taken(wanted, sub, frame, around)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a saved sub shows: HFR in pixels, and how far off target it is; None where that is not known."""

    hfr: float | None
    error_arcsec: float | None
    verdict: Verdict


Judge = Callable[[Look], Verdict]


async def save_sub(night: Night, taken: Taken, judge: Judge | None = None) -> Seen:
    """Measure, solve, judge and write one frame; only a complete file makes the sub SAVED, or REJECTED."""
    async with on_failure(settle, night, taken.id), night.calculator.hold(taken.frame.pixels) as held:
        light = taken.wanted.step.frame == "light"
        # First: with the next dither it tells of that.
        guided = await guide_error(night) if light else None
        stars = await _stars(night, held) if light else None
        solution = None if stars is None else await _solution(night, taken, stars)
        error = _error(taken, solution)
        look = _look_of(stars, error)
        verdict = judge(look) if judge else Verdict()
        ending = REJECTED if verdict.again else ""
        path = await path_for(night, taken, night.profile.storage.pattern, ending)
        name = path.relative_to(night.images).as_posix()
        # The name is in the journal before the file is on disk, so that after a power cut
        # between the two the file is recognised and not taken again.
        await night.journal.change(Sub, taken.id, file=name, flaws=verdict.mark, guide_arcsec=guided)
        target, stack = taken.wanted.target.name, taken.wanted.step.stack
        facts = facts_of(night, target, taken.frame, taken.around, stars, solution, stack)
        await held.save(path, replace(facts, quality=verdict.mark or None, guide_arcsec=guided))
        await _measured(night, taken, name, look, solution)
        if verdict.again:
            await _reject(night, taken, verdict)
        else:
            await _mark_saved(night, taken, name, look, verdict)
        await _show_sub(night, held, taken)
    return Seen(look.hfr, error, verdict)


def _look_of(stars: StarField | None, error: float | None) -> Look:
    if stars is None:
        return Look(error_arcsec=error)
    return Look(
        stars.count, _number(stars.hfr_median), _number(stars.elongation), _number(stars.background), error
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _error(taken: Taken, solution: Solution | None) -> float | None:
    if solution is None:
        return None
    return round(separation_arcsec(solution.centre, taken.wanted.target.position), 2)


async def path_for(night: Night, taken: Taken, pattern: str, ending: str = "") -> Path:
    """A name that is free on the disk and in the journal: frames moved away keep theirs."""
    wanted, exposure = taken.wanted, taken.frame.exposure
    facts = NameFacts(
        started=night.observer.at(taken.frame.started), longitude_deg=night.observer.site.longitude_deg,
        target=wanted.target.name, filter=wanted.step.filter, kind=exposure.kind.value,
        seconds=exposure.seconds, number=wanted.number, gain=exposure.gain, offset=exposure.offset,
        binning=exposure.binning, celsius=taken.frame.celsius, camera=night.profile.camera.name,
        telescope=night.profile.telescope.name,
    )  # fmt: skip
    relative = sub_path(pattern, facts)
    relative = relative.with_stem(relative.stem + ending)
    known = {sub.file for sub in await night.journal.with_files(relative.with_suffix("").as_posix())}

    def taken_before(path: Path) -> bool:
        return path.relative_to(night.images).as_posix() in known

    return free_path(night.images / relative, taken_before)


async def _stars(night: Night, held: Held) -> StarField | None:
    """A sub that cannot be measured is kept all the same."""
    try:
        stars = await held.stars(star_settings(night.profile))
    except ProcedureFailed as failure:
        night.goes_down("measuring", failure)
        return None
    night.comes_back("measuring", "Subs are measured again.")
    return stars


async def _solution(night: Night, taken: Taken, stars: StarField) -> Solution | None:
    """A sub that no solver recognises is kept all the same, without a WCS."""
    exposure = taken.frame.exposure
    within = min(max(exposure.seconds, SOLVE_AT_LEAST_SECONDS), SOLVE_AT_MOST_SECONDS)
    try:
        solution = await solve(night, stars, taken.wanted.target.position, exposure.binning, within)
    except SolveFailed as failure:
        night.goes_down("solving", failure)
        return None
    night.comes_back("solving", "Subs are solved again.")
    return solution


async def _measured(night: Night, taken: Taken, name: str, look: Look, solution: Solution | None) -> None:
    await night.journal.change(
        Sub, taken.id, file=name, hfr=look.hfr and round(look.hfr, 3), stars=look.stars,
        elongation=look.elongation and round(look.elongation, 3),
        background=look.background and round(look.background, 1),
        celsius=taken.frame.celsius, error_arcsec=look.error_arcsec,
        ra_deg=solution.centre.ra_deg if solution else None,
        dec_deg=solution.centre.dec_deg if solution else None,
    )  # fmt: skip


async def _reject(night: Night, taken: Taken, verdict: Verdict) -> None:
    """It is kept and does not count."""
    await night.journal.change(Sub, taken.id, state=SubState.REJECTED)
    night.say(f"{_which(taken).capitalize()} is taken again: {verdict.words}.", "warning")


def _which(taken: Taken) -> str:
    wanted = taken.wanted
    return f"sub {wanted.number} of {wanted.step.count} in {wanted.step.filter or 'no filter'}"


async def _mark_saved(night: Night, taken: Taken, name: str, look: Look, verdict: Verdict) -> None:
    wanted, target, error = taken.wanted, taken.wanted.target, look.error_arcsec
    hfr, count = look.hfr and round(look.hfr, 3), look.stars
    await night.journal.change(Sub, taken.id, state=SubState.SAVED)
    night.publish(
        SubSaved(
            source="sequence", number=wanted.number, target=target.name, filter=wanted.step.filter,
            file=name, seconds=wanted.step.exposed_seconds, hfr=hfr, stars=count, error_arcsec=error,
        )
    )  # fmt: skip
    night.show(done=night.state.done + 1)
    night.comes_back(DISK, "There is room on the disk again.")
    how = f"HFR {hfr:.2f} px, {count} stars" if hfr is not None else "no stars measured"
    off = f', {error:.0f}" off target' if error is not None else ", not solved"
    if wanted.step.frame != "light":
        how, off = f"a {wanted.step.frame}", ""
    marked = f"; marked: {verdict.words}" if verdict.flaws else ""
    night.say(f"Saved {_which(taken)}: {how}{off}{marked}.", routine=True)


async def show_preview(night: Night, held: Held, binning: int) -> bool:
    """The picture for the page; without it (False) the night goes on."""
    try:
        away = night.rig.away({"camera"})
        pattern = None if away else pattern_of(night.rig.camera.sensor, binning)
        await held.preview(night.preview, PREVIEW_WIDTH, pattern)
    except NightboxError as failure:
        night.goes_down("preview", failure)
        return False
    night.comes_back("preview", "There are previews again.")
    return True


async def _show_sub(night: Night, held: Held, taken: Taken) -> None:
    if await show_preview(night, held, taken.frame.exposure.binning):
        await keep_preview(night, taken.id)
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
    if sub.state in {SubState.SAVED, SubState.REJECTED}:
        return
    if sub.file and holds_something(night.images / sub.file):
        rejected = REJECTED in Path(sub.file).stem
        await night.journal.change(Sub, id, state=SubState.REJECTED if rejected else SubState.SAVED)
        if rejected:
            return
        night.say(f"Sub {sub.number} of {sub.target} ({sub.filter}) was complete on disk: it counts.")
    else:
        await night.journal.change(Sub, id, state=SubState.LOST, file=None)
