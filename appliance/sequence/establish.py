"""Making the rig ready for a sub, in order, and knowing what must be done again after a doubt."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from appliance.errors import CoolingFailed, DeviceRefused, FocusFailed
from appliance.focus.autofocus import FocusResult, approach, autofocus
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import NoFocus
from appliance.guide.dither import DitherPattern, Offset
from appliance.journal import FocusRun, Pointing
from appliance.pointing.centre import Attempt, centre
from appliance.pointing.park import unpark
from appliance.sequence.cooling import cool
from appliance.sequence.looking import look_for_focus, look_for_pointing
from appliance.sequence.night import Night
from appliance.sequence.plan import Step
from appliance.sequence.settings import centre_settings, cooling_settings, focus_settings
from appliance.sky.catalogue import Target


@dataclass(slots=True)
class Established:
    """What is known to be true of the rig now; a fresh one doubts everything."""

    pattern: DitherPattern
    refocus: bool
    cooled: bool = False
    near: Target | None = None
    centred: Target | None = None
    filter: str | None = None
    focus: dict[str, int] = field(default_factory=dict)
    subs_since_dither: int = 0
    unparked: bool = False
    troubles: int = 0
    saved_at_trouble: int = -1

    def trouble(self, saved: int) -> None:
        """Count one; a sub `saved` since the last one shows that the night still gets on."""
        self.troubles = self.troubles + 1 if saved == self.saved_at_trouble else 1
        self.saved_at_trouble = saved

    def doubt(self, *, lost: bool = False) -> None:
        """Everything physical is established again; learned focus positions are kept.

        A mount that was `lost` may come back parked; one that was not has been parked by somebody.
        """
        self.cooled, self.unparked = False, self.unparked and not lost
        self.near = self.centred = self.filter = None
        self.subs_since_dither = 0


async def establish(night: Night, known: Established, target: Target, step: Step) -> None:
    """Cooled, unparked, right filter, focused, centred: only what is not so already.

    CentringFailed or SolveFailed for a target that is not found, DeviceError from the rig; a camera that
    does not get cold and a focus that is not found are said and lived with.
    """
    if night.plan.cool and not known.cooled:
        await _cool(night)
        known.cooled = True
    if known.near != target:
        await _go_near(night, known, target)
        known.near, known.centred = target, None
    if known.filter != step.filter:
        await _select(night, known, step.filter)
    if known.refocus:
        await _focus(night, known, step.filter)
    if known.centred != target:
        await _centre(night, target)
        known.centred, known.pattern.offset = target, Offset()


PARKED = "If it was not rain or wind that parked it, press Start: the night goes on where it stopped."


async def _cool(night: Night) -> None:
    celsius = night.profile.camera.celsius
    if celsius is None or night.rig.camera.cooler is None:
        return
    async with night.span(f"Cool the camera to {celsius:g} °C"):
        try:
            await cool(night.rig.camera, celsius, night.publish, cooling_settings(night.profile))
        except CoolingFailed as failure:
            # It is as cold as it gets, and the header says how cold: better than no sub at all.
            night.say(failure.sentence, "warning", failure.code, failure.advice)


async def _go_near(night: Night, known: Established, target: Target) -> None:
    mount = night.rig.mount
    if known.unparked and (await mount.status()).parked:
        raise DeviceRefused(mount.name, "it was parked by somebody else and stays so", advice=PARKED)
    async with night.span(f"Slew to {target.name}"):
        await mount.locate(night.observer.site, night.observer.unix())
        await unpark(mount, night.publish)
        known.unparked = True
        await mount.slew(target.position)


async def _select(night: Night, known: Established, name: str) -> None:
    """A new filter wants a new focus, if the plan says so; a filter seen before at least its old one."""
    wheel, focuser = night.rig.filter_wheel, night.rig.focuser
    changed = known.filter is not None
    if wheel is not None and name:
        async with night.span(f"Filter {name}"):
            await wheel.select(name)
    known.filter = name
    if focuser is not None and name in known.focus:
        await approach(focuser, known.focus[name], night.profile.focus.overshoot)
    elif changed and night.plan.focus_on_filter_change:
        known.refocus = True


async def _focus(night: Night, known: Established, filter_: str) -> None:
    focuser = night.rig.focuser
    if focuser is None:
        known.refocus = False
        return
    reason = "filter change" if known.focus else "start"
    began = night.observer.unix()
    settings = focus_settings(night.profile)
    async with night.span(f"Autofocus in {filter_ or 'no filter'} ({reason})"):
        try:
            result = await autofocus(
                focuser, look_for_focus(night), night.publish, settings, reason=reason, filter=filter_
            )
        except FocusFailed as failure:
            # The focuser is back where it was: a soft night beats a lost one, so say it and go on.
            known.refocus = False
            await _remember_failure(night, reason, filter_, began, failure)
            night.say(failure.sentence, "warning", failure.code, failure.advice)
            return
        known.refocus = False
        known.focus[filter_] = result.position
        await _remember_focus(night, reason, filter_, began, result)


async def _remember_focus(night: Night, reason: str, filter_: str, began: float, result: FocusResult) -> None:
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=result.position, hfr=result.hfr, goodness=result.goodness,
            model=result.curve.model(), points=_plain(result.points),
        )
    )  # fmt: skip


async def _remember_failure(
    night: Night, reason: str, filter_: str, began: float, failure: FocusFailed
) -> None:
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=None, hfr=None, goodness=None, failure=failure.sentence,
            points=_plain(failure.points) if isinstance(failure, NoFocus) else [],
        )
    )  # fmt: skip


def _plain(points: Iterable[CurvePoint]) -> list[dict[str, Any]]:
    return [asdict(point) for point in points]


async def _centre(night: Night, target: Target) -> None:
    settings = centre_settings(night.profile)

    async def remember(attempt: Attempt) -> None:
        await night.journal.add(
            Pointing(
                run=night.run, target=target.name, at=night.observer.unix(), attempt=attempt.number,
                error_arcsec=attempt.error_arcsec,
                ra_deg=attempt.solution.centre.ra_deg, dec_deg=attempt.solution.centre.dec_deg,
            )
        )  # fmt: skip

    async with night.span(f"Centre on {target.name}"):
        look = look_for_pointing(night, target.position)
        await centre(night.rig.mount, look, target.position, settings, night.publish, on_attempt=remember)
