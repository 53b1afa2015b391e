"""The timeline of a night from its journal and the sky, as entries, as text and as a page."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.entries import Entry
from appliance.rehearsal.foresight import Problem, outlook
from appliance.rehearsal.html import page_of
from appliance.rehearsal.record import Asked, Ending, Record
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.rehearsal.telling import tell
from appliance.rehearsal.timeline import Timeline, covered, timeline
from appliance.rehearsal.twin import twin
from appliance.sky.windows import Window
from appliance.surfaces.charts import clock
from hardware.simulator.faults import Fault, FaultKind, Faults
from tests.appliance.rehearsal.rehearsal_rig import (
    DOME,
    DUSK,
    EVENING,
    SITE,
    night_of,
    plan,
    played,
    profile,
    step,
)

WORK = plan(("M33", [step(count=10), step("Ha", count=3)]))
RAIN = Faults((Fault(FaultKind.RAIN, DUSK + 700, 600.0, amount=2.0),))


@pytest.fixture(scope="module")
def line() -> Timeline:
    targets, night = night_of(WORK)
    return timeline(WORK, targets, SITE, night, played(WORK), EVENING, DUSK + 1430, RAIN)


def of(line: Timeline, kind: str) -> list[Entry]:
    return [entry for entry in line.entries if entry.kind == kind]


def test_the_sky(line: Timeline) -> None:
    told = [(clock(entry.at), entry.what) for entry in of(line, "sky")]
    assert [what for _, what in told] == [
        "Sunset", "Civil dusk", "Nautical dusk", "Astronomical dusk", "Moonset", "Astronomical dawn",
        "Nautical dawn", "Civil dawn", "Sunrise",
    ]  # fmt: skip
    # An almanac for Munich on 2026-11-20 and 21: sunset 15:30, sunrise 06:29, moonset 02:25, 84 % lit.
    assert [told[0][0], told[4][0], told[-1][0]] == ["15:30", "02:24", "06:28"]
    assert of(line, "sky")[4].detail == "84 % lit"
    usable = of(line, "target")
    assert [entry.what for entry in usable] == ["M 33 can be used"]
    assert "above 30°" in usable[0].detail
    assert "on the meridian at 20:49" in usable[0].detail


def test_what_the_rig_does_in_order(line: Timeline) -> None:
    done = [entry for entry in line.entries if entry.kind not in {"sky", "target"}]
    assert [(round(entry.at - DUSK), entry.what) for entry in done] == [
        (0, "Cool the camera to -10 °C"),
        (10, "M 33 is still below 30°: waiting for it to rise."),
        (300, "Slew to M 33"),
        (342, "Focus run in L: start"),
        (432, "Centre on M 33"),
        (500, "3 × 120 s of M 33 in L"),
        (700, "Fault: rain"),
        (1000, "Meridian flip of M 33"),
        (1100, "1 × 120 s of M 33 in L"),
        (1240, "Mount: it stalled."),
        (1400, "Park the mount"),
        (1430, "End of the night"),
    ]
    detail = {entry.what: entry.detail for entry in done}
    assert detail["Focus run in L: start"] == "the night begins; 1 min 30 s, best at 5990, HFR 1.87 px"
    assert detail["Centre on M 33"] == "30 s, 2 looks, 4″ off at last"
    assert detail["3 × 120 s of M 33 in L"] == "HFR 2.01 to 2.03 px, 1 dither"
    assert detail["1 × 120 s of M 33 in L"] == "1 lost, HFR 2.04 to 2.04 px, 1 dither"
    assert detail["Park the mount"] == "30 s, failed"
    assert detail["End of the night"] == "incomplete"


def test_figures(line: Timeline) -> None:
    assert [(one.filter, one.planned, one.expected) for one in line.expected] == [("L", 10, 4), ("Ha", 3, 0)]
    assert (line.planned_subs, line.expected_subs) == (13, 4)
    assert line.exposure_seconds == 480
    assert line.counts == {"slews": 1, "focus runs": 1, "flips": 1, "dithers": 2}
    shares = line.shares
    assert shares.exposing + shares.working + shares.idle == pytest.approx(1)
    assert shares.exposing == pytest.approx(480 / (DUSK + 1430 - line.dark.begins))


def test_nothing_played() -> None:
    targets, night = night_of(WORK)
    empty = timeline(WORK, targets, SITE, night, None, EVENING, night.dark.ends)
    assert empty.expected_subs == 0
    assert {entry.kind for entry in empty.entries} == {"sky", "target"}
    assert empty.shares.idle == 1


def test_overlaps_count_once() -> None:
    spans = [Window(0, 10), Window(5, 20), Window(30, 50), Window(32, 33)]
    assert covered(spans, Window(2, 40)) == 28


def rehearsal(line: Timeline) -> Rehearsal:
    return Rehearsal(
        plan="Autumn <1>", rig="Backyard", place="Garden", site=SITE, date="2026-11-20", timeline=line,
        assumptions=("The mount is assumed to slew at 3° per second; set [rehearsal.mount] slew_deg_s.",),
        problems=(
            Problem("power.battery", "The battery is empty after 4 h.", "Take another one.", serious=True),
            Problem("plan.window", "M 33 can be used for 3 h only. " * 5, "Ask for less.", serious=False),
        ),
        disk_needed=4_300_000_000, disk_free=77_000_000_000, energy_wh=200.0, battery_wh=100.0,
    )  # fmt: skip


def test_as_text(line: Timeline) -> None:
    text = tell(rehearsal(line))
    assert max(len(row) for row in text.splitlines()) <= 100
    assert "All times are UTC (local mean time is UTC+0:46)." in text
    assert re.search(
        r"^16:5\d–\d\d:\d\d   3 × 120 s of M 33 in L \(HFR 2\.01 to 2\.03 px, 1 dither\)$", text, re.MULTILINE
    )
    assert "! M 33, Ha" in text
    assert "Disk       4.3 GB needed, 77.0 GB free" in text
    assert "Power      200 Wh, the battery holds 100 Wh" in text
    assert "✗ The battery is empty after 4 h. [power.battery]" in text
    assert text.rstrip().endswith(
        "The plan needs correction: 1 serious problem is foreseen, 1 note; 4 of 13 subs are expected."
    )


def drawings(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def looks(drawing: ElementTree.Element) -> list[str]:
    return [element.get("class", "") for element in drawing.iter()]


def record(ending: Ending | None) -> Record:
    targets, night = night_of(WORK)
    double = twin(profile(), WORK)
    asked = Asked(profile(), WORK, EVENING, Path("night"), faults=RAIN)
    return Record(asked, double, targets, night, outlook(WORK, targets, double.filters, night, SITE), ending)


def test_as_a_page(line: Timeline) -> None:
    page = page_of(rehearsal(line), record(Ending(played(WORK), "incomplete", DUSK + 1430)))
    assert not re.search(r"<script|<link|<img|https?:|@import|url\(", page)
    assert "Autumn &lt;1&gt;" in page
    assert page.count('class="troubles"') == page.count('class="notes"') == 1
    chart, lanes = drawings(page)
    classes = looks(chart)
    assert classes.count("taken f-lum") == 4
    assert classes.count("focus-dot") == classes.count("flip") == classes.count("fault") == 1
    assert classes.count("usable") == 1
    assert {"day", "civil", "nautical", "night", "moon"} <= set(classes)
    assert "M 33" in [element.text for element in chart.iter()]
    assert "Autofocus" in [element.text for element in lanes.iter()]


def test_a_page_of_nothing_played() -> None:
    nothing = record(None)
    page = page_of(nothing.rehearsal(), nothing)
    (chart,) = drawings(page)
    assert not [look for look in looks(chart) if look.startswith("taken")]
    assert "0 of 13" in page


def test_a_record_gathers_every_problem() -> None:
    ending = Ending(played(WORK), "failed", DUSK + 1430, (Breach("roof", DUSK, "it moved"),))
    codes = [(one.code, one.serious) for one in record(ending).rehearsal().problems]
    assert codes == [
        ("night.failed", True), ("plan.unfinished", True), ("device.failed", True), ("invariant.roof", True),
        ("plan.unfinished", False),
    ]  # fmt: skip


def test_a_roof_that_stayed_open() -> None:
    ending = Ending(played(WORK), "complete", DUSK + 1430)
    domed = replace(record(ending), double=twin(profile(roof=DOME), WORK))
    domed = replace(domed, asked=replace(domed.asked, profile=profile(roof=DOME)))
    assert "roof.open" not in [one.code for one in domed.rehearsal().problems]
    opened = replace(domed, ending=replace(ending, roof_open=True))
    assert "roof.open" in [one.code for one in opened.rehearsal().problems]
