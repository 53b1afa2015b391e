"""Whole tasks under More in headless Chromium: settings, subs looked at and deleted, downloads, the log."""

import io
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from appliance.box.files.messages import DriveCopy
from appliance.bus import Said
from tests.web.more_box import NIGHT, MoreBox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 60_000  # ms: the machine may be busy with other things
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 1024, "height": 768}
FOLDER = f"{NIGHT}/M_33/L"
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
SECTIONS = (
    "files", f"files?path={FOLDER}", "logs", "settings", "settings/focus", "settings/output", "network",
    "updates", "help", "help/guide",
)  # fmt: skip


@pytest.fixture
def more(tmp_path: Path) -> Iterator[MoreBox]:
    made = MoreBox(tmp_path)
    made.serve()
    yield made
    made.close()


def look(
    browser: Browser,
    box: MoreBox,
    light: str = "dark",
    size: dict[str, int] | None = None,
    *,
    axe: bool = False,
) -> Page:
    """A phone that is logged in; with `axe` the page lets a checker's script in."""
    assert box.server
    context = browser.new_context(
        viewport=size or PHONE,  # type: ignore[arg-type]
        base_url=f"http://127.0.0.1:{box.server.port}",
        bypass_csp=axe,
    )
    context.add_cookies(box.cookies())
    context.add_cookies([{"name": "light", "value": light, "url": f"http://127.0.0.1:{box.server.port}"}])
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


@pytest.fixture
def phone(browser: Browser, more: MoreBox) -> Iterator[Page]:
    page = look(browser, more)
    yield page
    page.context.close()


def test_a_setting_is_changed_and_counts_from_the_next_start(phone: Page, more: MoreBox) -> None:
    phone.goto("/more/settings/focus")
    save = phone.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    phone.locator('input[name="focus.step"]').fill("150")
    phone.get_by_role("radio", name="learned", exact=True).check()
    save.click()
    expect(phone.locator("#answer")).to_contain_text("next start")
    assert more.profile_file
    written = tomllib.loads(more.profile_file.read_text(encoding="utf-8"))
    assert written["focus"] == {"step": 150, "method": "learned"}
    expect(save).to_be_disabled()
    phone.locator('input[name="focus.step"]').fill("")
    save.click()
    expect(save).to_be_disabled()
    expect(phone.locator("#answer")).to_contain_text("next start")
    phone.goto("/more/settings")
    expect(phone.get_by_role("status").filter(has_text="Changed.")).to_be_visible()
    written = tomllib.loads(more.profile_file.read_text(encoding="utf-8"))
    assert written["focus"] == {"method": "learned"}


def test_what_does_not_fit_is_said_beside_its_field(phone: Page, more: MoreBox) -> None:
    phone.goto("/more/settings/focus")
    phone.locator('input[name="focus.points"]').fill("2")
    phone.locator('input[name="focus.seconds"]').fill("long")
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator('[data-path="focus.points"] .wrong')).to_have_text("must be at least 3")
    expect(phone.locator('[data-path="focus.seconds"] .wrong')).to_have_text("must be a number")
    expect(phone.locator('input[name="focus.points"]')).to_be_focused()
    expect(phone.locator("#wrong")).to_be_visible()
    assert more.profile_file
    assert "points" not in more.profile_file.read_text(encoding="utf-8")


def test_a_device_is_added_and_taken_out(phone: Page, more: MoreBox) -> None:
    assert more.profile_file
    phone.goto("/more/settings/output")
    for number, name in enumerate(("Heater", "Camera 12 V")):
        phone.get_by_role("button", name="Add one").click()
        item = phone.locator("[data-item]").nth(number)
        item.locator(f'input[name="output.{number}.name"]').fill(name)
        item.get_by_role("radio", name="simulator").check()
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#answer")).to_contain_text("next start")
    outputs = tomllib.loads(more.profile_file.read_text(encoding="utf-8"))["output"]
    assert outputs == [{"driver": "simulator", "name": name} for name in ("Heater", "Camera 12 V")]
    phone.locator("[data-item]").first.get_by_role("button", name="Take it out").click()
    # Answered, so that the next page shows the new file.
    with phone.expect_response(lambda answer: answer.request.method == "POST"):
        phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#save")).to_be_disabled()
    phone.goto("/more/settings/focuser")
    phone.get_by_label("The rig has this").uncheck()
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#answer")).to_contain_text("next start")
    written = tomllib.loads(more.profile_file.read_text(encoding="utf-8"))
    assert "focuser" not in written
    assert [one["name"] for one in written["output"]] == ["Camera 12 V"]


def test_subs_are_looked_at_downloaded_and_deleted(phone: Page, more: MoreBox) -> None:
    phone.goto("/more/files")
    phone.get_by_role("link", name=NIGHT).click()
    phone.get_by_role("link", name="M_33").click()
    phone.locator("#entries a").click()
    expect(phone.locator("#entries li")).to_have_count(3)
    expect(phone.locator("#entries .photo")).to_have_count(3)
    boxes = phone.locator(".pick input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(phone.locator("#chosen")).to_contain_text("2 files, 60 kB")
    with phone.expect_download() as loaded:
        phone.get_by_role("button", name="Download").click()
    archive = zipfile.ZipFile(io.BytesIO(loaded.value.path().read_bytes()))
    assert len(archive.namelist()) == 2
    phone.get_by_role("button", name="Delete …").click()
    dialog = phone.get_by_role("dialog")
    expect(dialog.locator("#deleting-names li")).to_have_count(2)
    hold(phone, '#deleting [data-command="files_delete"]')
    expect(phone.locator("#entries li")).to_have_count(1)
    assert [path.name for path in more.images.rglob("*.fits")] == ["M_33_L_60s_0003.fits"]


def hold(phone: Page, selector: str) -> None:
    """Until it is asked: the button is busy, or has gone with its page."""
    button = phone.locator(selector)
    button.scroll_into_view_if_needed()
    button.hover()
    phone.mouse.down()
    expect(phone.get_by_role("dialog")).to_have_count(0)
    phone.mouse.up()


def test_a_copy_is_followed_and_ends_with_what_to_do(phone: Page, more: MoreBox) -> None:
    phone.goto("/more/files")
    expect(phone.locator("#copy")).to_be_hidden()
    state = DriveCopy(
        source="files", phase="copying", drive="STICK", files=1, of_files=4, bytes=25, of_bytes=100
    )
    more.tell(state)
    expect(phone.locator("#copy-title")).to_contain_text("Copying to STICK")
    expect(phone.locator("#copy-text")).to_contain_text("1 of 4 files")
    expect(phone.get_by_role("button", name="Stop copying")).to_be_visible()
    more.tell(DriveCopy(source="files", phase="failed", drive="STICK", text="Some.", failures=("a: gone",)))
    expect(phone.locator("#copy-title")).to_contain_text("Not everything")
    expect(phone.locator("#copy-failures")).to_contain_text("a: gone")
    expect(phone.get_by_role("button", name="Stop copying")).to_be_hidden()
    phone.locator("#all").check()
    phone.get_by_role("button", name="To a drive").click()
    expect(phone.locator("#drives")).to_contain_text("No drive is plugged in")


def test_the_log_is_live_and_filtered(phone: Page, more: MoreBox) -> None:
    phone.goto("/more/logs")
    lines = phone.locator("#lines li")
    expect(lines).to_have_count(4)
    expect(lines.first).to_contain_text("<b>Not bold</b>")
    more.tell(Said(source="box", text="Something new."), Said(source="box", level="warning", text="Dew."))
    expect(lines.first).to_contain_text("Dew.")
    expect(lines).to_have_count(6)
    phone.get_by_role("radio", name="Errors").check()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("The mount is lost.")
    more.tell(Said(source="box", text="Not shown."), Said(source="box", level="error", text="Shown."))
    expect(lines.first).to_contain_text("Shown.")
    expect(lines).to_have_count(2)
    phone.get_by_role("radio", name="All").check()
    phone.get_by_label("Search").fill("hfr")
    expect(lines).to_have_count(1)
    phone.get_by_label("Search").fill("")
    expect(lines).to_have_count(4)  # the fake box keeps nothing of what is said now
    phone.get_by_role("button", name=NIGHT).click()
    expect(phone.locator("#which")).to_have_text(NIGHT)


def test_the_network_says_what_there_is(phone: Page) -> None:
    phone.goto("/more/network")
    expect(phone.locator("#adapters")).not_to_contain_text("Looking")
    expect(phone.locator("#no-manager")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_every_page_fits_and_is_red_in_red_light(
    browser: Browser, more: MoreBox, size: dict[str, int]
) -> None:
    page = look(browser, more, "red", size)
    for section in SECTIONS:
        page.goto(f"/more/{section}")
        expect(page.locator("h1")).to_be_visible()
        if section == "logs":
            expect(page.locator("#lines li")).to_have_count(4)
        if "path" in section:
            expect(page.locator("#entries .photo")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], section
        pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        assert int(pixels[..., 1:].max()) <= 8, section
        assert int(pixels[..., 0].max()) > 60, section
    page.context.close()


def test_every_page_is_accessible_and_stands_at_double_text_size(browser: Browser, more: MoreBox) -> None:
    page = look(browser, more, axe=True)
    for section in SECTIONS:
        page.goto(f"/more/{section}")
        expect(page.locator("h1")).to_be_visible()
        if section == "settings/output":
            page.get_by_role("button", name="Add one").click()
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document).then((told) => told.violations)")
        told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        assert not told, section
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], section
    page.context.close()
