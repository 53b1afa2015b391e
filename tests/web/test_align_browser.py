"""The Align screen in Chromium: finding, going, the pad under a finger, the frame on the chart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from appliance.sky.catalogue import find
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000
from tests.web.align_box import FOUND, MOUNT, AlignBox

pytestmark = pytest.mark.browser
SLOW = 20_000  # ms that a loaded machine may take


@pytest.fixture
def box() -> Iterator[AlignBox]:
    made = AlignBox()
    yield made
    made.close()


def opened(browser: Browser, box: AlignBox, width: int = 360, height: int = 740, light: str = "dark") -> Page:
    port = box.server.port if box.server else box.serve()
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW)
    address = f"http://127.0.0.1:{port}"
    context.add_cookies([*box.cookies(), {"name": "light", "value": light, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/align")
    expect(page.locator("#here-ra")).to_have_text("01h 28m 24s", timeout=SLOW)
    expect(page.locator("#results button").first).to_be_visible(timeout=SLOW)
    return page


@pytest.fixture
def page(browser: Browser, box: AlignBox) -> Iterator[Page]:
    shown = opened(browser, box)
    yield shown
    shown.context.close()


def search(page: Page, text: str, first: str) -> None:
    page.fill("#find", text)
    expect(page.locator("#results b").first).to_contain_text(first, timeout=SLOW)


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Of what is drawn there now: the chart draws itself anew whenever it is told more."""
    x, y = page.evaluate(
        "selector => { const box = document.querySelector(selector).getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; }",
        selector,
    )
    return float(x), float(y)


def finger(page: Page, place: Locator) -> None:
    """On the middle of it, and down."""
    place.scroll_into_view_if_needed()
    page.evaluate("document.activeElement.blur()")
    place.evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = place.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_a_mistyped_name_is_found_and_gone_to_by_a_held_button(page: Page, box: AlignBox) -> None:
    search(page, "horshead", "B 33 · Horsehead Nebula")
    page.locator("#results button").first.click()
    expect(page.locator("#object-name")).to_have_text("B 33 · Horsehead Nebula")
    expect(page.locator("#object-curve .it")).to_be_visible()
    expect(page.locator("#object-place")).to_contain_text("(JNow)")
    slew = page.locator("[data-command=slew]")
    slew.click()  # a stray touch
    expect(page.locator("#answer")).to_contain_text("Hold")
    assert box.given("slew") == []
    finger(page, slew)
    (sent,) = box.until("slew")
    page.mouse.up()
    assert separation_arcsec(J2000(sent["ra_deg"], sent["dec_deg"]), find("B 33").position) < 1


def test_the_best_tonight_come_by_group(page: Page) -> None:
    page.locator("[name=group][value=planets]").check()
    expect(page.locator("#results b").first).to_have_text("Uranus", timeout=SLOW)
    expect(page.locator("#find-night")).to_contain_text("Moon 83 % lit")


def test_nothing_found_is_said(page: Page) -> None:
    page.fill("#find", "xyzzyqq")
    expect(page.locator("#results-empty")).to_contain_text("Nothing in the catalogue", timeout=SLOW)
    assert page.locator("#results button").count() == 0


def test_the_sun_is_shown_and_never_gone_to(page: Page) -> None:
    search(page, "sun", "Sun")
    page.locator("#results button").first.click()
    expect(page.locator("#object-warning")).to_contain_text("Too near the Sun")
    expect(page.locator("[data-command=slew]")).to_be_disabled()
    expect(page.locator("[data-command=solve_centre]")).to_be_disabled()


def test_typed_coordinates_are_taken_or_the_mistake_is_named(page: Page, box: AlignBox) -> None:
    page.get_by_text("Type coordinates").click()
    page.fill("#typed-text", "10 75 00 +20 00 00")
    page.get_by_role("button", name="Take these").click()
    expect(page.locator("#typed-told")).to_contain_text("75 minutes", timeout=SLOW)
    page.fill("#typed-text", "00h42m44s +41°16′09″")
    page.get_by_label("JNow (of date)").check()
    page.get_by_role("button", name="Take these").click()
    expect(page.locator("#object-kind")).to_have_text("coordinates", timeout=SLOW)
    expect(page.locator("#typed-told")).to_be_empty()
    expect(page.locator("#object-name")).to_contain_text("00h41m")  # J2000 is west of the place of date


def test_where_am_i_shows_what_the_frame_says_to_every_phone(
    page: Page, browser: Browser, box: AlignBox
) -> None:
    other = opened(browser, box)
    page.locator("[data-command=where_am_i]").click()
    for one in (page, other):
        expect(one.locator("#found-off")).to_have_text("11.3′ beside where the mount thinks", timeout=SLOW)
        expect(one.locator("#found-when")).to_contain_text("10.9′ to the east, 3.0′ to the south")
        expect(one.locator("#angle-sky")).to_have_text("12.4°")
    other.context.close()


def test_sync_and_centre_say_what_they_did(page: Page, box: AlignBox) -> None:
    page.locator("[data-command=solve_sync]").click()
    expect(page.locator("#found-off")).to_have_text("Synced: it was 11.3′ off", timeout=SLOW)
    search(page, "m31", "M 31")
    page.locator("#results button").first.click()
    finger(page, page.locator("[data-command=solve_centre]"))
    (sent,) = box.until("solve_centre")
    page.mouse.up()
    assert sent["name"] == "M 31"
    expect(page.locator("#found-off")).to_have_text("Centred, 11″ off", timeout=SLOW)


def test_the_mount_moves_while_a_finger_is_down(page: Page, box: AlignBox) -> None:
    finger(page, page.locator("[data-way=north]"))
    words = box.until("pad", 3)
    expect(page.locator("#pad-doing")).to_contain_text("Moving north")
    page.mouse.up()
    (stopped,) = box.until("pad_stop")
    words = box.given("pad")
    assert {word["press"] for word in words} == {stopped["press"]}
    assert {(word["direction"], word["rate"]) for word in words} == {("north", 1)}
    expect(page.locator("#pad-doing")).to_be_empty()
    finger(page, page.locator("[data-way=west]"))  # a new press has a name of its own
    assert box.until("pad", len(words) + 1)[-1]["press"] != stopped["press"]
    page.mouse.up()
    box.until("pad_stop", 2)


def test_the_rate_and_the_swapped_directions_are_kept(page: Page, box: AlignBox) -> None:
    page.get_by_label("Max").check()
    page.locator("#swap-we").check()
    page.reload()
    expect(page.get_by_label("Max")).to_be_checked(timeout=SLOW)
    finger(page, page.locator("[data-way=east]"))
    assert box.until("pad")[0] == {**box.given("pad")[0], "direction": "west", "rate": 3}
    page.mouse.up()
    box.until("pad_stop")


def test_leaving_the_page_lets_go(page: Page, box: AlignBox) -> None:
    finger(page, page.locator("[data-way=south]"))
    box.until("pad")
    page.evaluate("location.href = '/focus'")
    page.wait_for_url("**/focus")
    box.until("pad_stop")


def test_a_link_that_breaks_lets_go_and_says_so_when_it_is_back(page: Page, box: AlignBox) -> None:
    finger(page, page.locator("[data-way=south]"))
    box.until("pad")
    page.context.set_offline(True)
    page.mouse.up()
    page.context.set_offline(False)
    box.until("pad_stop")
    expect(page.locator(".moving")).to_have_count(0)


def test_a_refused_press_is_told_and_not_repeated(page: Page, box: AlignBox) -> None:
    box.refuse = "the telescope comes within 8° of the Sun"
    finger(page, page.locator("[data-way=south]"))
    expect(page.locator("#answer")).to_contain_text("within 8° of the Sun", timeout=SLOW)
    expect(page.locator(".moving")).to_have_count(0)
    box.until("pad_stop")
    page.mouse.up()
    assert len(box.given("pad")) <= 3  # what was on its way
    assert len({word["press"] for word in box.given("pad")}) == 1


def test_keys_move_it_too(page: Page, box: AlignBox) -> None:
    page.locator("[data-way=east]").focus()
    page.keyboard.down(" ")
    assert box.until("pad", 2)[0]["direction"] == "east"
    page.keyboard.up(" ")
    box.until("pad_stop")


def test_a_parked_mount_has_no_pad_and_is_unparked_by_holding(page: Page, box: AlignBox) -> None:
    box.publish(replace(MOUNT, parked=True, tracking=False))
    expect(page.locator("[data-way=north]")).to_be_disabled(timeout=SLOW)
    expect(page.locator("#pad-doing")).to_have_text("Parked: unpark it first.")
    expect(page.locator("main [data-command=park]")).to_be_hidden()
    finger(page, page.locator("[data-command=unpark]"))
    box.until("unpark")
    page.mouse.up()


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"rates": []}, "cannot move it by hand"), ({"rates": None}, "Connect the mount")],
)
def test_without_a_motion_there_is_no_pad(browser: Browser, facts: dict[str, object], words: str) -> None:
    box = AlignBox(**facts)
    page = opened(browser, box)
    expect(page.locator("#pad-none")).to_contain_text(words, timeout=SLOW)
    expect(page.locator("#pad")).to_be_hidden()
    page.context.close()
    box.close()


def test_a_rig_without_camera_and_rotator_says_what_is_missing(browser: Browser) -> None:
    box = AlignBox(field=None, rotator=False)
    page = opened(browser, box)
    expect(page.locator("#frame-none")).to_be_visible(timeout=SLOW)
    assert page.locator("#sky .panel").count() == 0
    expect(page.locator("#rotator")).to_be_hidden()
    box.publish(FOUND)
    expect(page.locator("#angle-turn")).to_contain_text("turn it by hand")
    page.context.close()
    box.close()


def test_the_frame_is_dragged_turned_and_taken_into_the_plan(page: Page, box: AlignBox) -> None:
    search(page, "m31", "M 31")
    page.locator("#results button").first.click()
    page.locator("#object-frame").click()
    expect(page.locator("#frame-ra")).to_have_text("00h 42m 44s")
    expect(page.locator("#sky .deep").first).to_be_visible(timeout=SLOW)
    page.locator("#sky").evaluate("place => place.scrollIntoView({ block: 'center' })")
    x, y = middle(page, "#sky .panel")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y, steps=4)  # to the left is to the east
    page.mouse.up()
    expect(page.locator("#frame-ra")).not_to_have_text("00h 42m 44s")
    assert page.locator("#frame-ra").inner_text() > "00h 42m 44s"
    page.mouse.move(*middle(page, "#sky .handle"))
    page.mouse.down()
    x, y = middle(page, "#sky .panel")
    page.mouse.move(x - 100, y, steps=5)  # to the east
    page.mouse.up()
    assert 80 <= float(page.locator("#frame-angle").input_value()) <= 100
    page.get_by_text("Mosaic").click()
    page.fill("#columns", "2")
    expect(page.locator("#sky .panel")).to_have_count(2)
    page.locator("[data-command=framing_add]").click()
    (sent,) = box.until("framing_add")
    assert (sent["name"], sent["columns"], sent["rows"]) == ("M 31", 2, 1)
    assert 10.7 < sent["ra_deg"] < 12.5
    expect(page.locator("#frame-told")).to_contain_text("M 31 is in the plan, which has 42 subs now.")
    link = urlsplit(page.locator("#frame-run").get_attribute("href") or "")
    handed = {name: value for name, (value,) in parse_qs(link.query).items()}
    assert link.path == "/run"
    assert (handed["add"], handed["columns"]) == ("M 31", "2")
    assert float(handed["ra_deg"]) == sent["ra_deg"]


def test_keys_move_and_turn_the_frame(page: Page) -> None:
    page.locator("#sky").focus()
    before = page.locator("#frame-dec").inner_text()
    page.keyboard.press("ArrowUp")
    assert page.locator("#frame-dec").inner_text() > before
    page.keyboard.press("l")
    expect(page.locator("#frame-angle-told")).to_have_text("5.0°")
    expect(page.locator("#angle-wanted")).to_have_text("5.0°")


def test_the_camera_is_turned_to_the_framings_angle(page: Page, box: AlignBox) -> None:
    box.publish(FOUND)
    page.locator("#frame-camera").click()
    expect(page.locator("#frame-angle-told")).to_have_text("12.4°", timeout=SLOW)
    expect(page.locator("#angle-turn")).to_contain_text("stands as the framing wants it")
    page.locator("#angle-frame").click()
    finger(page, page.locator("[data-command=rotate]"))
    assert box.until("rotate") == [{"position_angle_deg": 12.4}]
    page.mouse.up()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1024, 768)])
def test_in_red_light_nothing_is_green_or_blue(
    browser: Browser, box: AlignBox, tmp_path: Path, width: int, height: int
) -> None:
    page = opened(browser, box, width, height, "red")
    search(page, "m42", "M 42")
    page.locator("#results button").first.click()
    expect(page.locator("#object-curve .it")).to_be_visible()
    box.publish(FOUND)
    expect(page.locator("#sky .star").first).to_be_visible(timeout=SLOW)
    page.screenshot(path=tmp_path / "red.png", full_page=True)
    pixels = np.asarray(Image.open(tmp_path / "red.png").convert("RGB"))
    assert pixels[..., 0].max() > 100
    assert pixels[..., 1:].max() <= 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
