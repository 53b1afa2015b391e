"""The sections of More about the rig, in Chromium: what they show, and what a press asks of the box."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.web.rig_box import RigBox

pytestmark = pytest.mark.browser
SHOWN = {
    "equipment": "#devices > li", "properties": "fieldset", "guiding": "polyline", "safety": "#sources > li",
    "outputs": "#outputs-list > section", "leases": "#owned > li",
}  # fmt: skip
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
PATIENCE = 30_000.0  # ms


@pytest.fixture
def rig() -> Iterator[RigBox]:
    box = RigBox()
    yield box
    box.close()


@pytest.fixture
def page(browser: Browser, rig: RigBox) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, base_url=f"http://127.0.0.1:{rig.serve()}"
    )
    context.add_cookies(cast(Any, rig.cookies()))
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    made = context.new_page()
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(str(error)))
    yield made
    context.close()
    assert not problems


def hold(rig: RigBox, page: Page, selector: str, name: str) -> dict[str, object]:
    """Down until the box was asked, however slow the machine is; what it was asked."""
    button = page.locator(selector)
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    given = asked(rig, page, name)
    page.mouse.up()
    return given


def asked(rig: RigBox, page: Page, name: str) -> dict[str, object]:
    """The arguments of that command, once it has come."""
    deadline = 300
    while not (found := [given for one, given in rig.asked if one == name]) and deadline:
        page.wait_for_timeout(100)
        deadline -= 1
    assert found, f"{name} was never asked for: {rig.asked}"
    return found[-1]


def test_a_lost_camera_is_told_with_what_is_done_and_can_be_helped(page: Page, rig: RigBox) -> None:
    page.goto("/more/equipment")
    camera = page.locator("#devices > li").first
    expect(camera.locator(".lamp")).to_have_attribute("data-tone", "bad")
    expect(camera).to_contain_text("Lost")
    expect(camera.locator(".why")).to_contain_text("No answer for 47 s. Tried: driver restarted 20 s ago.")
    expect(camera.locator(".why")).to_contain_text("In 10 s its power is switched off and on.")
    camera.locator("summary").click()
    expect(camera.locator("details .advice")).to_contain_text("disturbs Focuser")
    camera.get_by_role("button", name="Connect", exact=True).click()
    assert asked(rig, page, "connect") == {"kind": "camera"}
    rig.refuses.add("device_recover")
    first = "#devices > li:first-child button[data-hold] >> nth=0"
    assert hold(rig, page, first, "device_recover") == {"device": "camera", "how": "driver"}
    expect(page.locator("#answer")).to_contain_text("the roof is closed Open it first.")


def test_another_profile_is_chosen_for_the_next_start(page: Page, rig: RigBox) -> None:
    page.goto("/more/equipment")
    kept = page.locator("#profiles-list > li")
    expect(kept.nth(0)).to_contain_text("In use")
    expect(kept.nth(2)).to_contain_text("unknown key")
    page.get_by_role("button", name="Use from the next start").click()
    assert asked(rig, page, "profile_choose") == {"file": "wide.toml"}


def test_a_number_is_set_within_its_property(page: Page, rig: RigBox) -> None:
    page.goto("/more/properties")
    expect(page.locator("#indi-devices button").first).to_contain_text("EQMod")
    coordinates = page.locator("fieldset[title=EQUATORIAL_EOD_COORD]")
    expect(coordinates.locator("output").first).to_have_text("5:35:17")
    expect(coordinates.locator("output").nth(1)).to_have_text("−5:23:28")
    expect(coordinates.locator("legend .lamp")).to_have_attribute("data-tone", "busy")
    rate = page.locator("fieldset[title=GUIDE_RATE]")
    expect(rate).to_contain_text("0 – 1, step 0.1")
    rate.locator("input").fill("0.7")
    wanted = {"device": "EQMod", "property": "GUIDE_RATE", "values": {"RATE": "0.7"}}
    assert hold(rig, page, "fieldset[title=GUIDE_RATE] .send", "indi_set") == wanted
    expect(rate.locator("output")).to_have_text("0.70")
    expect(rate.locator("input")).to_have_value("")


def test_switches_follow_their_rule_and_a_refusal_is_said(page: Page, rig: RigBox) -> None:
    page.goto("/more/properties?device=EQMod")
    connection = page.locator("fieldset[title=CONNECTION]")
    expect(connection.locator(".still")).to_contain_text("Connect")
    expect(connection.locator("button")).to_have_count(1)
    expect(page.locator("fieldset[title=MODES] button")).to_have_count(2)
    rig.refuses.add("indi_set")
    given = hold(rig, page, "fieldset[title=CONNECTION] button", "indi_set")
    assert given["values"] == {"DISCONNECT": True}
    expect(page.locator("#answer")).to_contain_text("the roof is closed")
    lights = page.locator("fieldset[title=HEALTH]")
    page.locator("details.group", has=lights).locator("summary").click()
    expect(lights.locator(".item").first).to_contain_text("Alert")


def test_nobody_holds_to_stop_something(page: Page, rig: RigBox) -> None:
    page.goto("/more/properties")
    page.locator("fieldset[title=TELESCOPE_ABORT_MOTION] button").click()
    assert asked(rig, page, "indi_set")["values"] == {"ABORT": True}


def test_what_is_typed_stays_while_the_driver_talks_on(page: Page, rig: RigBox) -> None:
    page.goto("/more/properties")
    field = page.locator("fieldset[title=GUIDE_RATE] input")
    field.fill("0.3")
    rig.indi[2]["items"][0]["text"] = "0.9"
    rig.revision += 1
    rig.indi[2]["revision"] = rig.revision
    expect(page.locator("fieldset[title=GUIDE_RATE] output")).to_have_text("0.90")
    expect(field).to_have_value("0.3")
    expect(field).to_be_focused()


def test_a_rig_without_indi_or_guider_says_so(page: Page, rig: RigBox) -> None:
    rig.indi.clear()
    page.goto("/more/properties")
    expect(page.locator("#indi-why")).to_have_text("None of this rig's devices is an INDI device.")
    expect(page.locator("#problem")).to_be_hidden()
    rig.run(rig.api.commands.pop, "guide_steps")
    page.goto("/more/guiding")
    expect(page.locator("#main .empty")).to_contain_text("This rig has no guider")


def test_the_guiding_graph_tells_errors_dithers_and_a_lost_star(page: Page, rig: RigBox) -> None:
    page.goto("/more/guiding")
    expect(page.locator("#guide-graph")).to_have_attribute(
        "aria-label", "Guiding graph: 139 steps, 1 dithers, star lost 1 times"
    )
    expect(page.locator("#guide-graph polyline.ra")).to_have_count(2)
    expect(page.locator("#guide-graph .dither")).to_have_count(1)
    expect(page.locator("#guide-graph .lost-star")).to_have_count(1)
    expect(page.locator("#rms-total")).to_have_text("0.35″")
    expect(page.locator("#guide-profile")).to_have_text("Guidescope")
    expect(page.locator("#guide-doing")).to_contain_text("On")
    page.get_by_role("button", name="2 min").click()
    expect(page.locator("#dithers")).to_have_text("0")
    page.get_by_role("button", name="Dither").click()
    assert asked(rig, page, "guide_dither") == {"wait": False}


def test_safety_says_why_and_what_would_be_refused(page: Page, rig: RigBox) -> None:
    page.goto("/more/safety")
    expect(page.locator("#verdict")).to_contain_text("Not safe")
    expect(page.locator("#verdict-why")).to_contain_text("rain, 0.4 mm/h")
    sources = page.locator("#sources > li")
    expect(sources.first).to_contain_text("heard 4 s ago, silent after 1:00")
    expect(sources.first.locator(".readings [data-tone=bad]")).to_contain_text("0.4 mm/h")
    expect(sources.nth(1)).to_contain_text("it must be well for another 4:00")
    roof = page.locator("#interlock > li").first
    expect(roof).to_contain_text("It would not open the roof: it is not safe.")
    expect(page.locator("#situation")).to_contain_text("roof: closed")
    expect(page.locator("#panel-light")).to_have_text("unsafe: amber bursts")
    expect(page.locator("#panel-parts li", has_text="Park")).to_contain_text("Pressed")
    expect(page.locator("#panel-parts li", has_text="Display")).to_contain_text("Does not answer")
    page.locator("#lists summary").click()
    expect(page.locator("#lists .steps li").first).to_contain_text("park the mount")


def test_outputs_are_switched_and_dimmed(page: Page, rig: RigBox) -> None:
    page.goto("/more/outputs")
    heater = page.locator("#outputs-list > section").first
    expect(heater).to_contain_text("3.3 °C above the dew point")
    expect(heater.get_by_role("button", name="By dew point")).to_have_attribute("aria-pressed", "true")
    heater.get_by_role("button", name="Off").click()
    assert asked(rig, page, "output") == {"name": "Heater", "mode": "off"}
    heater.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    expect(heater.locator("output")).to_have_text("65 %")


def test_a_device_is_taken_back_and_another_lent(page: Page, rig: RigBox) -> None:
    page.goto("/more/leases")
    expect(page.locator("#owned > li").first).to_contain_text("192.168.1.20, lent")
    page.get_by_role("button", name="Take back").click()
    assert asked(rig, page, "lease_take_back") == {"device": "EAF"}
    page.locator("#lend-list > li", has_text="EQ6-R").get_by_role("button").click()
    assert asked(rig, page, "lease_grant") == {"device": "mount", "client": "192.168.1.20"}


# Of what the section itself shows; the shell around it has its own tests.
TOO_WIDE = """() => [...document.querySelectorAll("#main > :not(.head) *")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 80))"""


def test_nothing_is_wider_than_the_phone_in_large_letters_too(page: Page) -> None:
    for section, shown in SHOWN.items():
        page.goto(f"/more/{section}")
        expect(page.locator(shown).first).to_be_visible()
        for size in ("100%", "200%"):
            page.evaluate("size => document.documentElement.style.fontSize = size", size)
            assert page.evaluate(TOO_WIDE) == [], (section, size)


@pytest.mark.parametrize("light", ["dark", "red"])
def test_everybody_can_use_them_and_red_is_red(page: Page, rig: RigBox, light: str) -> None:
    assert rig.server is not None
    home = f"http://127.0.0.1:{rig.server.port}"
    page.context.add_cookies([{"name": "light", "value": light, "url": home}])
    for section, shown in SHOWN.items():
        page.goto(f"/more/{section}")
        expect(page.locator(shown).first).to_be_visible()
        page.evaluate("document.querySelectorAll('#main details').forEach((one) => (one.open = true))")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document).then((told) => told.violations)")
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], section
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        others = [picture.getchannel(channel).getextrema()[1] for channel in "GB"]
        assert light == "dark" or others == [0, 0], section
