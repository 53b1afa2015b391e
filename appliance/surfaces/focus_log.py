"""The focusing log: every focus run, and every move of the focuser without one, with its temperature."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from time import gmtime, strftime

from appliance.journal import FocusMove, FocusRun, Journal


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `utc` as 2026-11-20 21:04:05; None for what is not known. `what`: "focus" or "move"."""

    utc: str
    what: str
    why: str
    filter: str
    celsius: float | None
    position: int | None
    steps: int | None
    hfr: float | None
    goodness: float | None
    method: str
    exposures: int | None
    seconds: float | None
    failure: str


async def entries(journal: Journal, run: int | None = None) -> list[Entry]:
    """Of one run, or of all there are, oldest first; `steps` from the position before."""
    where = {} if run is None else {"run": run}
    runs, moves = await journal.read(FocusRun, **where), await journal.read(FocusMove, **where)
    return listed(runs, moves)


def listed(runs: Sequence[FocusRun], moves: Sequence[FocusMove]) -> list[Entry]:
    """The same from records."""
    found: list[Entry] = []
    before: int | None = None
    every: list[FocusRun | FocusMove] = [*runs, *moves]
    for one in sorted(every, key=_moment):
        entry = _of_move(one) if isinstance(one, FocusMove) else _of_run(one, before)
        before = before if entry.position is None else entry.position
        found.append(entry)
    return found


def _moment(one: FocusRun | FocusMove) -> float:
    return one.at if isinstance(one, FocusMove) else one.ended


def _of_run(run: FocusRun, before: int | None) -> Entry:
    steps = None if before is None or run.position is None else run.position - before
    return Entry(
        _utc(run.ended), "focus", run.reason, run.filter, run.celsius, run.position, steps, run.hfr,
        run.goodness, run.method, run.exposures, round(run.ended - run.started, 1), run.failure or "",
    )  # fmt: skip


def _of_move(move: FocusMove) -> Entry:
    steps = move.position - move.origin
    return Entry(
        _utc(move.at), "move", move.why, move.filter, move.celsius, move.position, steps, None, None, "",
        None, None, "",
    )  # fmt: skip


def _utc(moment: float) -> str:
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(moment))


def as_csv(log: Sequence[Entry]) -> str:
    """With a heading; empty where nothing is known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Entry)])
    writer.writerows([["" if value is None else value for value in astuple(entry)] for entry in log])
    return text.getvalue()


HEADING = ("UTC", "filter", "°C", "position", "steps", "HFR", "why", "how")


def as_table(log: Sequence[Entry]) -> str:
    """For a terminal."""
    if not log:
        return "Nothing has been focused here yet.\n"
    rows = [HEADING, *(_row(entry) for entry in log)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(entry: Entry) -> tuple[str, ...]:
    how = "moved" if entry.what == "move" else f"{entry.method}, {_text(entry.exposures)} exposures"
    return (
        entry.utc, entry.filter or "–", _text(entry.celsius, ".1f"), _text(entry.position),
        _text(entry.steps, "+d"), _text(entry.hfr, ".2f"), entry.why, entry.failure or how,
    )  # fmt: skip


def _text(value: float | None, how: str = "") -> str:
    return "–" if value is None else format(value, how)
