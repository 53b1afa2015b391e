"""What can be known to go wrong tonight before anything is played; pure functions of plan, rig and sky."""

from dataclasses import dataclass

from appliance.imaging.disk import RESERVE_BYTES
from appliance.plan import Plan, Step
from appliance.plan import Target as Planned
from appliance.profile import PowerSection, Profile
from appliance.sequence.tonight import Tonight, sun_below
from appliance.sky.catalogue import Target
from appliance.sky.rise_set import highest_tonight, transit_near
from appliance.sky.windows import Window
from hardware.devices import Site

# Beside each exposure: readout, dither, and its part of focus runs and slews.
OVERHEAD_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that will go wrong; a `serious` one makes the plan a bad one for tonight."""

    code: str
    sentence: str
    remedy: str
    serious: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """The part of the plan that can be played, None when nothing is left of it, and the problems so far.

    `kept` are the places in the whole plan of the targets that are left.
    """

    plan: Plan | None
    kept: tuple[int, ...]
    problems: tuple[Problem, ...]


def outlook(
    plan: Plan, targets: tuple[Target, ...], filters: tuple[str, ...] | None, night: Tonight, site: Site
) -> Outlook:
    """What can be done of the plan at all; `filters` are the wheel's, None without one."""
    problems = [
        *never_up(plan, targets, night, site),
        *missing_filters(plan, filters),
        *short_windows(plan, targets, night),
    ]
    kept: dict[int, Planned] = {}
    for index, planned in enumerate(plan.sky):
        steps = tuple(step for step in planned.step if has_filter(step, filters))
        if night.up[index] and steps:
            kept[index] = planned.model_copy(update={"step": steps})
    left = plan.keeping(kept)
    return Outlook(left, tuple(kept), tuple(problems))


def never_up(plan: Plan, targets: tuple[Target, ...], night: Tonight, site: Site) -> list[Problem]:
    """Every target that stays below its minimum altitude all night."""
    found: list[Problem] = []
    for planned, target, windows in zip(plan.sky, targets, night.up, strict=True):
        if not windows:
            highest = highest_tonight(target.position, site, night.dark.begins, sun_below(plan))
            rises = f"rises to {highest:.0f}° only" if highest > 0 else "does not rise"
            sentence = f"{target.name} {rises} in the dark; {planned.min_altitude_deg:g}° are asked for."
            remedy = "Choose another target or date, or lower its min_altitude_deg."
            found.append(Problem("plan.never_up", sentence, remedy, serious=True))
    return found


def has_filter(step: Step, filters: tuple[str, ...] | None) -> bool:
    """A step without a filter, or on a rig without a wheel, needs none."""
    return not step.filter or filters is None or step.filter in filters


def missing_filters(plan: Plan, filters: tuple[str, ...] | None) -> list[Problem]:
    """One problem for each filter that the wheel does not have."""
    wanted = dict.fromkeys(step.filter for target in plan.sky for step in target.step)
    if filters is None:
        if len(wanted) < 2:
            return []
        names = ", ".join(name or "none" for name in wanted)
        sentence = f"The plan uses the filters {names}, but the profile has no filter_wheel."
        remedy = "Add [filter_wheel] to the profile, or use one filter per plan."
        return [Problem("plan.no_such_filter", sentence, remedy, serious=True)]
    return [
        Problem(
            "plan.no_such_filter",
            f"The wheel has no filter {name!r}; its steps are left out of this rehearsal.",
            f"The wheel has {', '.join(filters)}: correct the plan or the wheel's filters.",
            serious=True,
        )
        for name in wanted
        if name and name not in filters
    ]


def short_windows(plan: Plan, targets: tuple[Target, ...], night: Tonight) -> list[Problem]:
    """Targets that are up, but not for as long as their subs take."""
    found: list[Problem] = []
    for planned, target, windows in zip(plan.sky, targets, night.up, strict=True):
        needed = sum(step.count * (step.seconds + OVERHEAD_SECONDS) for step in planned.step)
        usable = sum(window.seconds for window in windows)
        if windows and usable < needed:
            hopeless = max(window.seconds for window in windows) < min(one.seconds for one in planned.step)
            sentence = (
                f"{target.name} can be used for {hours(usable)} tonight; its subs need about {hours(needed)}."
            )
            remedy = "Take fewer or shorter subs, lower its min_altitude_deg, or go on another night."
            found.append(Problem("plan.window", sentence, remedy, serious=hopeless))
    return found


def flips(
    plan: Plan, targets: tuple[Target, ...], profile: Profile, night: Tonight, site: Site
) -> list[Problem]:
    """Subs that are longer than the time in which the mount may flip: it waits before such a flip."""
    window, found = profile.flip.latest_minutes - profile.flip.after_minutes, []
    if not profile.flip.enabled or profile.flip.at_meridian != "flip":
        return []
    for planned, target, windows in zip(plan.sky, targets, night.up, strict=True):
        longest = max(step.seconds for step in planned.step) / 60
        if longest > window and (meets := _transit(target, windows, site)):
            sentence = (
                f"Subs of {longest:g} min of {target.name} do not fit into the {window:g} min in which the"
                f" mount may flip: up to {longest - window:.0f} min are lost waiting near {_clock(meets)}."
            )
            remedy = (
                f"Take subs of at most {window:g} min, or raise flip.latest_minutes if the mount allows it."
            )
            found.append(Problem("plan.flip", sentence, remedy, serious=False))
    return found


def _transit(target: Target, windows: tuple[Window, ...], site: Site) -> float | None:
    """When the target crosses the meridian while it is used."""
    for window in windows:
        transit = transit_near(target.position, site, (window.begins + window.ends) / 2)
        if window.begins < transit < window.ends:
            return transit
    return None


def disk(needed: int, free: int, where: str) -> list[Problem]:
    """Enough room for every sub, with the system's reserve left over?"""
    if needed + RESERVE_BYTES <= free:
        return []
    sentence = (
        f"The subs need {size(needed)}, but only {size(max(0, free - RESERVE_BYTES))} may be used in {where}."
    )
    remedy = "Delete or move old frames, or give another folder (storage.folder or --out)."
    return [Problem("storage.full", sentence, remedy, serious=True)]


def battery(power: PowerSection | None, percent: float, seconds: float) -> list[Problem]:
    """Does the battery, so full at the beginning, last for so long?

    A supply that can be asked is rehearsed on the mains, which fail only where a fault says so; then it is
    no more than worth knowing.
    """
    if power is None or power.watts is None or power.battery_wh is None:
        return []
    needed, holds = power.watts * seconds / 3600, power.battery_wh * percent / 100
    if needed <= holds:
        return []
    lasts = holds / power.watts * 3600
    full = f"{holds:g} Wh" if percent == 100 else f"{holds:g} Wh ({percent:g} % of {power.battery_wh:g})"
    sentence = (
        f"The night takes {needed:.0f} Wh ({power.watts:g} W for {hours(seconds)}), but the battery holds"
        f" {full}: {'without the mains ' if power.name else ''}it is empty after {hours(lasts)}."
    )
    remedy = "Take a larger or a second battery, cool less, or make the plan shorter."
    return [Problem("power.battery", sentence, remedy, serious=not power.name)]


def roof(plan: Plan, profile: Profile) -> list[Problem]:
    """A plan that says that the roof stays open."""
    if profile.roof is None or plan.close_roof_at_end:
        return []
    sentence = "The plan leaves the roof open at the end of the night (close_roof_at_end = false)."
    return [Problem("roof.open", sentence, "Leave close_roof_at_end out, or be there at dawn.", serious=True)]


def hours(seconds: float) -> str:
    """7380 becomes 2 h 03 min, 95 becomes 2 min, 40 stays."""
    if 0 < seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def size(count: float) -> str:
    """12.3 GB or 450 MB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _clock(unix: float) -> str:
    minutes = round(unix / 60) % 1440
    return f"{minutes // 60:02}:{minutes % 60:02} UTC"
