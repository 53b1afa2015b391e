"""Did a rehearsed night keep to its plan: every sub in its target's time, and none that was not asked for?"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance.plan import Plan, step_keys
from appliance.plan.keys import key_parts
from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.scenario import Scenario
from appliance.sequence.checks import resolve
from appliance.sequence.progress import wanted
from appliance.sequence.settings import horizon_of
from appliance.sequence.tonight import Tonight, tonight
from hardware.simulator.faults import FaultKind

LATE_SECONDS = 60.0  # arming, and reading out between the exposures of a stack


@dataclass(frozen=True, slots=True)
class Taken:
    """A saved sub: its key, its number, when its exposure began (UTC since 1970), and for how long."""

    key: str
    number: int
    started: float
    seconds: float


def taken(journal: Path) -> list[Taken]:
    """The saved subs of the plan's targets; flats and darks of the night are no part of their counts."""
    query = "SELECT step_key, number, started, seconds FROM sub WHERE state = 'saved' AND kind = 'light'"
    with closing(sqlite3.connect(journal)) as database:
        return [Taken(*row) for row in database.execute(query)]


def check_plan(subs: list[Taken], scenario: Scenario, breaches: Breaches) -> None:
    """At the end of the night."""
    plan = scenario.plan
    for sub in subs:
        if sub.number not in wanted(plan, sub.key):
            breaches.note("plan", f"sub {sub.number} of {sub.key} was not asked for")
    if any(one.kind is FaultKind.CLOCK_JUMP for one in scenario.faults.every):
        return  # the box's moments are not the true ones
    site = scenario.profile.site.place()
    targets = resolve(plan, site, scenario.begins)
    sky = tonight(plan, targets, site, scenario.begins, horizon_of(scenario.profile))
    for sub in subs:
        index = _index(plan, sub.key)
        if index is not None and not _in_time(sub, sky, index):
            breaches.note("window", f"sub {sub.number} of {sub.key} was taken out of its time")


def _index(plan: Plan, key: str) -> int | None:
    plain = key_parts(key)[0]
    return next((index for index, keys in enumerate(step_keys(plan)) if plain in keys), None)


def _in_time(sub: Taken, sky: Tonight, index: int) -> bool:
    ends = sub.started + sub.seconds
    return any(one.begins - 1 <= sub.started and ends <= one.ends + LATE_SECONDS for one in sky.up[index])
