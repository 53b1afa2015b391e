"""Is everything ready for tonight? Each point as the box has seen it: nothing is done that was not seen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from appliance.box.startup import ClockState
from appliance.bus import State
from appliance.imaging.disk import RESERVE_BYTES
from appliance.journal import FocusRun
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rig import RigState
from appliance.safety.messages import PowerState, SafetyState
from appliance.sequence.tonight import Tonight
from appliance.sequence.vitals import DiskState
from appliance.sky.catalogue import Target
from hardware.devices import CoverState

Stand = Literal["done", "to do", "problem", "not fitted", "not checked"]
S = TypeVar("S", bound=State)
OLD_SECONDS = 120.0  # a power supply that has been silent for longer is not known to be well


@dataclass(frozen=True, slots=True)
class Check:
    """One point. `at` is the moment that `text` speaks of (UTC), `where` the page on which it is solved."""

    name: str
    state: Stand
    text: str
    at: float | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(State):
    """Everything that belongs to setting up, in the order in which it is done."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known now. `states` are the bus's; `sky` None where it does not get dark.

    `place_said` and `polar_said`: when a person has confirmed it (UTC); `needed_bytes` None while the sensor
    is not known; `cover` None while it does not answer. A satellite receiver is not asked here: the
    drivers of mounts take over what it says, in the middle of a slew as well.
    """

    profile: Profile
    plan: Plan
    targets: tuple[Target, ...]
    sky: Tonight | None
    now: float
    clock_known: bool
    states: tuple[State, ...] = ()
    focus: FocusRun | None = None
    cover: CoverState | None = None
    place_said: float | None = None
    polar_said: float | None = None
    needed_bytes: int | None = None
    was_connected: bool = field(default=False, kw_only=True)

    def state(self, kind: type[S]) -> S | None:
        """The newest of a kind, None before the first."""
        return next((one for one in self.states if isinstance(one, kind)), None)


def checklist(facts: Facts) -> Checklist:
    """Every point, pure."""
    return Checklist(source="box", checks=tuple(check(facts) for check in CHECKS))


def _power(facts: Facts) -> Check:
    section, told = facts.profile.power_device, facts.state(PowerState)
    if section is None:
        return Check("power", "not fitted", "Nothing measures the power supply: look at it yourself.")
    if told is None or facts.now - told.at > OLD_SECONDS:
        return Check("power", "to do", f"{section.name} has not been heard yet.", where=EQUIPMENT)
    battery = "" if told.battery_percent is None else f"battery at {told.battery_percent:.0f} %"
    if told.mains:
        return Check("power", "done", f"On the mains{battery and ', '}{battery}.", told.at)
    low = told.battery_percent is not None and told.battery_percent < told.least_percent
    if low or (told.mains is False and not battery):
        return Check("power", "problem", f"On {battery or 'a battery that is not measured'}.", told.at)
    return Check("power", "done", f"{battery.capitalize() or 'The supply answers'}.", told.at)


def _rig(facts: Facts) -> Check:
    rig = facts.state(RigState)
    away = [one.name for one in rig.devices if not one.open] if rig else []
    if rig is None or not facts.was_connected:
        return Check("rig", "to do", "Not connected yet: Start connects everything.", where=EQUIPMENT)
    if away:
        return Check("rig", "problem", f"Away: {', '.join(away)}.", where=EQUIPMENT)
    return Check("rig", "done", f"All {len(rig.devices)} devices are connected.", where=EQUIPMENT)


def _time(facts: Facts) -> Check:
    if facts.clock_known:
        return Check("time", "done", "A time service has set the clock.")
    if (told := facts.state(ClockState)) is not None and told.known:
        return Check("time", "done", "A person, or satellites, have vouched for the clock.")
    return Check("time", "to do", "Nobody has set the clock: compare it with your own.")


def _place(facts: Facts) -> Check:
    site = facts.profile.site
    north, east = "N" if site.latitude_deg >= 0 else "S", "E" if site.longitude_deg >= 0 else "W"
    where = f"{abs(site.latitude_deg):.3f}° {north}, {abs(site.longitude_deg):.3f}° {east}"
    where = f"{site.name}, {where}" if site.name else where
    if facts.place_said is not None:
        return Check("place", "done", f"{where}, confirmed.", facts.place_said, PLACE)
    return Check("place", "not checked", f"{where} by the profile: is that here?", where=PLACE)


def _cover(facts: Facts) -> Check:
    if facts.profile.cover is None:
        return Check("cover", "not fitted", "No cover that the box could open: take it off by hand.")
    if facts.cover is None:
        return Check("cover", "to do", "The cover has not answered yet.", where=EQUIPMENT)
    if facts.cover is CoverState.OPEN:
        return Check("cover", "done", "The cover is open.")
    if facts.cover is CoverState.CLOSED:
        return Check("cover", "to do", "The cover is closed; the night opens it by itself.")
    return Check("cover", "problem", f"The cover is {facts.cover.value}.", where=EQUIPMENT)


def _focus(facts: Facts) -> Check:
    run = facts.focus
    if facts.profile.focuser is None:
        return Check("focus", "not fitted", "No motor at the focuser: focus by hand.")
    if run is None:
        first = facts.plan.focus_at_start
        later = "the night begins with a focus run" if first else "the plan begins without a focus run"
        return Check("focus", "to do", f"Not focused tonight; {later}.", where="/focus")
    if run.failure or run.position is None:
        return Check("focus", "problem", f"The last focus run failed: {run.failure}", run.ended, "/focus")
    hfr = "" if run.hfr is None else f", HFR {run.hfr:.2f}"
    return Check(
        "focus", "done", f"In focus{f' in {run.filter}' if run.filter else ''}{hfr}.", run.ended, "/focus"
    )


def _polar(facts: Facts) -> Check:
    if facts.polar_said is not None:
        return Check(
            "polar", "done", "A person has confirmed the polar alignment.", facts.polar_said, "/align"
        )
    return Check("polar", "not checked", "Nobody has checked the polar alignment tonight.", where="/align")


def _target(facts: Facts) -> Check:
    if facts.sky is None:
        return Check("target", "problem", f"It does not get {facts.plan.night} dark tonight.", where="/run")
    if not facts.targets:
        return Check("target", "done", "The plan takes no target of the sky.", where="/run")
    up = [
        (target.name, windows[0].begins)
        for target, windows in zip(facts.targets, facts.sky.up, strict=True)
        if windows and windows[-1].ends > facts.now
    ]
    if not up:
        return Check("target", "problem", "No target of the plan is up any more tonight.", where="/run")
    names = ", ".join(name for name, _ in up[:3]) + ("…" if len(up) > 3 else "")
    text = f"{len(up)} of {len(facts.targets)} can be taken: {names}."
    return Check("target", "done", text, min(begins for _, begins in up), "/run")


def _safety(facts: Facts) -> Check:
    told = facts.state(SafetyState)
    watched = bool(facts.profile.weather or facts.profile.safety_monitor or facts.profile.power_device)
    if told is not None and told.safe:
        return Check("safety", "done", "Everything that watches says safe.", told.since)
    if told is not None and told.safe is False:
        return Check("safety", "problem", f"Not safe: {'; '.join(told.reasons)}.", told.since)
    if not watched:
        return Check("safety", "not fitted", "Nothing watches the weather: watch it yourself.")
    return Check("safety", "to do", "Not every sensor has been heard yet.")


def _disk(facts: Facts) -> Check:
    told = facts.state(DiskState)
    if told is None:
        return Check("disk", "to do", "The disk has not been looked at yet.", where=FILES)
    free = max(0, told.free_bytes - RESERVE_BYTES) / 1e9
    if facts.needed_bytes is None:
        return Check("disk", "problem" if free <= 0 else "done", f"{free:.1f} GB are free.", where=FILES)
    needed = facts.needed_bytes / 1e9
    state: Stand = "done" if needed <= free else "problem"
    return Check("disk", state, f"{free:.1f} GB are free, the plan takes {needed:.1f}.", where=FILES)


EQUIPMENT, PLACE, FILES = "/more/equipment", "/more/place", "/more/files"
CHECKS: tuple[Callable[[Facts], Check], ...] = (
    _power, _rig, _time, _place, _cover, _polar, _focus, _target, _safety, _disk,
)  # fmt: skip
