"""Red light is red: no pixel of any page has green or blue in it, and none is brighter than by dark."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.web.fake_box import Box, star_field
from tests.web.night_content import full_night, in_trouble
from tests.web.visitors import routes
from tests.web.wifi import PHONE, TABLET, browser, phone, wait_for_truth

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
expect.set_options(timeout=40_000)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def night(box: Box, tmp_path: Path) -> Box:
    box.preview = tmp_path / "preview.jpg"
    box.preview.write_bytes(star_field())
    box.serve()
    box.publish(*full_night(), *in_trouble())
    return box


def screens(box: Box) -> list[str]:
    """The page of every tab and section, as the application knows them."""
    signed_in, found = box.client(), []
    for path in dict.fromkeys(rule.rule for method, rule in routes(box) if method == "GET"):
        if "<" in path or path.startswith("/api/"):
            continue
        with signed_in.get(path) as answer:
            if answer.mimetype == "text/html" and answer.status_code == 200:
                found.append(path)
    return found


def pixels(page: Page) -> NDArray[np.float64]:
    shot = page.screenshot(full_page=True, animations="disabled", caret="initial")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.float64)


def luminance(shot: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative, as WCAG has it."""
    linear = np.where(shot <= 10.31, shot / 255 / 12.92, ((shot / 255 + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ LUMINANCE)


@contextmanager
def lit(chromium: Browser, box: Box, light: str, viewport: dict[str, int]) -> Iterator[Page]:
    assert box.server is not None
    port = box.server.port
    context = phone(chromium, box, port, viewport=viewport, reduced_motion="reduce")
    context.add_cookies([{"name": "light", "value": light, "url": f"http://127.0.0.1:{port}"}])
    yield context.new_page()
    context.close()


def seen(page: Page, path: str) -> NDArray[np.float64]:
    page.goto(path)
    wait_for_truth(page)
    for image in page.locator("img:visible").all():
        image.evaluate("image => image.decode()")
    return pixels(page)


@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])
def test_every_screen_is_pure_red_and_no_brighter_than_in_the_dark(
    chromium: Browser, night: Box, viewport: dict[str, int]
) -> None:
    paths = screens(night)
    assert {"/", "/align", "/focus", "/run", "/more", "/more/display"} <= set(paths)
    with lit(chromium, night, "dark", viewport) as dark, lit(chromium, night, "red", viewport) as red:
        for path in paths:
            by_dark, by_red = seen(dark, path), seen(red, path)
            assert by_red[..., 1:].max() == 0, path
            assert luminance(by_red).mean() <= luminance(by_dark).mean(), path
            assert luminance(by_red).max() <= luminance(by_dark).max(), path


def test_what_is_pressed_focused_and_chosen_is_red_too(chromium: Browser, night: Box) -> None:
    with lit(chromium, night, "red", PHONE) as page:
        seen(page, "/more/display")
        name = page.locator("#phone-name")
        name.fill("some text that is chosen")
        name.select_text()
        assert pixels(page)[..., 1:].max() == 0
        page.evaluate("""() => { const made = document.createElement("dialog"); made.textContent = "Really?";
          document.body.append(made); made.showModal(); }""")
        assert pixels(page)[..., 1:].max() == 0


def paint(page: Page) -> Any:
    return page.evaluate("""() => [getComputedStyle(document.body).backgroundColor,
      document.querySelector("meta[name=theme-color]").content, document.documentElement.dataset.light]""")


def test_the_first_paint_is_in_the_light_of_the_phone_even_without_style_sheets(
    chromium: Browser, night: Box
) -> None:
    assert night.server is not None
    context = phone(chromium, night, night.server.port)
    context.route("**/*.css", lambda route: route.abort())
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto("/")
    assert paint(page) == ["rgb(12, 9, 8)", "#0c0908", "dark"]
    context.add_cookies([{"name": "light", "value": "red", "url": f"http://127.0.0.1:{night.server.port}"}])
    page.goto("/")
    assert paint(page) == ["rgb(0, 0, 0)", "#000000", "red"]
    context.close()


def test_the_light_is_changed_in_place_and_kept(chromium: Browser, night: Box) -> None:
    assert night.server is not None
    context = phone(chromium, night, night.server.port)
    page = context.new_page()
    page.goto("/")
    page.locator("#red").click()
    expect(page.locator("html")).to_have_attribute("data-light", "red")
    assert page.locator("meta[name=theme-color]").get_attribute("content") == "#000000"
    assert pixels(page)[..., 1:].max() == 0
    page.goto("/more")
    expect(page.locator("html")).to_have_attribute("data-light", "red")
    page.locator("#red").click()
    page.go_back()
    expect(page.locator("html")).to_have_attribute("data-light", "dark")
    context.close()
