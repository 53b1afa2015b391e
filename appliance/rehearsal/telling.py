"""A rehearsal as text for a terminal, at most 100 columns wide."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from time import gmtime, strftime

from appliance.rehearsal.entries import Entry
from appliance.rehearsal.foresight import Problem, hours, size
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.rehearsal.timeline import Expected, Timeline
from appliance.surfaces.charts import clock

WIDTH = 100
INDENT = 15  # of what an entry says: after "HH:MM to HH:MM "
MARKS = {"sky": "·", "target": "·", "trouble": "!", "fault": "✗"}


def tell(rehearsal: Rehearsal) -> str:
    """Everything: head, timeline, expected subs, resources, assumptions, problems, verdict."""
    parts = [
        _head(rehearsal),
        _timeline(rehearsal.timeline),
        _harvest(rehearsal.timeline.expected),
        _resources(rehearsal),
        _assumed(rehearsal.assumptions),
        _problems(rehearsal.problems),
        [rehearsal.verdict],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(rehearsal: Rehearsal) -> list[str]:
    site = rehearsal.site
    north, east = "N" if site.latitude_deg >= 0 else "S", "E" if site.longitude_deg >= 0 else "W"
    where = f"{abs(site.latitude_deg):.2f}° {north}, {abs(site.longitude_deg):.2f}° {east}"
    return [
        *_wrapped(f"Rehearsal of “{rehearsal.plan}” with {rehearsal.rig}", ""),
        f"Night of {rehearsal.date} at {rehearsal.place or where}{f' ({where})' if rehearsal.place else ''}."
        f" All times are UTC (local mean time is UTC{_offset(site.longitude_deg)}).",
    ]


def _offset(longitude_deg: float) -> str:
    minutes = round(longitude_deg * 4)
    return f"{'−' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _timeline(timeline: Timeline) -> list[str]:
    lines, day = [], ""
    for entry in timeline.entries:
        if (date := strftime("%Y-%m-%d", gmtime(entry.at))) != day:
            lines.append(date)
            day = date
        lines += _entry(entry)
    return lines


def _entry(entry: Entry) -> Iterator[str]:
    ends = "" if entry.ends is None or entry.ends - entry.at < 60 else f"–{clock(entry.ends)}"
    first = f"{clock(entry.at)}{ends}".ljust(12) + f"{MARKS.get(entry.kind, ' ')} "
    detail = f" ({entry.detail})" if entry.detail else ""
    yield from _wrapped(f"{entry.what}{detail}", first, " " * (INDENT - 1))


def _harvest(expected: Iterable[Expected]) -> list[str]:
    lines = ["Expected tonight"]
    for one in expected:
        which = f"{one.target}, {one.filter or 'no filter'}"
        mark = " " if one.expected >= one.planned else "!"
        lines.append(
            f"{mark} {which[:40]:40} {one.expected:5} of {one.planned:4} × {one.seconds:g} s"
            f"   {hours(one.expected * one.seconds)}"
        )
    return lines


def _resources(rehearsal: Rehearsal) -> list[str]:
    timeline, shares = rehearsal.timeline, rehearsal.timeline.shares
    exposing, working = round(100 * shares.exposing), round(100 * shares.working)
    lines = [
        f"Exposure   {hours(timeline.exposure_seconds)}; of the dark hours until the end of the work"
        f" {exposing} % exposing, {working} % working, {100 - exposing - working} % idle"
    ]
    if any(timeline.counts.values()):
        lines.append("Work       " + ", ".join(counted(timeline.counts)))
    lines.append(f"Disk       {size(rehearsal.disk_needed)} needed, {size(rehearsal.disk_free)} free")
    if rehearsal.energy_wh is not None:
        holds = "" if rehearsal.battery_wh is None else f", the battery holds {rehearsal.battery_wh:g} Wh"
        lines.append(f"Power      {rehearsal.energy_wh:.0f} Wh{holds}")
    return lines


def counted(counts: Mapping[str, int]) -> Iterator[str]:
    """So many slews, focus runs, ...; what did not happen is left out."""
    yield from (f"{n} {what.removesuffix('s') if n == 1 else what}" for what, n in counts.items() if n)


def _assumed(assumptions: Iterable[str]) -> list[str]:
    lines = [line for one in assumptions for line in _wrapped(one, "  ", "    ")]
    return ["Assumed", *lines] if lines else []


def _problems(problems: Iterable[Problem]) -> list[str]:
    lines: list[str] = []
    for one in problems:
        lines += _wrapped(f"{one.sentence} [{one.code}]", "✗ " if one.serious else "! ", "  ")
        lines += _wrapped(one.remedy, "  → ", "    ")
    return ["Problems", *lines] if lines else []


def _wrapped(text: str, first: str, rest: str = "") -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [first]
