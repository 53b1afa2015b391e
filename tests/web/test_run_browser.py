"""The Run screen and the viewer in Chromium, on a real box with the simulated rig: whole tasks."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from appliance.journal import Sub, SubState
from tests.web.saved_subs import add_subs
from tests.web.sim_box import SimBox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
PATIENCE = 60_000  # ms; the machine may be busy
TELESCOPIUS = (
    "Catalogue Entry,Familiar Name,Right Ascension (j2000),Declination (j2000),notes\n"
    'M 42,Orion Nebula,05h 35m 17s,"-05° 23\' 28""",in winter\n'
)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[SimBox]:
    made = SimBox(tmp_path)
    made.serve()
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, box: SimBox) -> Iterator[Page]:
    """A phone; at the end no script has failed on it."""
    assert box.server
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=f"http://127.0.0.1:{box.server.port}", has_touch=True
    )
    context.add_cookies(box.cookies())
    context.set_default_timeout(PATIENCE)
    made = context.new_page()
    failures: list[str] = []
    made.on("pageerror", lambda error: failures.append(str(error)))
    yield made
    context.close()
    assert failures == []


def plan(box: SimBox) -> dict[str, Any]:
    told: Any = box.run(box.api.call, "plan_text", {})
    return dict(told["plan"])


def names(box: SimBox) -> list[str]:
    return [item.get("name") or item["do"] for item in plan(box)["target"]]


def press(place: Page | Locator, name: str, **more: Any) -> None:
    place.get_by_role("button", name=name, **more).click()


def test_the_plan_is_put_in_order_and_shortened(page: Page, box: SimBox) -> None:
    page.goto("/run")
    expect(page.locator("#plan-name")).to_have_text("Autumn")
    expect(page.locator("#plan-count")).to_contain_text("0 of 8 subs")
    expect(page.locator("#plan-items > li")).to_have_count(3)
    press(page, "Move down: M31")
    expect(page.locator("#plan-items h3").first).to_have_text("M33")
    assert names(box) == ["M33", "M31", "panel flats"]
    press(page, "Delete: Panel flats")
    press(page.get_by_role("dialog"), "Keep it")
    expect(page.locator("#plan-items > li")).to_have_count(3)
    press(page, "Delete: Panel flats")
    press(page.get_by_role("dialog"), "Delete", exact=True)
    expect(page.locator("#plan-items > li")).to_have_count(2)
    assert names(box) == ["M33", "M31"]


def test_a_target_is_added_from_the_search_with_what_is_wrong_beside_its_field(
    page: Page, box: SimBox
) -> None:
    page.goto("/run?add=My+field&ra=83.82&dec=-5.39&pa=90")
    form = page.get_by_role("dialog")
    expect(form.locator("[name=name]")).to_have_value("My field")
    expect(form.locator("[name=ra_deg]")).to_have_value("05h35m16.8s")
    form.locator("[name=seconds]").fill("-3")
    form.locator("[name=dec_deg]").fill("+95")
    press(form, "Save")
    flaws = form.locator(".flaw:visible")
    expect(flaws).to_have_count(2)
    expect(form.locator("[name=seconds]")).to_have_attribute("aria-invalid", "true")
    expect(form.locator("label", has=page.locator("[name=dec_deg]")).locator(".flaw")).to_contain_text("90")
    form.locator("[name=seconds]").fill("2.5")
    form.locator("[name=dec_deg]").fill("-05 23 28")
    form.locator("[name=count]").fill("4")
    press(form, "Save")
    expect(form).to_have_count(0)
    expect(page.locator("#plan-items > li")).to_have_count(4)
    added = plan(box)["target"][3]
    assert (added["name"], added["ra_deg"], added["position_angle_deg"]) == ("My field", 83.82, 90)
    assert added["dec_deg"] == pytest.approx(-5.391, abs=0.001)
    assert [(one["filter"], one["seconds"], one["count"]) for one in added["step"]] == [("L", 2.5, 4)]


def test_a_program_and_a_wait_are_added_and_changed(page: Page, box: SimBox, tmp_path: Path) -> None:
    program = tmp_path / "lights.py"
    program.write_text("print('off')\n", "utf-8")
    page.goto("/run")
    press(page, "Add…")
    press(page.get_by_role("dialog"), "Program", exact=True)
    form = page.get_by_role("dialog", name="Add: Program")
    form.locator("[name=file]").fill("/nowhere/lights.py")
    form.locator("[name=arguments]").fill('all "two rooms"')
    form.get_by_text("End the night", exact=True).click()
    press(form, "Save")
    expect(form.locator(".flaw:visible")).to_contain_text("there is no file")
    form.locator("[name=file]").fill(str(program))
    press(form, "Save")
    expect(form).to_have_count(0)
    added = plan(box)["target"][3]
    assert (added["do"], added["file"], added["on_failure"]) == ("script", str(program), "stop")
    assert added["arguments"] == ["all", "two rooms"]
    expect(page.locator("#plan-items > li").nth(3)).to_contain_text("lights.py")
    press(page, "Add…")
    press(page.get_by_role("dialog"), "Wait", exact=True)
    form = page.get_by_role("dialog", name="Add: Wait")
    form.locator("[name=seconds]").fill("90")
    press(form, "Save")
    expect(page.locator("#plan-items > li").nth(4)).to_contain_text("for 1:30")
    press(page, "Change: Wait")
    form = page.get_by_role("dialog", name="Wait")
    form.locator("[name=seconds]").fill("")
    form.locator("[name=ask]").fill("Dew shield on?")
    press(form, "Save")
    expect(page.locator("#plan-items > li").nth(4)).to_contain_text("Dew shield on?")
    assert [plan(box)["target"][4][key] for key in ("seconds", "ask")] == [0, "Dew shield on?"]


def test_what_is_seldom_changed_has_its_place(page: Page, box: SimBox) -> None:
    page.goto("/run")
    press(page, "Change: M31")
    form = page.get_by_role("dialog")
    form.get_by_text("Orbit of a comet or asteroid").click()
    form.locator("[name=eccentricity]").fill("0.0934")
    press(form, "Save")
    expect(form.locator(".flaw:visible")).to_have_count(5)
    mars = {"perihelion_au": 1.3814, "inclination_deg": 1.8497, "node_deg": 49.56, "argument_deg": 286.5}
    for key, value in {**mars, "perihelion_jd": 2461200.5}.items():
        form.locator(f"[name={key}]").fill(str(value))
    press(form, "Save")
    expect(form).to_have_count(0)
    assert plan(box)["target"][0]["orbit"] == {**mars, "eccentricity": 0.0934, "perihelion_jd": 2461200.5}
    press(page, "Options…")
    form = page.get_by_role("dialog")
    form.get_by_text("More options").click()
    form.get_by_text("Always", exact=True).click()
    form.locator("[name=focus_every_subs]").fill("7")
    form.get_by_text("Program after the last item").click()
    form.locator("[name=file]:visible").fill("no/program")
    form.get_by_text("Program after the last item").click()
    press(form, "Save")  # what is wrong is unfolded
    expect(form.locator(".flaw:visible")).to_contain_text("there is no file")
    form.locator("[name=file]:visible").fill("")
    press(form, "Save")
    expect(form).to_have_count(0)
    told = plan(box)
    assert (told["focus_on_filter_change"], told["focus_every_subs"]) == ("always", 7)
    assert told["script"] == {"start": None, "end": None, "error": None}


def test_a_night_from_start_to_its_subs_with_a_change_on_the_way(page: Page, box: SimBox) -> None:
    page.goto("/run")
    expect(page.locator("#plan-count")).to_contain_text("0 of 8")
    box.run(box.api.call, "start", {})
    expect(page.locator("#plan-items > li").first).to_have_attribute("aria-current", "step")
    expect(page.locator("#plan-items > li").first).to_contain_text("3/3", timeout=120_000)
    press(page, "Change: M33")
    form = page.get_by_role("dialog")
    expect(form.locator(".note")).to_contain_text("no new one begins until you save")
    form.locator("[name=count]").fill("1")
    press(form, "Save")
    expect(form).to_have_count(0)
    page.get_by_role("tab", name="Subs").click()
    expect(page.locator("#subs-list > li")).to_have_count(6, timeout=120_000)
    newest = page.locator("#subs-list > li").first
    expect(newest).to_contain_text("M 33 · L · 1 s")
    expect(newest).to_contain_text(re.compile(r"HFR \d\.\d\d.*Stars \d+"))
    expect(newest.locator("img")).to_have_js_property("naturalWidth", 192)
    page.get_by_role("tab", name="Plan").click()
    expect(page.locator("#plan-count")).to_contain_text("6 of 6")
    saved: Any = box.run(lambda: box.night.journal.read(Sub, state=SubState.SAVED))
    assert [sub.target for sub in saved] == ["M 31"] * 5 + ["M 33"]


def test_plans_are_imported_kept_and_taken(page: Page, box: SimBox) -> None:
    page.goto("/run")
    expect(page.locator("#plan-name")).to_have_text("Autumn")
    press(page, "Plans…")
    sheet = page.get_by_role("dialog", name="Plans on the box")
    expect(sheet).to_contain_text("No plan is stored yet.")
    sheet.get_by_text("Keep this plan under a name").click()
    press(sheet, "Keep", exact=True)
    expect(sheet.locator("#answer")).to_have_text("It is kept.")
    sheet.get_by_text("Import a plan of another program").click()
    sheet.locator("input[type=file]").set_input_files(
        {"name": "winter.csv", "mimeType": "text/csv", "buffer": TELESCOPIUS.encode()}
    )
    press(sheet, "Read it")
    expect(sheet.locator(".left")).to_contain_text("notes = in winter")
    press(sheet, "Keep and take it")
    expect(sheet).to_have_count(0)
    expect(page.locator("#plan-name")).to_have_text("winter")
    assert names(box) == ["Orion Nebula"]
    press(page, "Plans…")
    expect(sheet.locator(".plans li")).to_have_count(2)
    expect(sheet.locator(".plans li", has_text="winter")).to_contain_text("in use")
    press(sheet, "Take Autumn")
    expect(page.locator("#plan-name")).to_have_text("Autumn")


def test_a_picture_is_seen_as_a_whole_and_pixel_by_pixel(page: Page, box: SimBox) -> None:
    first, *_ = add_subs(box)
    page.goto("/run#subs")
    row = page.locator(f"[data-sub='{first}']")
    expect(row.locator("img")).to_have_js_property("complete", True)  # made when it was looked for
    row.click()
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-ready", "true")
    expect(page.locator(".picture-facts")).to_contain_text("312 stars")
    stars = page.locator(".layer-stars")
    expect(stars.locator("circle")).not_to_have_count(0)
    expect(stars).to_have_attribute("visibility", "hidden")
    press(page, "Stars with their HFR")
    expect(stars).to_have_attribute("visibility", "visible")
    press(page, "Objects of the catalogue")
    expect(page.locator(".layer-objects text", has_text="M 31").first).to_be_attached()
    scale = float(stage.get_attribute("data-scale") or 0)
    assert scale == pytest.approx(stage.bounding_box()["width"] / 1400, rel=0.02)  # type: ignore[index]
    stage.dblclick()
    expect(stage).to_have_attribute("data-scale", "1.000")
    expect(page.locator(".tile").first).to_have_js_property("complete", True)
    stage.hover()
    page.mouse.wheel(0, -400)
    expect(stage).not_to_have_attribute("data-scale", "1.000")
    stage.press("0")
    expect(stage).to_have_attribute("data-scale", f"{scale:.3f}")
    press(page, "Loupe")
    stage.hover()
    expect(page.locator(".loupe")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="FITS").click()
    assert download.value.suggested_filename == "M31_0001.fits"
    press(page, "Close")
    expect(stage).to_have_count(0)


def test_two_fingers_zoom_the_picture(page: Page, box: SimBox) -> None:
    first, *_ = add_subs(box)
    page.goto(f"/image/{first}")
    expect(page.locator(".layer-stars circle")).not_to_have_count(0)
    stage = page.locator(".stage")
    whole, place = float(stage.get_attribute("data-scale") or 0), stage.bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    phone = page.context.new_cdp_session(page)

    def fingers(kind: str, *apart: float) -> None:
        for reach in apart:
            both = [{"x": x - reach, "y": y, "id": 0}, {"x": x + reach, "y": y, "id": 1}]
            phone.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": both})

    fingers("touchStart", 30)
    fingers("touchMove", 45, 60, 90)
    phone.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert float(stage.get_attribute("data-scale") or 0) == pytest.approx(3 * whole, rel=0.1)
    expect(page.locator(".tile")).not_to_have_count(0)
    fingers("touchStart", 90)
    fingers("touchMove", 60, 30)
    phone.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert float(stage.get_attribute("data-scale") or 0) == pytest.approx(whole, rel=0.15)


def test_subs_say_what_the_gate_found(page: Page, box: SimBox) -> None:
    add_subs(box)
    page.goto("/run#subs")
    rows = page.locator("#subs-list > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("rejected: elongation")
    expect(rows.nth(1)).to_contain_text("marked: stars")
    expect(rows.nth(2)).to_contain_text("Elongation 1.12")


def test_the_camera_by_hand(page: Page, box: SimBox) -> None:
    page.goto("/run#camera")
    page.locator("#shot [name=seconds]").fill("")
    press(page, "Preview")
    expect(page.locator("#shot .flaw:visible")).to_contain_text("Give the seconds")
    page.locator("#shot [name=seconds]").fill("1")
    press(page, "Preview")
    expect(page.locator("#hand-picture")).to_be_visible()
    expect(page.locator("#hand-stars")).to_have_text(re.compile(r"\d+"))
    expect(page.locator("#hand-file")).to_have_text("not saved")
    page.locator("#shot [name=count]").fill("2")
    press(page, "Take and keep")
    expect(page.locator("#hand-file")).to_contain_text("0002.fits")
    expect(page.locator("#hand-doing")).to_have_text("")
    page.locator("#hand-picture").click()
    expect(page.locator(".layer-stars circle")).not_to_have_count(0)  # as any sub
    press(page, "Close")
    page.locator("#cool [name=celsius]").fill("-10")
    press(page, "Cool down")
    expect(page.locator("#cooler-aim")).to_contain_text("−10.0")


def test_darks_are_added_to_the_plan_and_flats_taken_now(page: Page, box: SimBox) -> None:
    page.goto("/run#flats")
    expect(page.locator("#library-needs li").first).to_contain_text("20 missing")
    press(page, "Darks and bias…")
    press(page.get_by_role("dialog"), "Add to the plan")
    form = page.get_by_role("dialog", name="Add: Darks and bias")
    form.locator("[name=count]").fill("3")
    press(form, "Save")
    expect(form).to_have_count(0)
    assert plan(box)["target"][-1]["count"] == 3
    press(page, "Panel flats…")
    press(page.get_by_role("dialog"), "Take them now")
    form = page.get_by_role("dialog", name="Panel flats")
    form.locator("[name=count]").fill("2")
    press(form, "Take them now")
    expect(form).to_have_count(0)
    page.get_by_role("tab", name="Plan").click()
    expect(page.locator("#plan-name")).to_contain_text("Panel flats 20")
    stored: Any = box.run(box.api.call, "plans", {})
    assert "Autumn" in [one["plan"] for one in stored["plans"]]


def shown_in(page: Page, box: SimBox, light: str) -> None:
    assert box.server
    home = f"http://127.0.0.1:{box.server.port}"
    page.context.add_cookies([{"name": "light", "value": light, "url": home}])


def each_part(page: Page, box: SimBox) -> Iterator[str]:
    """Every part of the screen, a form, the plans, and a picture with all that can be drawn over it."""
    first, *_ = add_subs(box)
    for part in ("plan", "subs", "camera", "flats"):
        page.goto(f"/run#{part}")
        page.reload()
        expect(page.locator(f"#part-{part}")).to_be_visible()
        if part == "subs":
            expect(page.locator("#subs-list > li")).to_have_count(3)
        if part == "plan":
            expect(page.locator("#plan-items > li")).to_have_count(3)
        yield part
    page.get_by_role("tab", name="Plan").click()
    press(page, "Change: M31")
    form = page.get_by_role("dialog")
    form.locator("[name=seconds]").first.fill("-1")
    press(form, "Save")
    expect(form.locator(".flaw:visible")).to_have_count(1)
    yield "form"
    press(form, "Go back")
    press(page, "Plans…")
    expect(page.get_by_role("dialog", name="Plans on the box")).to_be_visible()
    yield "plans"
    page.goto(f"/image/{first}", wait_until="domcontentloaded")
    expect(page.locator(".layer-stars circle")).not_to_have_count(0)
    for name in ("Stars with their HFR", "North and east", "Target", "Objects of the catalogue"):
        press(page, name)
    yield "picture"


@pytest.mark.parametrize("light", ["dark", "red"])
def test_everybody_can_use_all_of_it(page: Page, box: SimBox, light: str) -> None:
    shown_in(page, box, light)
    for part in each_part(page, box):
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document).then((told) => told.violations)")
        assert [(part, one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_red_light_is_red_in_all_of_it(page: Page, box: SimBox) -> None:
    shown_in(page, box, "red")
    for part in each_part(page, box):
        pixels = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB"))
        assert pixels[..., 0].max() > 100, part
        assert pixels[..., 1:].max() <= 2, part


def test_large_letters_fit(page: Page, box: SimBox) -> None:
    for part in each_part(page, box):
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, part
        dialog = page.locator("dialog[open]")
        if dialog.count():
            assert dialog.first.evaluate("place => place.scrollWidth <= place.clientWidth"), part
        page.evaluate("document.documentElement.style.fontSize = ''")


def test_everything_is_big_enough_for_a_thumb(page: Page, box: SimBox) -> None:
    add_subs(box)
    for part in ("plan", "subs", "camera", "flats"):
        page.goto(f"/run#{part}")
        page.reload()
        expect(page.locator(f"#part-{part}")).to_be_visible()
        for button in page.locator(f"#part-{part} button:visible, .parts button").all():
            size = button.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 48, button.inner_html()
        for mark in page.locator("main :is(input[type=radio], input[type=checkbox]):visible").all():
            size = mark.bounding_box()
            assert size is not None
            assert size["width"] == size["height"]  # its words are beside it
        assert page.locator("main").evaluate("place => place.scrollWidth <= innerWidth")
