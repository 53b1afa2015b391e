"""The journal and the disk after a crash and at the end of a rehearsed night: do they agree?"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance.rehearsal.breaches import Breaches

# What writing and measuring a sub may take while the next one is exposed already.
SAVING_SECONDS = 60.0
KEPT = {"saved", "rejected"}  # has a file; only what is saved counts
Complete = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """What the journal says of one sub; `key` is its step's and its number, `started` UTC since 1970."""

    id: int
    run: int
    key: tuple[str, int]
    state: str
    started: float | None
    seconds: float
    file: str | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A sub that a crash met on its way: so much of its exposure had been done."""

    crash: int
    id: int
    exposed: float


def rows(journal: Path) -> list[Row]:
    """Every sub of a journal, read beside whoever has it open."""
    with closing(sqlite3.connect(journal)) as database:
        found = database.execute(
            "SELECT id, run, step_key, number, state, started, seconds, file FROM sub ORDER BY id"
        )
        return [Row(id_, run, (key, no), state, t, s, file) for id_, run, key, no, state, t, s, file in found]


def outcomes(journal: Path) -> list[str]:
    """How each run of the plan ended, oldest first; a journal of a rehearsal has no other plan's."""
    with closing(sqlite3.connect(journal)) as database:
        return [outcome for (outcome,) in database.execute("SELECT outcome FROM run ORDER BY id")]


def interrupted(every: list[Row], crash: int, now: float) -> list[Interrupted]:
    """The subs that a crash finds between planned and saved."""
    return [
        Interrupted(
            crash, row.id, min(row.seconds, max(0.0, now - (now if row.started is None else row.started)))
        )
        for row in every
        if row.state in {"planned", "exposing"}
    ]


def check_saved(every: list[Row], images: Path, complete: Complete, breaches: Breaches) -> None:
    """At any instant: what counts as saved is on disk, whole, and counts once."""
    saved = [row for row in every if row.state == "saved"]
    for row in every:
        if row.state not in KEPT:
            continue
        if row.file is None or not complete(images / row.file):
            breaches.note(
                "files", f"sub {row.key[1]} of {row.key[0]} is {row.state}, but {row.file} is not complete"
            )
    twice = [key for key, times in Counter(row.key for row in saved).items() if times > 1]
    if twice:
        breaches.note("counted", f"sub {twice[0][1]} of {twice[0][0]} is saved twice")


def check_counted(every: list[Row], runs: list[str], breaches: Breaches, *, settled: bool = True) -> None:
    """At the end: one run took it all, and no sub is left between planned and saved, where it could be."""
    if len(runs) > 1:
        breaches.note("counted", f"the plan has {len(runs)} runs ({', '.join(runs)}), not one")
    for row in every if settled else []:
        if row.state in {"planned", "exposing"}:
            breaches.note("counted", f"sub {row.key[1]} of {row.key[0]} is {row.state} for ever")


def check_kept(every: list[Row], kept: dict[int, str], breaches: Breaches) -> None:
    """At the end: what a crash found saved (its file, by id) is so still."""
    now = {row.id: row.file for row in every if row.state == "saved"}
    for id_, file in kept.items():
        if now.get(id_) != file:
            breaches.note("crash", f"{file} was saved before a crash, and is not any more")


def check_newest(every: list[Row], file: str, images: Path, complete: Complete, breaches: Breaches) -> None:
    """At the moment a sub is told to be saved: is it?"""
    if [row.state for row in every if row.file == file] != ["saved"] or not complete(images / file):
        breaches.note("files", f"{file} is told to be saved, and is not")


def check_files(every: list[Row], images: Path, complete: Complete, breaches: Breaches) -> None:
    """At the end: every complete file is in the journal once, and no incomplete one is left."""
    named = Counter(row.file for row in every if row.state in KEPT)
    for path in sorted(images.rglob("*")) if images.exists() else []:
        if path.is_file() and not path.name.startswith("."):
            name = path.relative_to(images).as_posix()
            if not complete(path):
                breaches.note("files", f"{name} is not complete")
            elif named[name] != 1:
                breaches.note("files", f"{name} is in the journal {named[name]} times")


def check_crashes(every: list[Row], met: list[Interrupted], breaches: Breaches) -> None:
    """At the end: what each crash really cost."""
    state, seconds = {row.id: row.state for row in every}, {row.id: row.seconds for row in every}
    for crash in sorted({one.crash for one in met}):
        lost = [one for one in met if one.crash == crash and state.get(one.id) not in KEPT]
        allowed = max((seconds.get(one.id, 0.0) for one in lost), default=0.0) + SAVING_SECONDS
        if sum(one.exposed for one in lost) > allowed:
            breaches.note("crash", f"crash {crash} cost {sum(one.exposed for one in lost):.0f} s of exposure")
