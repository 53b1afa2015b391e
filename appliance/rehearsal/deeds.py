"""What the box did in a night, from its journal: every step a line, like subs together."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from appliance.journal import FocusRun, Line, Span, Sub, SubState
from appliance.rehearsal.entries import Entry
from appliance.surfaces.report import Night, duration

# How the names of the sequence's spans begin.
KINDS = (
    ("slew", "slew"),
    ("centre", "centre"),
    ("flip", "flip"),
    ("meridian flip", "flip"),
    ("wait", "wait"),
)
BECAUSE = "Focusing now: "  # what the sequence says before a focus run
CALIBRATION = ("Sky flats in", "Panel flats in", "Darks of", "Bias (")
CENTRE, FOCUS, FILTER = "Centre on ", "Autofocus", "Filter "
# Waits that are said and have no span, and everything that is said about safety.
WAITING = "waiting"
ALWAYS_TOLD = ("safety", "conditions")


def deeds(played: Night) -> list[Entry]:
    """Everything that took its time or went wrong, in order."""
    spans = [entry for span in played.spans if (entry := _span(span, played))]
    runs = [_focus(run, played.lines) for run in played.focus_runs]
    steps = sorted([*spans, *runs], key=lambda entry: entry.at)
    found = [*steps, *_subs(played, steps), *_said(played)]
    if played.run.ended is not None:
        found.append(Entry(played.run.ended, "deed", "End of the night", played.run.outcome))
    return sorted(found, key=lambda entry: entry.at)


def _span(span: Span, played: Night) -> Entry | None:
    """None for what is told otherwise: focus runs, and filter changes, which the subs show."""
    failed = "" if span.outcome == "done" else span.outcome
    if span.name.startswith(FILTER) and not failed:
        return None
    if span.name.startswith(FOCUS) and any(_within(run.started, span) for run in played.focus_runs):
        return None
    kind = next((kind for start, kind in KINDS if span.name.lower().startswith(start)), "deed")
    detail = [_lasting(span.started, span.ended), failed, *_looks(span, played), *_flats(span, played)]
    return Entry(span.started, kind, span.name, ", ".join(part for part in detail if part), span.ended)


def _looks(span: Span, played: Night) -> list[str]:
    if not span.name.startswith(CENTRE):
        return []
    looks = [look for look in played.looks if _within(look.at, span)]
    if not looks:
        return []
    return [
        f"{len(looks)} {'look' if len(looks) == 1 else 'looks'}, {looks[-1].error_arcsec:.0f}″ off at last"
    ]


def _flats(span: Span, played: Night) -> list[str]:
    """Of flats, darks and bias the bar says how many, and how long."""
    if not span.name.startswith(CALIBRATION):
        return []
    taken = [sub for sub in played.saved if sub.kind != "light" and _within(sub.started or 0.0, span)]
    if not taken:
        return ["none kept"]
    shortest, longest = (pick(sub.seconds for sub in taken) for pick in (min, max))
    lasting = f"{shortest:.3g} s" if shortest == longest else f"{shortest:.3g} to {longest:.3g} s"
    return [f"{len(taken)} of {lasting}"]


def _within(moment: float, span: Span) -> bool:
    return span.started - 1 <= moment and (span.ended is None or moment <= span.ended + 1)


def _lasting(began: float, ended: float | None) -> str:
    return "" if ended is None else plain(duration(ended - began))


def plain(text: str) -> str:
    """With the ordinary spaces that a terminal wants."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _focus(run: FocusRun, lines: Sequence[Line]) -> Entry:
    what = f"Focus run in {run.filter or 'no filter'}: {run.reason}"
    if run.failure is not None or run.position is None:
        detail = run.failure or "no result"
    else:
        sharp = "" if run.hfr is None else f", HFR {run.hfr:.2f} px"
        detail = f"{_lasting(run.started, run.ended)}, best at {run.position}{sharp}"
    because = [
        line.text for line in lines if line.text.startswith(BECAUSE) and abs(line.at - run.started) < 1
    ]
    why = [text.removeprefix(BECAUSE).rstrip(".") for text in because]
    return Entry(run.started, "focus", what, "; ".join([*why, detail]), run.ended)


def _subs(played: Night, steps: Sequence[Entry]) -> Iterator[Entry]:
    """Subs of one kind with no other step between them, as one line."""
    lights = [sub for sub in played.subs if sub.kind == "light" and sub.started is not None]
    taken = sorted(lights, key=_began)
    begins = sorted(entry.at for entry in steps)
    dithers = sorted(line.at for line in played.lines if line.source == "dither")

    def like(sub: Sub) -> tuple[object, ...]:
        return sub.target, sub.filter, sub.seconds, bisect_left(begins, _began(sub))

    for _, group in groupby(taken, key=like):
        yield _run_of_subs(list(group), dithers)


def _began(sub: Sub) -> float:
    assert sub.started is not None
    return sub.started


def _run_of_subs(subs: Sequence[Sub], dithers: Sequence[float]) -> Entry:
    first, saved = subs[0], [sub for sub in subs if sub.state is SubState.SAVED]
    begins, ends = _began(first), _began(subs[-1]) + subs[-1].seconds
    moves = bisect_left(dithers, ends) - bisect_left(dithers, begins)
    what = f"{len(saved)} × {first.seconds:g} s of {first.target} in {first.filter or 'no filter'}"
    sharp = [sub.hfr for sub in saved if sub.hfr is not None]
    detail = [
        f"{len(subs) - len(saved)} lost" if len(saved) < len(subs) else "",
        f"HFR {min(sharp):.2f} to {max(sharp):.2f} px" if sharp else "",
        f"{moves} {'dither' if moves == 1 else 'dithers'}" if moves else "",
    ]
    return Entry(begins, "subs", what, ", ".join(part for part in detail if part), ends)


def _said(played: Night) -> Iterator[Entry]:
    """Troubles and waits; the same again and again only once."""
    for line in _once(played.lines):
        if line.level != "info":
            yield Entry(line.at, "trouble", line.text, line.code)
        elif line.source in ALWAYS_TOLD or WAITING in line.text.lower():
            yield Entry(line.at, "wait", line.text)


def _once(lines: Sequence[Line]) -> Iterator[Line]:
    yield from lines[:1]
    yield from (
        line for before, line in pairwise(lines) if (line.text, line.code) != (before.text, before.code)
    )
