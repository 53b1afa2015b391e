"""A played night as a person wants to read it: what happens when, how much comes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.journal import SubState
from appliance.plan import Plan, step_keys
from appliance.rehearsal.deeds import deeds
from appliance.rehearsal.entries import Entry
from appliance.rehearsal.heaven import heaven
from appliance.sequence.tonight import Tonight
from appliance.sequence.waiting import WAIT
from appliance.sky.catalogue import Target
from appliance.sky.windows import Window
from appliance.surfaces.report import Night
from hardware.devices import Site
from hardware.simulator.faults import Faults

NO_FAULTS = Faults()


@dataclass(frozen=True, slots=True)
class Expected:
    """Subs of one kind of one target: asked for, and taken tonight."""

    target: str
    filter: str
    seconds: float
    planned: int
    expected: int


@dataclass(frozen=True, slots=True)
class Shares:
    """How the dark hours are spent, each 0 to 1: exposing subs, working on the rig, waiting."""

    exposing: float
    working: float
    idle: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """One night, UTC in seconds since 1970. `counts`: slews, focus runs, flips, dithers."""

    begins: float
    ends: float
    dark: Window
    entries: tuple[Entry, ...]
    expected: tuple[Expected, ...]
    exposure_seconds: float
    shares: Shares
    counts: dict[str, int]

    @property
    def planned_subs(self) -> int:
        """Of the whole plan."""
        return sum(one.planned for one in self.expected)

    @property
    def expected_subs(self) -> int:
        """Tonight."""
        return sum(one.expected for one in self.expected)


def timeline(
    plan: Plan,
    targets: tuple[Target, ...],
    site: Site,
    night: Tonight,
    played: Night | None,
    begins: float,
    ends: float,
    faults: Faults = NO_FAULTS,
) -> Timeline:
    """The whole plan under tonight's sky, and what was `played` of it (None: nothing could be)."""
    done = [] if played is None else deeds(played)
    sky = heaven(plan, targets, site, night, begins, max(ends, night.dark.ends))
    entries = sorted([*sky, *done, *_faults(faults)], key=lambda entry: entry.at)
    return Timeline(
        begins=begins,
        ends=ends,
        dark=night.dark,
        entries=tuple(entries),
        expected=expected(plan, targets, played),
        exposure_seconds=0.0 if played is None else sum(sub.seconds for sub in played.lights),
        shares=shares(played, Window(night.dark.begins, max(night.dark.begins, min(night.dark.ends, ends)))),
        counts={} if played is None else counts(played, done),
    )


def expected(plan: Plan, targets: tuple[Target, ...], played: Night | None) -> tuple[Expected, ...]:
    """Planned and taken subs of every step."""
    saved: dict[str, set[int]] = {}
    for sub in played.saved if played else ():
        saved.setdefault(sub.step_key, set()).add(sub.number)
    return tuple(
        Expected(
            target.name, step.filter, step.seconds, step.count,
            len(saved.get(key, set()) & set(range(1, step.count + 1))),
        )
        for planned, target, keys in zip(plan.sky, targets, step_keys(plan), strict=True)
        for step, key in zip(planned.step, keys, strict=True)
    )  # fmt: skip


def counts(played: Night, done: Sequence[Entry]) -> dict[str, int]:
    """How often the rig did what."""
    return {
        "slews": sum(entry.kind == "slew" for entry in done),
        "focus runs": len(played.focus_runs),
        "flips": sum(entry.kind == "flip" for entry in done),
        "dithers": sum(line.source == "dither" for line in played.lines),
    }


def shares(played: Night | None, dark: Window) -> Shares:
    """Of the dark hours until the end of the night's work."""
    if played is None or dark.seconds <= 0:
        return Shares(0.0, 0.0, 1.0)
    subs = [
        Window(sub.started, sub.started + sub.seconds)
        for sub in played.subs
        if sub.started is not None and sub.state is SubState.SAVED
    ]
    spans = [
        Window(span.started, span.ended or span.started)
        for span in played.spans
        if not span.name.startswith(WAIT)
    ]
    exposing = covered(subs, dark) / dark.seconds
    busy = covered([*subs, *spans], dark) / dark.seconds
    return Shares(exposing, busy - exposing, 1 - busy)


def covered(windows: Iterable[Window], within: Window) -> float:
    """Seconds of `within` that lie in any of the windows."""
    total, reached = 0.0, within.begins
    for window in sorted(windows, key=lambda one: one.begins):
        begins, ends = max(window.begins, reached), min(window.ends, within.ends)
        if ends > begins:
            total, reached = total + ends - begins, ends
    return total


def _faults(faults: Faults) -> list[Entry]:
    """What the rehearsal was told to let go wrong."""
    return [
        Entry(
            one.begins,
            "fault",
            f"Fault: {one.kind.value}{f' ({one.device})' if one.device else ''}",
            f"amount {one.amount:g}" if one.amount else "",
            one.begins + one.seconds,
        )
        for one in faults.every
    ]
