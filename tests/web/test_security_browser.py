"""The first evening with a new box, on a phone: code, password, the page; and out again."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.fake_box import PASSWORD, Box, Memory
from tests.web.night_content import full_night

pytestmark = pytest.mark.browser
PATIENCE = 30_000
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
SMALL = """[...document.querySelectorAll("main button, main a, main input")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 47.5)
    .map((one) => one.outerHTML)"""


@pytest.fixture
def new_box() -> Iterator[Box]:
    made = Box(keeper=Memory(""), hashing="scrypt:1024:8:1")
    made.serve()
    yield made
    made.close()


def home(box: Box) -> str:
    assert box.server
    return f"http://127.0.0.1:{box.server.port}"


def phone_of(browser: Browser, box: Box, light: str = "dark") -> BrowserContext:
    """Nobody is logged in on it."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=home(box), has_touch=True)
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "light", "value": light, "url": home(box)}])
    return context


@pytest.fixture
def phone(browser: Browser, new_box: Box) -> Iterator[Page]:
    context = phone_of(browser, new_box)
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
    yield page
    context.close()
    assert complaints == []


def test_a_new_box_is_paired_used_left_and_entered_again(phone: Page, new_box: Box) -> None:
    new_box.publish(*full_night())
    phone.goto("/login?next=/focus")
    expect(phone).to_have_url(f"{home(new_box)}/pair?next=/focus")
    code = new_box.api.pairing_code()
    phone.get_by_label("Pairing code").fill("000000" if code != "000000" else "111111")
    secret = phone.get_by_label("Your new password")
    secret.fill("saturn rings")
    phone.get_by_role("button", name="Show").click()
    expect(secret).to_have_attribute("type", "text")
    phone.get_by_role("button", name="Set password").click()
    expect(phone.get_by_role("alert")).to_contain_text("That is not the pairing code.")
    phone.get_by_label("Pairing code").fill(f"{code[:3]} {code[3:]}")
    phone.get_by_label("Your new password").fill("saturn rings")
    phone.get_by_role("button", name="Set password").click()
    expect(phone).to_have_url(f"{home(new_box)}/focus")
    # What it may do now: press, and hear.
    phone.goto("/")
    expect(phone.locator("#phase")).to_have_text("Running")
    phone.locator("[data-command=pause]").click()
    expect(phone.locator("[data-command=pause]")).not_to_have_attribute("aria-busy", "true")
    assert new_box.done == ["pause"]
    phone.goto("/more/access")
    phone.get_by_role("button", name="This phone").click()
    expect(phone.get_by_role("heading", name="Log in")).to_be_visible()
    phone.get_by_label("Password", exact=True).fill("wrong guess")
    phone.get_by_role("button", name="Log in").click()
    expect(phone.get_by_role("alert")).to_contain_text("Light button for ten seconds")
    phone.get_by_label("Password", exact=True).fill("saturn rings")
    phone.get_by_role("button", name="Log in").click()
    expect(phone.locator("#phase")).to_have_text("Running")


def test_a_phone_that_is_logged_out_elsewhere_is_shown_the_way_in(browser: Browser, box: Box) -> None:
    box.serve()
    context = phone_of(browser, box)
    context.add_cookies(box.cookies())
    page = context.new_page()
    box.publish(*full_night())
    page.goto("/")
    expect(page.locator("#phase")).to_have_text("Running")
    box.keeper.write(Memory().access.__class__(secret="another", password=box.keeper.access.password))
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#phase")).to_have_text("Running")
    context.close()


@pytest.mark.parametrize("light", ["dark", "red"])
@pytest.mark.parametrize("path", ["/pair", "/login", "/more/access"])
def test_everybody_can_come_in_by_any_light(
    browser: Browser, box: Box, new_box: Box, tmp_path: Path, path: str, light: str
) -> None:
    used = new_box if path == "/pair" else box
    if used is box:
        box.serve()
    context = phone_of(browser, used, light)
    if path == "/more/access":
        context.add_cookies(box.cookies())
    page = context.new_page()
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document).then((told) => told.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate(SMALL) == []
    picture = page.screenshot(path=str(tmp_path / f"door-{path.strip('/').replace('/', '-')}-{light}.png"))
    if light == "red":
        pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
        assert pixels[..., 0].max() > 100
        assert pixels[..., 1:].max() <= 2
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()
