"""The screen of Tonight in headless Chromium: timeline, checklist, weather, log, reports."""

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from appliance.bus import Said
from appliance.cli.rehearsing import Rehearsal
from appliance.sequence.messages import SequenceState
from appliance.sequence.vitals import RoofNow
from appliance.surfaces.report import style
from hardware.devices import RoofState
from tests.web.evening import EveningBox, around, ready, weather
from tests.web.fake_box import star_field
from tests.web.night_content import full_night, rehearsed, running

pytestmark = pytest.mark.browser
PATIENCE = 30_000
HEAD = '<!doctype html><html lang="en" id="red">'
SMALL = """[...document.querySelectorAll("main button, main a, summary, main label")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 47.5)
    .map((one) => one.outerHTML)"""
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
SIZES = {"phone": (360, 740), "tablet": (1024, 768)}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[EveningBox]:
    preview = tmp_path / "preview.jpg"
    preview.write_bytes(star_field())
    made = EveningBox(preview)
    yield made
    made.close()


@pytest.fixture
def page(box: EveningBox, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=f"http://127.0.0.1:{box.serve()}", has_touch=True
    )
    for one in box.cookies():
        context.add_cookies([{"name": one["name"], "value": one["value"], "url": one["url"]}])
    context.set_default_timeout(PATIENCE)
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def home(box: EveningBox) -> str:
    assert box.server is not None
    return f"http://127.0.0.1:{box.server.port}"


def in_light(page: Page, box: EveningBox, light: str) -> None:
    page.context.add_cookies([{"name": "light", "value": light, "url": home(box)}])


def opened(page: Page, box: EveningBox, light: str = "dark") -> Page:
    in_light(page, box, light)
    box.publish(*full_night(), *ready(), *around(), weather())
    page.goto("/")
    expect(page.locator("#phase")).to_have_text("Running")
    return page


def test_the_night_is_drawn_with_what_was_taken_and_what_is_to_come(page: Page, box: EveningBox) -> None:
    opened(page, box)
    drawing = page.locator("#timeline-svg")
    expect(drawing).to_be_visible()
    expect(drawing.locator("polyline.taken")).not_to_have_count(0)
    expect(drawing.locator("polyline.stint")).not_to_have_count(0)
    expect(drawing.locator("polyline.moon, .moon-name")).not_to_have_count(0)
    expect(drawing.locator(".flip.ahead")).to_have_count(1)
    expect(drawing.locator(".focus.bad")).to_have_count(1)
    expect(drawing.locator(".name")).to_have_text(["NGC 7000", "M 31", "M 45"])
    expect(drawing.locator("#timeline-now line")).to_have_attribute("x1", re.compile(r"\d"))
    expect(page.locator("#timeline-targets li").nth(0)).to_contain_text("17 / 40")
    page.locator("#timeline-more summary").click()
    expect(page.locator("#timeline-coming li").nth(0)).to_contain_text("Meridian flip of M 31")
    edge = drawing.bounding_box()
    assert edge is not None
    drawing.dispatch_event(
        "pointerdown", {"clientX": edge["x"] + edge["width"] / 2, "clientY": edge["y"] + 50}
    )
    expect(page.locator("#timeline-read")).to_contain_text(re.compile(r"\d\d:\d\d.*M 31 \d+°"))
    expect(page.locator("#coming-next")).to_contain_text("Meridian flip of M 31")
    expect(page.locator("#coming-next")).to_contain_text("in 1 h 2")


@pytest.mark.parametrize("light", ["dark", "red"])
def test_the_strip_opens_a_sheet_over_the_page(page: Page, box: EveningBox, light: str) -> None:
    opened(page, box, light)
    page.locator("#strip-camera").click()
    sheet = page.get_by_role("dialog", name="Camera")
    expect(sheet.locator("dd")).to_have_text(["−9.9 °C", "−10.0 °C", "54 %"])
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run('dialog').then((told) => told.violations)")
    assert [one["id"] for one in found] == []
    if light == "red":
        pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        assert pixels[..., 1:].max() <= 2
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    for name in ("Mount", "Guiding", "Roof and safety", "Disk", "Next"):
        page.get_by_role("link", name=f"{name}:").click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == f"{home(box)}/"
    page.locator("#strip-next").click()
    page.get_by_role("dialog").get_by_role("link", name="Open its page").click()
    expect(page.locator("#phase")).to_have_text("Running")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_place_without_night_says_so(page: Page, box: EveningBox) -> None:
    box.dark = False
    page.goto("/")
    expect(page.locator("#timeline-empty")).to_contain_text("does not get dark")
    expect(page.locator("#timeline-svg")).to_be_hidden()


def test_the_checklist_leads_to_where_a_point_is_solved(page: Page, box: EveningBox) -> None:
    box.publish(*ready())
    page.goto("/")
    expect(page.locator("#checks-sum")).to_have_text("5 of 10 done · problems: 1")
    points = page.locator("#checks-list li")
    expect(points).to_have_count(10)
    expect(points.nth(0)).to_contain_text("Power")  # open by itself before the night
    expect(points.nth(5)).to_contain_text("not checked")
    expect(points.nth(9).locator("a")).to_have_count(0)  # done: nothing to go to
    points.nth(6).locator("a").click()
    expect(page).to_have_url(re.compile("/focus$"))


def test_weather_has_its_limits_and_its_age(page: Page, box: EveningBox) -> None:
    opened(page, box)
    readings = page.locator("#readings > div")
    expect(readings.filter(has_text="Wind")).to_contain_text("over 12.0 m/s: not safe")
    expect(readings.filter(has_text="Gusts")).to_have_attribute("data-tone", "warn")
    expect(readings.filter(has_text="Dew point")).to_contain_text("4.4 °C")
    expect(page.locator("#around-age")).to_contain_text("ago")
    box.publish(weather(age=400, rain=2.0))
    expect(page.locator("#around-age")).to_contain_text("silent for 6:")
    expect(readings.filter(has_text="Rain")).to_have_attribute("data-tone", "bad")
    expect(page.locator("#verdicts")).to_contain_text("It is safe")
    expect(page.locator("#verdicts")).to_contain_text("Battery at 64 %")


def test_why_a_button_would_be_refused_stands_beside_it(page: Page, box: EveningBox) -> None:
    opened(page, box)
    expect(page.locator("#whys")).to_be_hidden()  # Start is not there while the night runs
    expect(page.locator("#roof-whys")).to_contain_text("Close roof would be refused: the telescope is moving")
    expect(page.locator("[data-command=roof_close]")).to_have_attribute("aria-describedby", "why-roof_close")
    box.publish(RoofNow(source="roof", roof=RoofState.CLOSED))
    expect(page.locator("#roof-whys")).to_be_hidden()
    box.publish(SequenceState(source="sequence", phase="ended"))
    expect(page.locator("#whys")).to_contain_text("Start would wait: it is not safe")


def test_the_log_shows_decisions_and_turns_back(page: Page, box: EveningBox) -> None:
    opened(page, box)
    box.publish(Said(source="t", text="a small step", routine=True), Said(source="t", text="a decision"))
    lines = page.locator("#log li:visible")
    expect(lines.first).to_contain_text("a decision")
    expect(page.locator("#log")).not_to_contain_text("a small step", use_inner_text=True)
    page.get_by_text("All", exact=True).click()
    expect(page.locator("#log")).to_contain_text("a small step", use_inner_text=True)
    page.get_by_text("Warnings", exact=True).click()
    expect(lines).to_have_count(1)
    page.get_by_text("Decisions", exact=True).click()
    page.locator("#log-older").click()
    expect(lines.last).to_contain_text("earlier line 70")
    page.locator("#log-older").click()
    expect(lines.last).to_contain_text("earlier line 20")
    assert box.done[-2:] == ["log 0 decisions", "log 70 decisions"]
    page.locator("#log-older").click()
    expect(page.locator("#log-older")).to_be_hidden()


def test_a_wait_counts_down_in_the_ring(page: Page, box: EveningBox) -> None:
    until = time.time() + 5400
    box.publish(
        SequenceState(source="sequence", phase="running", doing="Waiting for dusk", waiting=True, until=until)
    )
    page.goto("/")
    expect(page.locator("#left")).to_have_text(re.compile(r"1.h.(30|29)"))
    expect(page.locator("#left-of")).to_have_text("to go")


def test_reports_open_within_the_page(page: Page, box: EveningBox, tmp_path: Path) -> None:
    box.report = tmp_path / "report.html"
    box.report.write_text(
        f'<!doctype html><html lang="en" id="red"><title>n</title><style>{style()}</style><h1>A night</h1>',
        "utf-8",
    )
    opened(page, box)
    nights = page.locator("#nights-list li")
    expect(nights).to_have_count(3)
    page.locator("#nights-more").click()
    expect(nights).to_have_count(5)
    nights.nth(1).locator("a").click()
    leaf = page.frame_locator("iframe.leaf")
    expect(leaf.locator("h1")).to_have_text("A night")
    expect(leaf.locator("body")).to_have_css(
        "background-color", "rgb(16, 13, 11)"
    )  # dark, whatever is preferred
    assert box.done[-1] == "report 4"
    page.locator("a.round").first.click()
    expect(page.locator("#timeline")).to_be_visible()


def test_the_rehearsal_opens_within_the_page(page: Page, box: EveningBox, tmp_path: Path) -> None:
    box.publish(running(phase="idle", exposing=False))
    box.publish(Rehearsal(source="rehearsal", phase="running", verdict="Rehearsing tonight …"))
    page.goto("/")
    expect(page.locator("#rehearsal-busy")).to_be_visible()
    box.api.rehearsal = tmp_path / "rehearsal.html"
    box.api.rehearsal.write_text(
        '<!doctype html><html lang="en" id="red"><title>r</title><h1>Played</h1>', "utf-8"
    )
    box.publish(rehearsed())
    expect(page.locator("#rehearsal-busy")).to_be_hidden()
    page.locator("#rehearsal-link").click()
    expect(page.frame_locator("iframe.leaf").locator("h1")).to_have_text("Played")


def test_a_report_is_red_in_red_light(page: Page, box: EveningBox, tmp_path: Path) -> None:
    in_light(page, box, "red")
    box.report = tmp_path / "report.html"
    box.report.write_text(f"{HEAD}<title>n</title><style>{style()}</style><h1>A night</h1>", "utf-8")
    page.goto("/night/3")
    expect(page.frame_locator("iframe.leaf").locator("h1")).to_be_visible()
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    assert pixels[..., 0].max() > 100
    assert pixels[..., 1:].max() <= 2


def test_it_stands_large_letters_and_a_phone_on_its_side(page: Page, box: EveningBox) -> None:
    page.set_viewport_size({"width": 740, "height": 360})
    opened(page, box)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.locator("#timeline-svg .name").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("light", ["dark", "red"])
def test_everybody_can_use_it(page: Page, box: EveningBox, light: str) -> None:
    opened(page, box, light)
    expect(page.locator("polyline.taken").first).to_be_visible()
    page.locator("#checks summary").click()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document).then((told) => told.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("light", ["dark", "red"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_and_is_looked_at(page: Page, box: EveningBox, tmp_path: Path, light: str, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    opened(page, box, light)
    expect(page.locator("polyline.taken").first).to_be_visible()
    page.locator("#checks summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.screenshot(path=str(tmp_path / f"tonight-{size}-{light}.png"), full_page=True)
    assert page.evaluate(SMALL) == []
