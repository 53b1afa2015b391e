"""Setting up by phone: a whole simulated box, its page in Chromium, and a Wi-Fi that breaks."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from appliance.sky.catalogue import find
from appliance.sky.coordinates import separation_arcsec
from tests.web.real_box import Running, running
from web.security.sessions import NAME

pytestmark = pytest.mark.browser
SLOW = 60_000  # ms that a loaded machine may take


def hold(page: Page, selector: str, until: Callable[[], object]) -> None:
    """A finger that stays until something is so."""
    page.locator(selector).evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = page.locator(selector).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    until()
    page.mouse.up()


def becomes(box: Running, *, moving: bool, within: float = 30.0) -> float:
    """Seconds until the mount's axes move, or stand."""
    began = time.monotonic()
    while box.ask(lambda: box.sky.axes.slewing) is not moving:
        assert time.monotonic() < began + within, f"moving: {not moving}"
        time.sleep(0.02)
    return time.monotonic() - began


def test_from_unpark_to_a_framing_in_the_plan(tmp_path: Path, browser: Browser) -> None:
    with running(tmp_path) as box:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce"
        )
        context.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        try:
            address = f"http://127.0.0.1:{box.port}"
            context.add_cookies([{"name": NAME, "value": box.cookie, "url": address}])
            page = context.new_page()
            page.goto(f"{address}/align")
            _go_to_andromeda(page, box)
            _lose_the_wifi_while_moving(page, box)
            _take_the_framing(page, box)
        finally:
            context.close()


def _go_to_andromeda(page: Page, box: Running) -> None:
    doing, found = page.locator("#here-doing"), page.locator("#found-off")
    hold(page, "[data-command=unpark]", lambda: expect(doing).to_contain_text("Not tracking"))
    page.fill("#find", "andromida")
    expect(page.locator("#results b").first).to_contain_text("M 31")
    page.locator("#results button").first.click()
    hold(page, "[data-command=solve_centre]", lambda: expect(found).to_contain_text("Centred"))
    assert separation_arcsec(box.ask(box.sky.axes.truth), find("M 31").position) < 120


def _lose_the_wifi_while_moving(page: Page, box: Running) -> None:
    """The finger stays down; the box hears of it no more, and the mount stands."""
    before = box.ask(box.sky.axes.truth)
    page.get_by_label("Find", exact=True).check()

    def lose() -> None:
        becomes(box, moving=True)
        page.context.set_offline(True)
        becomes(box, moving=False, within=5.0)

    hold(page, "[data-way=south]", lose)
    page.context.set_offline(False)
    assert 0.1 < before.dec_deg - box.ask(box.sky.axes.truth).dec_deg < 25
    expect(page.locator("#pad-doing")).to_be_empty()
    here = box.ask(box.sky.axes.truth)
    page.locator("[data-command=where_am_i]").click()
    expect(page.locator("#found-off")).to_contain_text("beside where the mount thinks")
    assert separation_arcsec(box.ask(box.sky.axes.truth), here) < 60  # nothing has moved it since


def _take_the_framing(page: Page, box: Running) -> None:
    expect(page.locator("#frame-field")).to_contain_text("°")
    page.locator("#object-frame").click()
    page.locator("[data-command=framing_add]").click()
    expect(page.locator("#frame-told")).to_contain_text("M 31 is in the plan")
    assert [item.name for item in box.ask(lambda: box.box.written.target)] == ["M31", "M 31"]
