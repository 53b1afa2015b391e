"""The Wi-Fi goes, the phone sleeps, the box starts anew: the page finds back by itself."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, Page, expect

from appliance.api import HELD
from appliance.box.startup import ClockState
from appliance.bus import Said
from tests.web.fake_box import Box
from tests.web.night_content import devices, running
from tests.web.wifi import Wifi, browser, phone
from web.stream import STREAMS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
expect.set_options(timeout=40_000)
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def wifi(box: Box) -> Iterator[Wifi]:
    box.serve()
    made = Wifi(box)
    box.run(made.open)
    yield made
    box.run(made.close)


@pytest.fixture
def page(chromium: Browser, box: Box, wifi: Wifi) -> Iterator[Page]:
    context = phone(chromium, box, wifi.port)
    made = context.new_page()
    box.publish(running(), *devices(), Said(source="t", text="first"))
    made.goto("/")
    expect(made.locator("#log li")).to_have_count(1)
    yield made
    context.close()


def said(page: Page) -> list[str]:
    return page.locator("#log li p:first-child").all_inner_texts()


def test_a_link_that_falls_silent_is_noticed_and_nothing_is_missed(page: Page, box: Box, wifi: Wifi) -> None:
    expect(page.locator("#lost")).to_be_hidden()
    box.run(wifi.silence)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost-since")).to_contain_text("Showing")
    expect(page.locator("body")).to_contain_class("stale")
    box.publish(Said(source="t", text="second"), running(phase="paused", exposing=False))
    box.publish(Said(source="t", text="third"))
    box.run(wifi.hear)
    page.locator("#retry").dispatch_event("click")  # by itself it may be back already, and the button gone
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#phase")).to_have_text("Paused")
    expect(page.locator("#log li")).to_have_count(3)
    assert said(page) == ["third", "second", "first"]


def test_out_of_reach_and_back_by_itself(page: Page, box: Box, wifi: Wifi) -> None:
    port = wifi.port
    box.run(wifi.close)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#age")).to_contain_text("old")
    box.publish(Said(source="t", text="meanwhile"))
    box.run(wifi.open, port)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#log li").first).to_contain_text("meanwhile")
    assert said(page) == ["meanwhile", "first"]


def test_in_a_pocket_nothing_is_open_and_awake_all_is_there(page: Page, box: Box, wifi: Wifi) -> None:
    assert wifi.streams == 1
    page.evaluate(HIDE, True)
    assert page.evaluate("document.hidden")
    expect.soft(page.locator("#lost")).to_be_hidden()
    while wifi.streams:
        page.wait_for_timeout(20)
    box.publish(Said(source="t", text="asleep"), running(filter_="Ha"))
    assert said(page) == ["first"]
    page.evaluate(HIDE, False)
    expect(page.locator("#filter")).to_have_text("Ha")
    expect(page.locator("#log li")).to_have_count(2)
    assert [wifi.streams] == [1]  # mypy thinks that nothing changes it


def test_after_a_long_sleep_the_page_begins_anew(page: Page, box: Box, wifi: Wifi) -> None:
    page.evaluate(HIDE, True)
    while wifi.streams:
        page.wait_for_timeout(20)

    def chat() -> None:
        for n in range(200):
            box.bus.publish(Said(source="t", text=f"line {n}"))

    for _ in range(HELD // 200 + 1):
        box.run(chat)
    page.evaluate(HIDE, False)
    expect(page.locator("#log li").first).to_contain_text("line 199")
    assert page.locator("#log li", has_text="first").count() == 0


def test_a_box_that_starts_anew_is_shown_as_it_is_then(page: Page, box: Box, wifi: Wifi) -> None:
    port = wifi.port
    box.run(wifi.close)
    box.run(box.server.stop)  # type: ignore[union-attr]
    expect(page.locator("#lost")).to_be_visible()
    again = Box(keeper=box.keeper)
    try:
        again.session = box.session
        again.publish(running(phase="paused", exposing=False), Said(source="t", text="a new life"))
        again.serve(port)
        expect(page.locator("#lost")).to_be_hidden()
        expect(page.locator("#phase")).to_have_text("Paused")
        assert said(page) == ["a new life"]
        expect(page.locator("#tile-camera")).to_be_hidden()  # what the old life knew is gone
        page.locator("[data-command=resume]").click()
        expect(page.locator("#answer")).to_be_hidden()
        assert again.done == ["resume"]
    finally:
        again.close()


def test_a_page_without_a_place_on_the_stream_asks_instead(chromium: Browser, box: Box, wifi: Wifi) -> None:
    assert box.server is not None
    with ExitStack() as stack:
        for n in range(STREAMS):
            link = stack.enter_context(closing(HTTPConnection("127.0.0.1", box.server.port, timeout=30)))
            link.request("GET", f"/api/events?page={n}", headers=box.headers())
            assert link.getresponse().status == 200
        context = phone(chromium, box, wifi.port)
        page = context.new_page()
        page.goto("/")
        expect(page.locator("body")).not_to_contain_class("cut")
        box.publish(running(), Said(source="t", text="asked for"))
        expect(page.locator("#log li").first).to_contain_text("asked for")
        expect(page.locator("#phase")).to_have_text("Running")
        expect(page.locator("#lost")).to_be_hidden()
        assert said(page) == ["asked for"]
        context.close()


def test_two_phones_see_the_same_and_the_second_who_drives(chromium: Browser, box: Box, wifi: Wifi) -> None:
    box.publish(running(phase="idle", exposing=False))
    contexts = [phone(chromium, box, wifi.port) for _ in range(2)]
    first, second = (context.new_page() for context in contexts)
    first.goto("/")
    second.goto("/focus")
    first.locator("[data-command=start]").click()
    expect(second.locator("#driving")).to_contain_text("Linux is driving")
    expect(second.locator("#driving")).to_contain_text("start the night.")
    expect(first.locator("#driving")).to_be_hidden()
    for context in contexts:
        context.close()


def test_the_phones_time_is_offered_where_the_box_knows_none(chromium: Browser, box: Box, wifi: Wifi) -> None:
    box.publish(running(phase="idle", exposing=False), ClockState(source="clock", known=False))
    before = box.api.now
    box.api.now = lambda: before() - 100.0
    context = phone(chromium, box, wifi.port)
    page = context.new_page()
    page.goto("/more")
    expect(page.locator("#clock-text")).to_contain_text("behind this phone's")
    page.locator("#clock-set").click()
    expect(page.locator("#clock-set")).to_be_enabled()
    assert box.done == ["clock"]
    box.publish(ClockState(source="clock", known=True))
    expect(page.locator("#clock")).to_be_hidden()
    context.close()
