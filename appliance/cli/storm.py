"""`nightbox storm`: many nights with faults, each from its seed."""

import os
import sys
from datetime import UTC, datetime
from time import monotonic

from appliance.cli.exits import FAILED, OK
from appliance.rehearsal.figures import table
from appliance.rehearsal.play import Played
from appliance.rehearsal.storm import Result, one_night, storm

BAR = 40


def run_storm(nights: int, first: int, *, pixels: bool, costs: bool) -> int:
    """Play so many seeds on all cores; exit code 1 when an invariant was broken in any of them."""
    results: list[Result] = []
    began = monotonic()
    for result in storm(range(first, first + nights), pixels=pixels, costs=costs):
        results.append(result)
        if result.breaches:
            _clear_bar()
            _report(result, pixels=pixels)
        _progress(len(results), nights)
    print("\n".join(table(results)))
    broken = sum(bool(result.breaches) for result in results)
    crashes, faults = sum(one.crashes for one in results), sum(len(one.faults) for one in results)
    print(
        f"{nights} nights, {faults} faults ({faults / max(1, nights):.1f} each), {crashes} crashes:"
        f" {nights - broken} held, {broken} broken."
    )
    print(_pace(nights * (2 if costs else 1), monotonic() - began))
    return FAILED if broken else OK


def _pace(played: int, seconds: float) -> str:
    """Twins without faults are nights, too."""
    minutes = max(seconds, 1e-3) / 60
    pace = f"{played / minutes:.0f} nights per minute on {os.cpu_count()} cores"
    return f"{played} played in {minutes:.1f} min: {pace}."


def replay(seed: int, *, pixels: bool) -> int:
    """One night again, with everything that was said in it."""
    result = one_night(seed, pixels, tell=_tell)
    minutes = result.exposed / 60
    print(f"Outcome: {result.outcome}, {minutes:.0f} min exposed, {result.crashes} crashes.")
    _report(result, pixels=pixels)
    return FAILED if result.breaches else OK


def _tell(played: Played) -> None:
    """Words, faults and breaches in order of time."""
    lines = [(one.at, f"  {one.said.text} {one.said.code}") for one in played.heard]
    lines += [
        (one.begins, f"* {one.kind.value} {one.device} {one.amount:g}, {one.seconds:.0f} s")
        for one in played.scenario.faults.every
    ]
    lines += [(one.at, f"✗ {one.name}: {one.seen}") for one in played.breaches]
    for at, text in sorted(lines, key=lambda line: line[0]):
        print(f"{datetime.fromtimestamp(at, UTC):%d %H:%M:%S} {text}")


def _report(result: Result, *, pixels: bool) -> None:
    for breach in result.breaches:
        print(f"✗ {breach.name}: {breach.seen}\n  {breach.sentence}", flush=True)
    if result.breaches:
        print(f"  → nightbox storm --seed {result.seed}{' --pixels' if pixels else ''}", flush=True)


def _clear_bar() -> None:
    """So that what follows begins on a line of its own."""
    if sys.stderr.isatty():
        print("\r" + " " * (BAR + 20) + "\r", end="", file=sys.stderr, flush=True)


def _progress(done: int, nights: int) -> None:
    """A bar for a person; nothing where nobody watches."""
    if sys.stderr.isatty():
        filled = BAR * done // nights
        end = "\n" if done == nights else ""
        print(
            f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done} of {nights}",
            end=end,
            file=sys.stderr,
            flush=True,
        )
