"""The night report: one self-contained HTML page that opens anywhere and prints well."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean
from time import gmtime, strftime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from appliance.errors import BadInput, DiskFull, NotWritable
from appliance.journal import FocusMove, FocusRun, Journal, Line, Pointing, Run, Span, Sub, SubState
from appliance.surfaces.charts import clock
from appliance.surfaces.colours import filter_marks
from appliance.surfaces.focus_log import listed
from appliance.surfaces.night_charts import hfr_chart, night_span, pointing_chart, timeline, v_curve
from hardware.worker import Worker

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Night:
    """All that the journal knows of one run."""

    run: Run
    subs: list[Sub]
    focus_runs: list[FocusRun]
    looks: list[Pointing]
    spans: list[Span]
    lines: list[Line]
    focus_moves: list[FocusMove] = field(default_factory=list)

    @property
    def saved(self) -> list[Sub]:
        return [sub for sub in self.subs if sub.state is SubState.SAVED]

    @property
    def lights(self) -> list[Sub]:
        """Of the sky, without flats, darks and bias."""
        return [sub for sub in self.saved if sub.kind == "light"]


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one target got through one filter; `hfr` is the mean in pixels, None when unmeasured."""

    target: str
    filter: str
    count: int
    seconds: float
    hfr: float | None


async def write_report(journal: Journal, run_id: int, path: Path) -> Path:
    """Write the report of a run, finished or not, and return its path.

    The page appears under its name only when it is complete. Raises BadInput when the journal has
    no such run, NotWritable or DiskFull when the page cannot be written.
    """
    night = await read_night(journal, run_id)
    worker = Worker("report")
    try:
        return await worker.call(_write, night, path)
    finally:
        worker.close()


async def read_night(journal: Journal, run_id: int) -> Night:
    """Everything of one run; BadInput when the journal does not have it."""
    runs = await journal.read(Run, id=run_id)
    if not runs:
        raise BadInput("run", f"the journal has no run {run_id}", advice="Choose a run that the journal has.")
    return Night(
        run=runs[0],
        subs=await journal.read(Sub, run=run_id),
        focus_runs=await journal.read(FocusRun, run=run_id),
        focus_moves=await journal.read(FocusMove, run=run_id),
        looks=await journal.read(Pointing, run=run_id),
        spans=await journal.read(Span, run=run_id),
        lines=await journal.read(Line, run=run_id),
    )


def _write(night: Night, path: Path) -> Path:
    page = render(night)
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # the first error is the one to tell
            temporary.unlink()
        kind = DiskFull if error.errno in (28, 122) else NotWritable  # ENOSPC, EDQUOT
        raise kind(f"The report {path} cannot be written: {error.strerror}.") from error
    return path


def render(night: Night) -> str:
    """The report as HTML; everything from the journal is escaped."""
    page = environment().get_template("report.html")
    return page.render(night=night, style=style(), **_summary(night), **_drawings(night))


def environment(*folders: Path) -> Environment:
    """For pages of this look; templates are looked for in `folders` first, then beside the report's."""
    made = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(clock=partial(clock, seconds=True), date=_date, duration=duration, fixed=_fixed)
    return made


def style(*more: Path) -> Markup:
    """The report's style sheet, and more of our own."""
    texts = [path.read_text("utf-8") for path in (TEMPLATES / "report.css", *more)]
    return Markup("\n".join(texts))  # noqa: S704 - our own files


def _summary(night: Night) -> dict[str, Any]:
    began, ended = night_span(night.run, night.spans, night.subs, night.focus_runs)
    return {
        "began": began,
        "ended": ended,
        "harvest": harvest(night.saved),
        "total": sum(sub.seconds for sub in night.saved),
        "mean_hfr": mean(sub.hfr for sub in night.saved),
        "guided": any(sub.guide_arcsec is not None for sub in night.subs),
        "mean_error": mean(sub.error_arcsec for sub in night.saved),
        "troubles": [line for line in night.lines if line.level == "error"],
        "warnings": sum(line.level == "warning" for line in night.lines),
    }


def _drawings(night: Night) -> dict[str, Any]:
    marks = filter_marks(sub.filter for sub in night.subs)
    return {
        "marks": marks,
        "timeline": timeline(night.run, night.spans, night.subs, night.focus_runs, marks),
        "curves": [(one, v_curve(one)) for one in night.focus_runs],
        "focus_log": listed(night.focus_runs, night.focus_moves),
        "hfr_chart": hfr_chart(night.saved, marks),
        "pointing_chart": pointing_chart(night.looks, night.saved, marks),
    }


def harvest(subs: Sequence[Sub]) -> list[Harvest]:
    """Subs per target and filter, in the order they were first taken."""
    groups: dict[tuple[str, str], list[Sub]] = {}
    for sub in subs:
        groups.setdefault((sub.target, sub.filter), []).append(sub)
    return [
        Harvest(
            target, filter_, len(group), sum(sub.seconds for sub in group), mean(sub.hfr for sub in group)
        )
        for (target, filter_), group in groups.items()
    ]


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def duration(seconds: float) -> str:
    """3725 s becomes 1 h 02 min, 95 s becomes 1 min 35 s, 40 s stays; its spaces do not break."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u202fs"
    if whole < 3600:
        return f"{whole // 60}\u202fmin" + (f"\u00a0{whole % 60:02}\u202fs" if whole % 60 else "")
    return f"{whole // 3600}\u202fh\u00a0{whole % 3600 // 60:02}\u202fmin"


def _date(moment: float) -> str:
    return strftime("%Y-%m-%d", gmtime(moment))


def _fixed(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")
