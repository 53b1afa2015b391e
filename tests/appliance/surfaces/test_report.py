"""The night report from a filled, an empty and an interrupted journal."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance.errors import BadInput, NotWritable
from appliance.journal import FocusRun, Journal, Line, Pointing, Run, Span, Sub, SubState
from appliance.surfaces.report import duration, write_report
from tests.appliance.surfaces.filled_journal import DUSK, fill


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    made = await Journal.open(tmp_path / "journal.sqlite")
    yield made
    await made.close()


async def page_of(journal: Journal, run: int, path: Path) -> str:
    return (await write_report(journal, run, path)).read_text(encoding="utf-8")


def drawings(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def classes(drawing: ElementTree.Element) -> list[str]:
    return [element.get("class", "") for element in drawing.iter()]


async def test_a_whole_night(tmp_path: Path) -> None:
    journal, run = await fill(tmp_path / "journal.sqlite")
    page = await page_of(journal, run, tmp_path / "out" / "report.html")
    await journal.close()
    plain = page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "<b>48</b><span>subs saved</span>" in page
    assert "2 h 24 min" in plain
    assert "2025-10-16, 20:00:00 to 22:50:04 UTC" in page
    assert plain.count('<td class="n">8</td><td class="n">24 min</td>') == 6
    assert "Autumn galaxies &lt;1&gt;" in page
    assert plain.count('<td class="n">0.61</td>') == 24
    assert "Check for clouds &amp; dew." in page
    assert "focus.no_minimum" in page
    log = [row for row in page.split("<tr>") if row.rstrip().endswith(("sweep</td></tr>", "moved</td></tr>"))]
    assert len(log) == 6 + 1  # runs that found focus, and the move
    assert '<td class="n">6.2</td><td class="n">36817</td><td class="n">+12</td>' in log[-1]
    timeline, *curves, hfr, pointing = drawings(page)
    assert len(curves) == 7
    assert sum(name.startswith("sub f-") for name in classes(timeline)) == 48
    assert classes(timeline).count("sub lost") == 1
    assert sum(name.startswith("focus-dot") for name in classes(timeline)) == 7
    assert classes(timeline).count("bar bad") == 1
    assert classes(curves[0]).count("sample") == 8
    assert classes(curves[0]).count("rejected") == 1
    assert classes(curves[0]).count("fit") == 1
    assert classes(curves[0]).count("best") == 1
    assert classes(curves[6]).count("best") == 0
    assert sum(name.startswith("dot f-") for name in classes(hfr)) == 48
    assert len({name for name in classes(hfr) if name.startswith("dot f-")}) == 3
    assert classes(pointing).count("look") == 6
    assert sum(name.startswith("dot f-") for name in classes(pointing)) == 48


async def test_it_needs_nothing_else(tmp_path: Path) -> None:
    journal, run = await fill(tmp_path / "journal.sqlite")
    page = await page_of(journal, run, tmp_path / "report.html")
    await journal.close()
    assert not re.search(r"<script|<link|<img|https?:|@import|url\(", page)
    assert "prefers-color-scheme: light" in page
    assert "@media print" in page
    assert not (tmp_path / ".report.html.new").exists()


async def test_an_empty_run(journal: Journal, tmp_path: Path) -> None:
    run = await journal.add(Run(plan="Nothing", plan_key="n", started=DUSK))
    page = await page_of(journal, run, tmp_path / "report.html")
    assert "No sub was saved" in page
    assert "interrupted or still running" in page
    assert len(drawings(page)) == 1


async def test_an_interrupted_run_with_odd_records(journal: Journal, tmp_path: Path) -> None:
    run = await journal.add(Run(plan="Cut", plan_key="c", started=DUSK))
    await journal.add(
        Span(run=run, name="A step with a name that is much too long for its lane", started=DUSK + 5)
    )
    wanted = {"run": run, "step_key": "s", "target": "M 1", "filter": "", "seconds": 30.0}
    await journal.add(Sub(number=1, **wanted))  # type: ignore[arg-type]
    await journal.add(Sub(number=2, state=SubState.EXPOSING, started=DUSK + 60, **wanted))  # type: ignore[arg-type]
    await journal.add(Sub(number=3, state=SubState.SAVED, started=DUSK + 90, file="a.fits", **wanted))  # type: ignore[arg-type]
    await journal.add(
        Pointing(run=run, target="M 1", at=DUSK, attempt=1, error_arcsec=0.0, ra_deg=1.0, dec_deg=-1.0)
    )
    unmeasured = {"position": 5, "hfr": None, "stars": 0, "used": False}
    parabola = {"kind": "parabola", "c0": 2.0, "c2": 1e-6, "centre": 100.0}
    one = FocusRun(
        run=run, reason="start", filter="", started=DUSK, ended=DUSK + 1, position=100, hfr=2.0, goodness=None
    )
    for points, model in (([unmeasured], {}), ([{**unmeasured, "hfr": 2.0, "used": True}], parabola)):
        await journal.add(
            FocusRun(**{name: getattr(one, name) for name in NAMES}, points=points, model=model)
        )
    page = await page_of(journal, run, tmp_path / "report.html")
    assert "<b>1</b><span>subs saved</span>" in page
    assert "No points were measured" in page
    assert "exposing" in page
    assert not re.search(r"\bnan\b|\binf\b|None", page)
    assert len(drawings(page)) == 5


NAMES = ("run", "reason", "filter", "started", "ended", "position", "hfr", "goodness")


async def test_only_this_run(journal: Journal, tmp_path: Path) -> None:
    first = await journal.add(Run(plan="First", plan_key="1", started=DUSK))
    second = await journal.add(Run(plan="Second", plan_key="2", started=DUSK))
    await journal.add(Line(run=first, at=DUSK, level="error", source="x", text="an old error"))
    assert "an old error" not in await page_of(journal, second, tmp_path / "report.html")


async def test_a_run_the_journal_does_not_have(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no run 7"):
        await write_report(journal, 7, tmp_path / "report.html")


async def test_a_failed_write_leaves_the_old_report(journal: Journal, tmp_path: Path) -> None:
    run = await journal.add(Run(plan="Plan", plan_key="p", started=DUSK))
    path = tmp_path / "report.html"
    path.write_text("the old one")
    (tmp_path / ".report.html.new").mkdir()  # in the way of the temporary file, even for root
    with pytest.raises(NotWritable):
        await write_report(journal, run, path)
    assert path.read_text() == "the old one"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (59.6, "1 min"), (95, "1 min 35 s"), (3725, "1 h 02 min"), (36000, "10 h 00 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\u202f", " ").replace("\u00a0", " ") == words
