"""What went wrong in a rehearsed night that was played."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from appliance.journal import Line
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.foresight import Problem
from appliance.rehearsal.timeline import Expected
from appliance.surfaces.charts import clock

# Told in words of their own: what is missing at the end, and what the outlook knew before.
TOLD_OTHERWISE = {"plan.never_up"}
OUTCOMES = {
    "endless": "The night did not end: the sequence was still running a day later.",
    "failed": "The night could not go on and was ended early.",
    "stopped": "The sequence was stopped.",
}


def outcome(ended: str) -> list[Problem]:
    """A night that did not run to its end; "complete" and "incomplete" are ends."""
    if ended not in OUTCOMES:
        return []
    remedy = "See what was said before the end, correct that, and rehearse again."
    return [Problem(f"night.{ended}", OUTCOMES[ended], remedy, serious=True)]


def unfinished(expected: Sequence[Expected]) -> list[Problem]:
    """Steps that do not get all of their subs tonight; one that gets none is serious."""
    found: list[Problem] = []
    for one in expected:
        if (missing := one.planned - one.expected) > 0:
            what = f"{one.target} in {one.filter or 'no filter'}"
            sentence = f"{what}: {missing} of {one.planned} subs of {one.seconds:g} s are not taken tonight."
            remedy = "Ask for less, begin earlier, or go on another night: the same command takes the rest."
            found.append(Problem("plan.unfinished", sentence, remedy, serious=one.expected == 0))
    return found


def said(lines: Iterable[Line]) -> list[Problem]:
    """Warnings and errors that the box said, each code once; errors are serious."""
    troubles = [
        line for line in lines if line.level != "info" and line.code and line.code not in TOLD_OTHERWISE
    ]
    # Errors before warnings of the same code: the first of a group is told.
    troubles.sort(key=lambda line: (line.code, line.level != "error", line.at))
    found: list[tuple[float, Problem]] = []
    for code, group in groupby(troubles, key=lambda line: line.code):
        every = list(group)
        first, begins = every[0], min(line.at for line in every)
        often = f" ({len(every)} times)" if len(every) > 1 else ""
        sentence = f"At {clock(first.at)} UTC: {first.text}{often}"
        remedy = first.advice or "See the log of this rehearsal."
        found.append((begins, Problem(code, sentence, remedy, serious=first.level == "error")))
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]


def breaches(found: Iterable[Breach]) -> list[Problem]:
    """Invariants that did not hold: these are mistakes of the box itself."""
    remedy = "This is a mistake in Nightbox: please report it with the plan, the profile and the seed."
    return [
        Problem(
            f"invariant.{one.name.replace(' ', '_')}",
            f"At {clock(one.at)} UTC {one.seen}, against: {one.sentence}",
            remedy,
            serious=True,
        )
        for one in found
    ]


def roof(is_open: bool, meant: bool) -> list[Problem]:
    """The roof at the end; one that is meant to stay open was told of before."""
    if not is_open or meant:
        return []
    remedy = "See what was said before: what kept the roof open will do so in the real night, too."
    return [Problem("roof.open", "The night ends with the roof open.", remedy, serious=True)]
