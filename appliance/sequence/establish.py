"""Making the rig ready for a sub, in order, and knowing what must be done again after a doubt."""

from dataclasses import dataclass, field

from appliance.errors import FocusFailed
from appliance.focus.autofocus import FocusResult, autofocus
from appliance.guide.dither import DitherPattern, Offset
from appliance.journal import FocusRun, Pointing
from appliance.pointing.centre import Attempt, centre
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
    cooled: bool = False
    near: str | None = None
    centred: str | None = None
    filter: str | None = None
    focus: dict[str, int] = field(default_factory=dict)
    refocus: bool = True
    subs_since_dither: int = 0

    def doubt(self) -> None:
        """After a loss: everything physical is established again; learned focus positions are kept."""
        self.cooled = False
        self.near = self.centred = self.filter = None
        self.subs_since_dither = 0


async def establish(night: Night, known: Established, target: Target, step: Step) -> None:
    """Cooled, unparked, right filter, focused, centred: only what is not so already."""
    if night.plan.cool and not known.cooled:
        await _cool(night)
        known.cooled = True
    if known.near != target.name:
        await _go_near(night, target)
        known.near, known.centred = target.name, None
    if known.filter != step.filter:
        await _select(night, known, step.filter)
    if known.refocus:
        await _focus(night, known, step.filter)
    if known.centred != target.name:
        await _centre(night, target)
        known.centred, known.pattern.offset = target.name, Offset()


async def _cool(night: Night) -> None:
    celsius = night.profile.camera.celsius
    if celsius is None or night.rig.camera.cooler is None:
        return
    async with night.span(f"Cool the camera to {celsius:g} °C"):
        await cool(night.rig.camera, celsius, night.publish, cooling_settings(night.profile))


async def _go_near(night: Night, target: Target) -> None:
    mount = night.rig.mount
    async with night.span(f"Slew to {target.name}"):
        await mount.locate(night.observer.site, night.observer.unix())
        if (await mount.status()).parked:
            await mount.unpark()
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
        await focuser.move_to(known.focus[name])
    elif changed and night.plan.focus_on_filter_change:
        known.refocus = True


async def _focus(night: Night, known: Established, filter_: str) -> None:
    focuser = night.rig.focuser
    known.refocus = False
    if focuser is None:
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
            await _remember_failure(night, reason, filter_, began, failure)
            night.say(failure.sentence, "warning", failure.code, failure.advice)
            return
        known.focus[filter_] = result.position
        await _remember_focus(night, reason, filter_, began, result)


async def _remember_focus(night: Night, reason: str, filter_: str, began: float, result: FocusResult) -> None:
    points = [{"position": p.position, "hfr": p.hfr, "stars": p.stars, "used": p.used} for p in result.points]
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=result.position, hfr=result.hfr, goodness=result.goodness,
            model=result.curve.model(), points=points,
        )
    )  # fmt: skip


async def _remember_failure(
    night: Night, reason: str, filter_: str, began: float, failure: FocusFailed
) -> None:
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=None, hfr=None, goodness=None, failure=failure.sentence,
        )
    )  # fmt: skip


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
