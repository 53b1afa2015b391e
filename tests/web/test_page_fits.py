"""Every screen fits a narrow phone, also with letters twice as large, and Stop is in reach on all of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.fake_box import Box
from tests.web.night_content import full_night, in_trouble
from tests.web.test_red_light import screens
from tests.web.wifi import PHONE, TABLET, browser, phone, wait_for_truth

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
expect.set_options(timeout=40_000)
SIDEWAYS = {"width": 740, "height": 360}
# Of what is beyond the right edge, for whoever has to mend it.
BEYOND = """() => [...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("svg"))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.mark.parametrize("viewport", [PHONE, SIDEWAYS, TABLET], ids=["phone", "sideways", "tablet"])
def test_nothing_is_beyond_the_edge_and_stop_is_there(
    chromium: Browser, box: Box, viewport: dict[str, int]
) -> None:
    port = box.serve()
    box.publish(*full_night(), *in_trouble())
    context = phone(chromium, box, port, viewport=viewport)
    page = context.new_page()
    for path in screens(box):
        page.goto(path)
        wait_for_truth(page)
        for size in ("100%", "200%"):
            page.evaluate("size => document.documentElement.style.fontSize = size", size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], (path, size, page.evaluate(BEYOND))
            stop = page.locator(".dock .stop").bounding_box()
            assert stop is not None, path
            assert min(stop["width"], stop["height"]) >= 64, path
            assert stop["x"] >= 0, path
            assert stop["y"] + stop["height"] <= viewport["height"], path
    context.close()
