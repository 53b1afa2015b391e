"""The focus screen in Chromium: what it shows, what it asks of the box."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from appliance.byhand.look_messages import FocuserGoal
from appliance.sequence.vitals import FocuserState
from tests.web.focus_content import (
    FocusBox,
    evening,
    focus_growing,
    focus_rejected,
    looking,
    star_picture,
    trend_of_frames,
    triggers,
    wizard,
)
from tests.web.night_content import BEST, running

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
PATIENCE = 20_000  # ms; the machine may be busy
PHONE, TABLET = (360, 740), (1024, 768)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FocusBox]:
    picture = tmp_path / "star.jpg"
    picture.write_bytes(star_picture())
    made = FocusBox(picture)
    made.serve()
    yield made
    made.close()


@pytest.fixture
def open_page(browser: Browser, box: FocusBox) -> Iterator[Callable[..., Page]]:
    """Pages of a size, in a light; at the end none of them has complained."""
    complaints: list[str] = []
    contexts = []

    def opened(size: tuple[int, int] = PHONE, light: str = "dark") -> Page:
        assert box.server is not None
        address = f"http://127.0.0.1:{box.server.port}"
        # axe is no script of the page's own: only here it may run.
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
        contexts.append(context)
        for cookie in [*box.cookies(), {"name": "light", "value": light, "url": address}]:
            name, value, url = (str(cookie[key]) for key in ("name", "value", "url"))
            context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.goto(f"{address}/focus")
        expect(page.locator("#runs > li")).to_have_count(10)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(said: ConsoleMessage) -> bool:
    """A refused command is answered by a status that Chromium notes, too."""
    return said.type == "error" and "status of 400" not in said.text


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def heard(box: FocusBox, page: Page, name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    """Wait until the box was asked this."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        for asked, given in box.asked:
            if asked == name and (arguments is None or given == arguments):
                return given
        page.wait_for_timeout(50)
    raise AssertionError((name, arguments, box.asked))


def unfold(page: Page, name: str) -> None:
    page.locator(f"#fold-{name} > summary").click()


def test_a_star_is_looked_at(page: Page, box: FocusBox) -> None:
    expect(page.locator("#look-state")).to_have_text("Not looking")
    page.get_by_text("Exposure, binning").click()
    page.locator("#look-seconds").fill("0.5")
    page.locator("label", has_text="2×2").click()
    page.locator("label", has_text="middle half").click()
    page.get_by_role("button", name="Look", exact=True).click()
    heard(box, page, "focus_look", {"seconds": 0.5, "binning": 2, "crop_percent": 50})
    box.publish(looking(14), trend_of_frames())
    expect(page.locator("#look-hfr")).to_have_text("2.31")
    expect(page.locator("#look-fwhm")).to_have_text("4.58")
    expect(page.locator("#look-peak")).to_have_text("49\u202f%")
    expect(page.locator("#star-profile .fit")).to_be_visible()
    expect(page.locator("#trend-caption")).to_contain_text("HFR of the last 64 frames")
    page.wait_for_function("document.getElementById('star-picture').naturalWidth === 256")
    star = looking().star
    assert star is not None
    box.publish(looking(15, star=replace(star, peak=64_000)))
    expect(page.locator("#look-peak")).to_contain_text("too bright")
    page.get_by_role("button", name="Other star").click()
    heard(box, page, "focus_look", {"do": "other star"})
    page.get_by_role("button", name="End look").click()
    heard(box, page, "focus_look", {"do": "stop"})
    box.publish(looking(15, running=False, ended="nobody looks any more"))
    expect(page.locator("#look-state")).to_have_text("Ended: nobody looked any more")
    expect(page.get_by_role("button", name="Look", exact=True)).to_be_visible()


def test_an_open_page_says_that_somebody_looks(open_page: Callable[..., Page], box: FocusBox) -> None:
    page = open_page()
    page.clock.install()
    page.reload()
    box.publish(looking(3))
    expect(page.locator("#look-state")).to_contain_text("Frame 3")
    page.clock.run_for(21_000)
    heard(box, page, "focus_look", {"do": "go on"})


def test_the_focuser_is_turned_by_hand(page: Page, box: FocusBox) -> None:
    box.publish(FocuserState(source="focuser", position=BEST, celsius=3.4))
    expect(page.locator("#turn-position")).to_have_text("36\u202f712")
    page.get_by_role("button", name="A little outwards").click()
    heard(box, page, "focuser_move", {"steps": 140})
    page.get_by_role("button", name="Far inwards").click()
    heard(box, page, "focuser_move", {"steps": -1100})
    page.get_by_label("Position in steps").fill("36000")
    page.get_by_role("button", name="Go there").click()
    heard(box, page, "focuser", {"position": 36_000})
    box.publish(FocuserGoal(source="focuser", goal=36_000))
    expect(page.locator("#turn-goal")).to_have_text("on its way to 36\u202f000")
    page.get_by_role("button", name="Stop focuser").click()
    heard(box, page, "focuser_stop")
    box.refused.add("focuser_move")
    page.get_by_role("button", name="Far outwards").click()
    expect(page.locator("#answer")).to_contain_text("sequence is still running")


def test_the_v_curve_grows_and_says_what_does_not_count(page: Page, box: FocusBox) -> None:
    page.get_by_role("button", name="Run autofocus").click()
    heard(box, page, "autofocus", {"wait": False})
    box.publish(focus_growing(4))
    expect(page.locator("#curve .dot")).to_have_count(3)
    expect(page.locator("#focus-state")).to_have_text("Point 4 of 9")
    page.get_by_role("button", name="Cancel, go back").click()
    heard(box, page, "focus_cancel")
    box.publish(focus_rejected())
    expect(page.locator("#curve .check")).to_be_visible()
    for mark, words in (
        ("out", "the others contradict it"),
        ("wing", "too far out of focus to tell"),
        ("lost", "too few stars"),
        ("expected", "where past runs put it"),
    ):
        expect(page.locator(f"#curve .{mark}")).to_have_count(1)
        expect(page.locator("#curve-legend")).to_contain_text(words)
    expect(page.locator("#focus-promised")).to_have_text("1.86")
    expect(page.locator("#focus-measured")).to_have_text("1.88")
    page.get_by_role("button", name="Run again").click()
    heard(box, page, "autofocus", {"wait": False, "again": True})
    box.publish(replace(focus_growing(0), phase="failed", problem="Only 2 frames showed enough stars."))
    expect(page.locator("#focus-problem")).to_contain_text("Only 2 frames")


def test_in_a_night_a_run_is_a_wish_and_the_triggers_are_counted(page: Page, box: FocusBox) -> None:
    box.publish(running(), triggers())
    page.get_by_role("button", name="Focus after this sub").click()
    heard(box, page, "focus_asap")
    expect(page.get_by_role("button", name="Run autofocus")).to_be_hidden()
    meters = page.locator("#meters li")
    expect(meters).to_have_count(4)
    expect(meters.nth(0)).to_contain_text("6 of 10")
    expect(meters.nth(2)).to_contain_text("−1.3 of 2.0 °C, armed")
    expect(meters.nth(3)).to_contain_text("grown by 4 of 15 %")
    expect(page.locator("#triggers-words")).to_contain_text("after a meridian flip")
    box.publish(triggers(asap=True, marker="gathering", readings=2))
    expect(page.locator("#triggers-state")).to_contain_text("After this sub")
    expect(meters.nth(2)).to_contain_text("gathering 2 of 5 readings")
    page.get_by_role("button", name="Pause all triggers").click()
    heard(box, page, "focus_pause")
    box.publish(triggers(paused=True))
    expect(page.locator("#triggers-state")).to_contain_text("Paused")
    page.get_by_role("button", name="Let triggers work").click()
    heard(box, page, "focus_resume")


def test_what_runs_have_taught_is_used_or_dismissed_and_settings_are_kept(page: Page, box: FocusBox) -> None:
    expect(page.locator("#offers-list > li")).to_have_count(2)
    page.get_by_role("button", name="Use it: Offset of R").click()
    heard(box, page, "focus_offer", {"key": "focus.filters.offsets.R", "accept": True})
    expect(page.locator("#offers")).to_be_hidden()
    unfold(page, "compensation")
    expect(page.locator("#compensation-found")).to_contain_text("−42.1 ± 1.3 steps/°C, 23 runs")
    expect(page.locator("#moves li")).to_have_count(4)
    page.locator("#compensation-form label", has_text="Off").click()
    page.get_by_label("Steps per °C").fill("-42")
    page.locator("#compensation-form").get_by_role("button", name="Save").click()
    values = heard(box, page, "focus_change")["values"]
    assert values["focus.temperature.compensate"] == "off"
    assert values["focus.temperature.steps_per_celsius"] == -42
    expect(page.locator("#answer")).to_have_text("Saved.")
    box.asked.clear()
    unfold(page, "filters")
    page.get_by_label("Offset of R").fill("90")
    page.locator("#filters-form").get_by_role("button", name="Save").click()
    assert heard(box, page, "focus_change")["values"] == {
        "focus.filters.offsets": {"L": 0, "R": 90, "Ha": -112},
    }
    box.asked.clear()
    unfold(page, "settings")
    page.get_by_label("Samples", exact=True).fill("11")
    page.locator("#settings-form").get_by_role("button", name="Save").click()
    assert heard(box, page, "focus_change")["values"]["focus.points"] == 11
    unfold(page, "learned")
    expect(page.locator("#curves li").first).to_contain_text("trusted")


def test_a_wizard_is_begun_ended_and_taken_over(page: Page, box: FocusBox) -> None:
    unfold(page, "wizards")
    page.get_by_role("button", name="Start: Measure the backlash").click()
    heard(box, page, "focus_backlash", {"wait": False})
    box.publish(wizard("running"))
    expect(page.locator("#wizard-doing")).to_have_text("V-curve inwards, taking up 400 steps · 6 samples")
    expect(page.get_by_role("button", name="Start: Learn the V-curve")).to_be_disabled()
    page.locator("#wizard-cancel").click()
    heard(box, page, "focus_cancel")
    box.publish(wizard())
    expect(page.locator("#proposals dt")).to_have_text(["focus.overshoot", "focuser.backlash"])
    expect(page.locator("#wizard-result li")).to_have_count(1)
    page.get_by_role("button", name="Take these values over").click()
    heard(box, page, "focus_take_over")


def test_past_runs_open_and_the_log_is_downloaded(page: Page, box: FocusBox) -> None:
    unfold(page, "history")
    runs = page.locator("#runs > li")
    runs.nth(0).locator("summary").click()
    expect(runs.nth(0).locator(".curve .fit")).to_be_visible()
    expect(runs.nth(0)).to_contain_text("Pleiades, first light")
    runs.nth(2).locator("summary").click()
    expect(runs.nth(2)).to_contain_text("do not form a valley")
    page.get_by_role("button", name="Older runs").click()
    expect(runs).to_have_count(20)
    with page.expect_download() as download:
        page.get_by_role("link", name="Focusing log").click()
    assert download.value.suggested_filename == "focusing-log.csv"
    assert Path(download.value.path()).read_text().startswith("utc,what")


@pytest.mark.parametrize("light", ["dark", "red"])
def test_everybody_can_use_it(open_page: Callable[..., Page], box: FocusBox, light: str) -> None:
    page = open_page(light=light)
    box.publish(*evening())
    expect(page.locator("#curve .check")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    expect(page.locator("#runs > li").nth(9).locator(".curve:not(.mark)")).to_be_attached()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Old values in the strip are grey on purpose: they are no part of this screen.
    found = page.evaluate("axe.run('main', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@pytest.mark.parametrize("size", [PHONE, TABLET])
def test_nothing_runs_over_and_in_red_light_all_is_red(
    open_page: Callable[..., Page], box: FocusBox, size: tuple[int, int]
) -> None:
    page = open_page(size, "red")
    box.publish(*evening())
    expect(page.locator("#curve .check")).to_be_visible()
    page.wait_for_function("document.getElementById('star-picture').naturalWidth === 256")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    expect(page.locator("#runs > li").nth(9).locator(".curve:not(.mark)")).to_be_attached()
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB"))
    assert picture[..., 1:].max() <= 8
    assert picture[..., 0].max() > 150
    for percent in (100, 200):
        page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == size[0]
