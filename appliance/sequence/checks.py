"""Everything that can be known to be wrong before anything moves."""

import os
from pathlib import Path

from appliance.errors import BadInput, BadPlan, BadProfile, NeverUp, NoSuchFilter
from appliance.imaging.disk import check_room, check_writable
from appliance.imaging.naming import check_pattern
from appliance.observer import Observer
from appliance.plan import Item, PanelFlats, Plan, SkyFlats
from appliance.plan import Target as Planned
from appliance.profile import Profile
from appliance.profile.programs import Run
from appliance.rig import Rig
from appliance.sequence.moving import moving_target
from appliance.sequence.settings import cooling_settings, dither_settings, focus_settings, horizon_of
from appliance.sequence.tonight import sun_below, tonight
from appliance.sky.catalogue import Target, find
from appliance.sky.horizon import Horizon
from appliance.sky.rise_set import highest_tonight
from appliance.solve.solvers import available
from hardware.devices import J2000, FilterWheel, Site

GREENWICH = Site(51.48, 0.0)
SPARE_BYTES = 256 * 1024 * 1024


def resolve(plan: Plan, site: Site = GREENWICH, utc_unix: float = 0.0) -> tuple[Target, ...]:
    """The plan's targets with J2000 positions, in its order; BadPlan for a name nobody knows.

    What moves is where it is seen from the site at that moment.
    """
    each = enumerate(plan.sky)
    return tuple(_resolve(f"target.{index}.name", planned, site, utc_unix) for index, planned in each)


def _resolve(field: str, planned: Planned, site: Site, utc_unix: float) -> Target:
    if (moving := moving_target(planned, site, utc_unix)) is not None:
        return moving
    if not planned.move:
        return Target(planned.name, J2000(0.0, 90.0), "where it points")
    if planned.ra_deg is not None and planned.dec_deg is not None:
        return Target(name=planned.name, position=J2000(planned.ra_deg, planned.dec_deg))
    try:
        return find(planned.name, field)
    except BadInput as unknown:
        raise BadPlan(unknown.field, unknown.problem, advice=unknown.advice) from unknown


def check_profile(profile: Profile) -> None:
    """BadProfile for values that only their users can judge: better now than in the middle of the night."""
    horizon_of(profile)
    focus_settings(profile)
    _check_mechanics(profile)
    cooling_settings(profile)
    dither_settings(profile)
    available(profile.solver.order)
    try:
        check_pattern(profile.storage.pattern, "storage.pattern")
    except BadInput as wrong:
        raise BadProfile(wrong.field, wrong.problem, advice=wrong.advice) from wrong


def _check_mechanics(profile: Profile) -> None:
    """BadProfile for an approach that does not take up the slack."""
    focuser, overshoot = profile.focuser, abs(profile.focus.overshoot)
    if focuser is not None and focuser.backlash >= max(overshoot, 1):
        raise BadProfile(
            "focus.overshoot",
            f"{overshoot} steps do not take up focuser.backlash = {focuser.backlash}",
            advice="Make focus.overshoot half as large again as the backlash; its sign is the direction.",
        )


def check_programs(plan: Plan) -> None:
    """BadPlan for a program that is not there, or cannot be run."""
    scripts = {"start": plan.script.start, "end": plan.script.end, "error": plan.script.error}
    named = [(f"script.{when}.file", one) for when, one in scripts.items() if one is not None]
    named += [
        (f"target.{place}.file", item) for place, item in enumerate(plan.target) if isinstance(item, Run)
    ]
    for field, script in named:
        if not script.file.is_file():
            raise BadPlan(field, f"there is no file {script.file}")
        if script.file.suffix != ".py" and not os.access(script.file, os.X_OK):
            raise BadPlan(field, f"{script.file} is not executable", advice=f"chmod +x {script.file}")


def check_wheel(plan: Plan, profile: Profile) -> None:
    """NoSuchFilter for a plan that changes filters on a rig without a wheel; one name is a label."""
    names = {step.filter for target in plan.sky for step in target.step} | set(plan.filters)
    if profile.filter_wheel is None and len(names) > 1:
        raise NoSuchFilter(
            "target",
            f"the plan uses the filters {', '.join(sorted(name or 'none' for name in names))}, but the"
            " profile has no filter_wheel",
            advice="Add [filter_wheel] to the profile, or use one filter per plan. Nothing was moved.",
        )


def check_sky(plan: Plan, targets: tuple[Target, ...], observer: Observer, horizon: Horizon) -> None:
    """NeverDark, or NeverUp for the first target that stays below its minimum altitude all night."""
    tonight(plan, targets, observer.site, observer.unix(), horizon)
    for index, (planned, target) in enumerate(zip(plan.sky, targets, strict=True)):
        highest = highest_tonight(target.position, observer.site, observer.unix(), sun_below(plan))
        if planned.move and highest < planned.min_altitude_deg:
            raise NeverUp(
                f"target.{index}.name",
                f"{target.name} rises to {highest:.0f}° only, {planned.min_altitude_deg:g}° are asked for",
            )


def check_folder(folder: Path) -> None:
    """NotWritable or DiskFull before the first frame instead of after it."""
    check_writable(folder)
    check_room(folder, SPARE_BYTES)


def check_focus_filter(profile: Profile, rig: Rig) -> None:
    """NoSuchFilter when the wheel (it must be open) does not have the filter of all focus runs."""
    wheel, name = rig.filter_wheel, profile.focus.filters.focus_in
    if wheel is not None and name and name not in wheel.filters:
        known = ", ".join(wheel.filters)
        raise NoSuchFilter(
            "focus.filters.focus_in", f"the wheel has no filter {name!r}", advice=f"The wheel has {known}."
        )


def check_filters(plan: Plan, rig: Rig) -> None:
    """NoSuchFilter for the first filter the wheel does not have; the wheel must be open, nothing moves."""
    wheel = rig.filter_wheel
    for t, target in enumerate(plan.sky):
        for s, step in enumerate(target.step):
            if step.filter and wheel is not None and step.filter not in wheel.filters:
                known = ", ".join(wheel.filters)
                raise NoSuchFilter(
                    f"target.{t}.step.{s}.filter",
                    f"the wheel has no filter {step.filter!r}",
                    advice=f"The wheel has {known}; correct the plan. Nothing was moved.",
                )
    for index, item in enumerate(plan.target):
        unknown = _unknown_filters(item, wheel)
        if unknown and wheel is not None:
            raise NoSuchFilter(
                f"target.{index}.filters",
                f"the wheel has no filter {unknown[0]!r}",
                advice=f"The wheel has {', '.join(wheel.filters)}; correct the plan. Nothing was moved.",
            )


def _unknown_filters(item: Item, wheel: FilterWheel | None) -> list[str]:
    """Those of flats that the wheel does not have."""
    if wheel is None or not isinstance(item, SkyFlats | PanelFlats):
        return []
    return [name for name in item.filters if name and name not in wheel.filters]
