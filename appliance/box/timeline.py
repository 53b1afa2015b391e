"""What has been done tonight, from the journal, in the shape of the page's timeline."""

from collections.abc import Iterable
from typing import Any

from appliance.journal import FocusRun, Journal, Run, Span, Sub, SubState
from appliance.sequence.waiting import WAIT
from appliance.sky.windows import Window

TOGETHER_SECONDS = 600.0  # subs of one filter nearer than that are one bar
FLIP = "Meridian flip of "


async def done_tonight(journal: Journal, night: Window) -> dict[str, Any]:
    """Subs as bars by target and filter, focus runs, flips and waits between two moments (UTC seconds)."""
    runs = [run for run in await journal.read(Run) if run.ended is None or run.ended >= night.begins]
    subs = [sub for run in runs for sub in await journal.read(Sub, run=run.id)]
    focused = [one for run in runs for one in await journal.read(FocusRun, run=run.id)]
    spans = [span for run in runs for span in await journal.read(Span, run=run.id)]
    within = [span for span in spans if night.begins <= span.started <= night.ends]
    return {
        "taken": bars(sub for sub in subs if sub.started and night.begins <= sub.started <= night.ends),
        "focused": [
            {"at": one.started, "filter": one.filter, "hfr": one.hfr, "failure": one.failure or ""}
            for one in focused
            if night.begins <= one.started <= night.ends
        ],
        "flipped": [
            {"at": span.started, "target": span.name.removeprefix(FLIP), "outcome": span.outcome}
            for span in within
            if span.name.startswith(FLIP)
        ],
        "waited": [
            {"begins": span.started, "ends": span.ended, "why": span.name}
            for span in within
            if span.name.startswith(WAIT)
        ],
    }


def bars(subs: Iterable[Sub]) -> list[dict[str, Any]]:
    """Saved lights that follow each other, of one target through one filter."""
    made: list[dict[str, Any]] = []
    for sub in sorted(subs, key=lambda one: one.started or 0.0):
        if sub.state is not SubState.SAVED or sub.kind != "light" or sub.started is None:
            continue
        ends = sub.started + sub.seconds
        last = made[-1] if made else None
        same = last and (last["target"], last["filter"]) == (sub.target, sub.filter)
        if last and same and sub.started - last["ends"] < TOGETHER_SECONDS:
            last["ends"], last["count"] = ends, last["count"] + 1
        else:
            made.append(
                {"target": sub.target, "filter": sub.filter, "begins": sub.started, "ends": ends, "count": 1}
            )
    return made
