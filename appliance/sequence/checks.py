"""Everything that can be known to be wrong before anything moves."""

from pathlib import Path

from appliance.errors import BadInput, BadPlan, BadProfile, NeverUp, NoSuchFilter
from appliance.imaging.disk import check_room, check_writable
from appliance.imaging.naming import check_pattern
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.plan import Plan
from appliance.sequence.plan import Target as Planned
from appliance.sequence.settings import cooling_settings, dither_settings, focus_settings
from appliance.sky.catalogue import Target, find
from appliance.sky.rise_set import highest_tonight
from appliance.solve.solvers import available
from hardware.devices import J2000

SPARE_BYTES = 256 * 1024 * 1024


def resolve(plan: Plan) -> tuple[Target, ...]:
    """The plan's targets with J2000 positions, in its order; BadPlan for a name nobody knows."""
    return tuple(_resolve(f"target.{index}.name", planned) for index, planned in enumerate(plan.target))


def _resolve(field: str, planned: Planned) -> Target:
    if planned.ra_deg is not None and planned.dec_deg is not None:
        return Target(name=planned.name, position=J2000(planned.ra_deg, planned.dec_deg))
    try:
        return find(planned.name, field)
    except BadInput as unknown:
        raise BadPlan(unknown.field, unknown.problem, advice=unknown.advice) from unknown


def check_profile(profile: Profile) -> None:
    """BadProfile for values that only their users can judge: better now than in the middle of the night."""
    focus_settings(profile)
    cooling_settings(profile)
    dither_settings(profile)
    available(profile.solver.order)
    try:
        check_pattern(profile.storage.pattern, "storage.pattern")
    except BadInput as wrong:
        raise BadProfile(wrong.field, wrong.problem, advice=wrong.advice) from wrong


def check_wheel(plan: Plan, profile: Profile) -> None:
    """NoSuchFilter for a plan that changes filters on a rig without a wheel; one name is a label."""
    names = {step.filter for target in plan.target for step in target.step}
    if profile.filter_wheel is None and len(names) > 1:
        raise NoSuchFilter(
            "target",
            f"the plan uses the filters {', '.join(sorted(name or 'none' for name in names))}, but the"
            " profile has no filter_wheel",
            advice="Add [filter_wheel] to the profile, or use one filter per plan. Nothing was moved.",
        )


def check_sky(plan: Plan, targets: tuple[Target, ...], observer: Observer) -> None:
    """NeverUp for the first target that stays below its minimum altitude for the next 24 hours."""
    for index, (planned, target) in enumerate(zip(plan.target, targets, strict=True)):
        highest = highest_tonight(target.position, observer.site, observer.unix())
        if highest < planned.min_altitude_deg:
            raise NeverUp(
                f"target.{index}.name",
                f"{target.name} rises to {highest:.0f}° only, {planned.min_altitude_deg:g}° are asked for",
            )


def check_folder(folder: Path) -> None:
    """NotWritable or DiskFull before the first frame instead of after it."""
    check_writable(folder)
    check_room(folder, SPARE_BYTES)


def check_filters(plan: Plan, rig: Rig) -> None:
    """NoSuchFilter for the first filter the wheel does not have; the wheel must be open, nothing moves."""
    wheel = rig.filter_wheel
    for t, target in enumerate(plan.target):
        for s, step in enumerate(target.step):
            if step.filter and wheel is not None and step.filter not in wheel.filters:
                known = ", ".join(wheel.filters)
                raise NoSuchFilter(
                    f"target.{t}.step.{s}.filter",
                    f"the wheel has no filter {step.filter!r}",
                    advice=f"The wheel has {known}; correct the plan. Nothing was moved.",
                )
