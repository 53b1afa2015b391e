"""The focusing log: runs and moves in their order, for the terminal and for a spreadsheet."""

import csv
import io

from appliance.journal import FocusMove, FocusRun
from appliance.surfaces.focus_log import as_csv, as_table, listed

RUN = FocusRun(
    run=1, reason="start", filter="L", started=1000.0, ended=1090.0, position=12_150, hfr=1.61, goodness=0.99,
    method="sweep", exposures=10, celsius=9.04,
)  # fmt: skip
FAILED = FocusRun(
    run=1, reason="time", filter="Ha", started=5000.0, ended=5060.0, position=None, hfr=None, goodness=None,
    failure="Only 2 frames showed enough stars.",
)  # fmt: skip
MOVE = FocusMove(run=1, at=3000.0, why="temperature", filter="L", origin=12_150, position=12_162, celsius=8.1)


def test_runs_and_moves_in_their_order() -> None:
    log = listed([RUN, FAILED, RUN], [MOVE])
    assert [(one.what, one.position, one.steps) for one in log] == [
        ("focus", 12_150, None), ("focus", 12_150, 0), ("move", 12_162, 12), ("focus", None, None),
    ]  # fmt: skip


def test_for_a_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(listed([RUN, FAILED], [MOVE])))))
    assert [row["celsius"] for row in rows] == ["9.04", "8.1", ""]
    assert rows[0]["utc"] == "1970-01-01 00:18:10"
    assert (rows[0]["seconds"], rows[0]["exposures"]) == ("90.0", "10")
    assert rows[2]["failure"] == "Only 2 frames showed enough stars."


def test_for_the_terminal() -> None:
    head, first, second, third = as_table(listed([RUN, FAILED], [MOVE])).splitlines()
    assert head.split() == ["UTC", "filter", "°C", "position", "steps", "HFR", "why", "how"]
    assert first.split() == [
        "1970-01-01", "00:18:10", "L", "9.0", "12150", "–", "1.61", "start", "sweep,", "10", "exposures",
    ]  # fmt: skip
    assert second.split()[4:7] == ["12162", "+12", "–"]
    assert third.endswith("Only 2 frames showed enough stars.")
    assert as_table([]) == "Nothing has been focused here yet.\n"
