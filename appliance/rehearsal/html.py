"""A rehearsal as one self-contained page, in the look of the night report."""

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from appliance.rehearsal.altitude_chart import altitude_chart
from appliance.rehearsal.foresight import size
from appliance.rehearsal.record import Record
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.surfaces.charts import clock
from appliance.surfaces.colours import filter_marks
from appliance.surfaces.night_charts import timeline
from appliance.surfaces.report import environment, style

LANES = {"Meridian": "Flip", "Open": "Roof", "Close": "Roof"}
TEMPLATES = Path(__file__).parent / "templates"


def page_of(rehearsal: Rehearsal, record: Record) -> str:
    """The page; it needs nothing from elsewhere, and everything in it is escaped."""
    made = environment(TEMPLATES)
    made.filters.update(minute=clock, size=size)
    played = record.played
    marks = filter_marks(sub.filter for sub in played.subs) if played else {}
    lanes: Markup | None = None
    if played:
        # One lane for each kind of work: of a long night every slew would have its own else.
        spans = [replace(span, name=_lane(span.name.split()[0])) for span in played.spans]
        lanes = timeline(played.run, spans, played.subs, played.focus_runs, marks)
    return made.get_template("rehearsal.html").render(
        night=rehearsal,
        line=rehearsal.timeline,
        style=style(TEMPLATES / "rehearsal.css"),
        marks=marks,
        chart=altitude_chart(record, rehearsal.timeline, marks),
        lanes=lanes,
    )


def _lane(word: str) -> str:
    """Of spans whose names begin with this word."""
    return LANES.get(word, word)
