"""The page in headless Chromium at a phone's size, live on a real page server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from appliance.bus import Alarm, NeedsPerson, Said
from appliance.cli.rehearsing import Rehearsal
from appliance.leases import By as OwnedBy
from appliance.leases import LeasesState, Owned
from appliance.sequence.messages import LastSub
from appliance.sequence.vitals import RoofNow
from hardware.devices import RoofState
from tests.web.fake_box import Box, star_field
from tests.web.night_content import full_night, guarded, in_trouble, rehearsed, running

pytestmark = pytest.mark.browser
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE = {"width": 360, "height": 740, "pixelRatio": 2, "mobile": True, "touch": True}


class Phone:
    """A phone looking at the page, logged in."""

    def __init__(self, driver: webdriver.Chrome, box: Box) -> None:
        self.driver, self.port = driver, box.serve()
        driver.get(f"http://127.0.0.1:{self.port}/login")
        for cookie in box.cookies():
            driver.add_cookie({"name": cookie["name"], "value": cookie["value"]})
        driver.get(f"http://127.0.0.1:{self.port}/")

    def go(self, path: str) -> None:
        self.driver.get(f"http://127.0.0.1:{self.port}{path}")

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return self.find(selector).text

    def until(self, selector: str, words: str) -> None:
        self._wait(f"{selector} never said {words!r}", lambda: words in self.text(selector))

    def visible(self, selector: str, yes: bool = True) -> None:
        self._wait(f"{selector} visible: {not yes}", lambda: self.find(selector).is_displayed() is yes)

    def _wait(self, complaint: str, condition: object) -> None:
        wait = WebDriverWait(self.driver, 20, 0.05, ignored_exceptions=(StaleElementReferenceException,))
        wait.until(lambda _: condition(), complaint)  # type: ignore[operator]

    def press(self, command: str) -> None:
        self.visible(f"[data-command={command}]")
        self.click(f"[data-command={command}]")

    def click(self, selector: str) -> None:
        """Where it is not under the strip or the buttons."""
        place = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", place)
        place.click()

    def hold(self, command: str, seconds: float) -> None:
        self.visible(f"[data-command={command}]")
        button = self.find(f"[data-command={command}]")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        ActionChains(self.driver).click_and_hold(button).pause(seconds).release().perform()

    def complaints(self) -> list[str]:
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.fail("Chromium is not installed: run `make test`, or apt install chromium chromium-driver.")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(flag)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": PHONE})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options, Service(chromedriver))
    yield made
    made.quit()


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    path = tmp_path / "preview.jpg"
    path.write_bytes(star_field())
    return path


@pytest.fixture
def phone(box: Box, driver: webdriver.Chrome, preview: Path) -> Phone:
    box.preview = preview
    return Phone(driver, box)


def wait_done(phone: Phone, box: Box, *commands: str) -> None:
    phone._wait(f"the box did {box.done}, not {commands}", lambda: box.done == list(commands))


def test_shows_the_night_live(phone: Phone, box: Box, tmp_path: Path) -> None:
    phone.until("#phase", "Waiting")
    box.publish(*full_night())
    phone.until("#phase", "Running")
    phone.until("#target", "M 45")
    phone.until("#count", "7 of 24")
    phone.until("#filter", "L")
    phone.until("#tile-camera", "−9.9 °C")
    phone.until("#tile-mount", "Tracking")
    phone.until("#tile-guiding", "On")
    phone.until("#tile-guiding", "0.62″ RMS")
    phone.until("#tile-disk", "118 GB")
    phone.until("#tile-outputs", "1 on")
    phone.until("#tile-outputs", "Dew heater 45 %")
    phone.until("#left-of", "of 2:00")
    phone.until("#hfr", "1.94 px")
    phone.until("#stars", "405")
    phone.until("#error", "4.2″")
    phone.visible("#picture")
    for item, word in (("mount", "61°"), ("camera", "−10\u202f°C"), ("guiding", "0.62″"), ("roof", "Open"),
                       ("disk", "118\u202fGB")):  # fmt: skip
        phone.until(f"#strip-{item} b", word)
    assert phone.text("#log li:first-child").endswith("Dithered by 5 px, settled in 3 s.")
    before = phone.find("#preview").get_attribute("src")
    unmeasured = {"hfr": None, "stars": None, "error_arcsec": None}
    box.publish(LastSub(source="sequence", number=8, target="M 45", filter="Ha", file="8.fits", **unmeasured))
    phone.until("#sub-name", "no. 8")
    phone.until("#hfr", "–")
    phone._wait("the preview stayed", lambda: phone.find("#preview").get_attribute("src") != before)
    width = phone.driver.execute_script("return document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    assert phone.driver.save_screenshot(str(tmp_path / "page.png"))
    assert phone.complaints() == []


def test_buttons_are_big_and_reach_the_api(phone: Phone, box: Box) -> None:
    box.publish(running(phase="idle", exposing=False))
    phone.until("#phase", "Ready")
    phone.visible("[data-command=pause]", yes=False)
    phone.press("start")
    wait_done(phone, box, "start")
    box.publish(running())
    phone.visible("[data-command=start]", yes=False)
    for button in phone.driver.find_elements(By.CSS_SELECTOR, ".do"):
        if button.is_displayed():
            assert button.size["height"] >= 56
            assert button.size["width"] >= 56
    phone.press("pause")
    wait_done(phone, box, "start", "pause")
    box.publish(running(phase="paused", exposing=False))
    phone.press("resume")
    wait_done(phone, box, "start", "pause", "resume")
    box.publish(running())
    phone.hold("stop", 0.1)
    phone.until("#answer", "Hold Stop")
    assert box.done[-1] == "resume"
    phone.hold("stop", 1.3)
    wait_done(phone, box, "start", "pause", "resume", "stop")
    assert phone.complaints() == []


def test_the_roof_is_moved_by_holding_and_stopped_by_a_touch(phone: Phone, box: Box, tmp_path: Path) -> None:
    box.publish(running(), RoofNow(source="roof", roof=RoofState.OPEN))
    phone.visible("[data-command=roof_open]", yes=False)
    phone.hold("roof_close", 0.1)
    phone.until("#answer", "Hold Close roof")
    phone.hold("roof_close", 1.3)
    wait_done(phone, box, "roof_close")
    box.publish(RoofNow(source="roof", roof=RoofState.MOVING))
    phone.visible("[data-command=roof_close]", yes=False)
    phone.press("roof_stop")
    wait_done(phone, box, "roof_close", "roof_stop")
    box.publish(RoofNow(source="roof", roof=RoofState.CLOSED))
    phone.hold("roof_open", 1.3)
    wait_done(phone, box, "roof_close", "roof_stop", "roof_open")
    assert phone.find("[data-command=roof_stop]").size["height"] >= 56
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") == PHONE["width"]
    assert phone.driver.save_screenshot(str(tmp_path / "roof.png"))
    assert phone.complaints() == []


def test_errors_stand_at_the_top_until_understood(phone: Phone, box: Box) -> None:
    hostile = "Lost <b>bold</b> & gone"
    box.publish(
        Said(source="rig", level="error", text=hostile, code="device.lost", advice="Check the cable.")
    )
    phone.visible("#alarm")
    phone.until("#alarm", hostile)
    phone.until("#alarm", "device.lost")
    phone.until("#alarm", "Check the cable.")
    phone.until("#log li", hostile)
    phone.click("#alarm-close")
    phone.visible("#alarm", yes=False)
    phone.driver.refresh()
    phone.until("#log li", hostile)
    assert not phone.find("#alarm").is_displayed()
    phone.hold("park", 1.3)
    phone.until("#answer", "looking at the Sun")
    phone.until("#answer", "Wait for the night.")


def test_survives_a_restart_of_the_box(phone: Phone, box: Box) -> None:
    box.publish(running(), Said(source="t", text="before the restart"))
    phone.until("#log", "before the restart")
    assert box.server is not None
    box.run(box.server.stop)
    phone.visible("#lost")
    again = Box()
    try:
        # The new life's ids grow past the old ones before the phone is back.
        again.publish(*(Said(source="t", text=f"after the restart {n}") for n in range(30)))
        again.publish(running(phase="paused", filter_="Ha", exposing=False))
        again.serve(phone.port)
        phone.visible("#lost", yes=False)
        phone.until("#phase", "Paused")
        phone.until("#log li:first-child", "after the restart 29")
        assert len(phone.driver.find_elements(By.CSS_SELECTOR, "#log li")) == 30
        assert "before the restart" not in phone.text("#log")
        phone.press("resume")
        wait_done(phone, again, "resume")
    finally:
        again.close()


def test_the_countdown_follows_the_box_clock(phone: Phone, box: Box) -> None:
    ahead = running().exposing_since or 0.0
    box.api.now = lambda: ahead + 3700.0  # a box that is an hour ahead of the phone
    box.publish(running())
    phone.until("#left-of", "reading out")


def test_what_protects_the_night_is_shown(phone: Phone, box: Box, tmp_path: Path) -> None:
    box.publish(running(), *guarded())
    phone.until("#watch-safety", "Safe")
    phone.until("#watch-conditions", "Good sky")
    phone.until("#watch-roof", "Roof open")
    phone.visible("#watch-alarm", yes=False)
    phone.visible("#needs", yes=False)
    box.publish(*in_trouble())
    phone.until("#watch-alarm", "the roof is not closed")
    phone.until("#watch-safety", "Not safe")
    phone.until("#watch-safety", "it rains 2.0 mm/h")
    phone.until("#watch-conditions", "clouds")
    phone.until("#watch-roof", "Roof half-way")
    for light in ("", "red"):
        phone.driver.execute_script("document.documentElement.dataset.light = arguments[0]", light)
        assert phone.driver.save_screenshot(str(tmp_path / f"watch{light}.png"))
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") == PHONE["width"]
    box.publish(Alarm(source="actions", text="nobody has confirmed"), Alarm(source="safety"))
    phone.until("#watch-alarm", "nobody has confirmed")  # the end of one is not the end of another
    box.publish(Alarm(source="actions"))
    phone.visible("#watch-alarm", yes=False)
    assert phone.complaints() == []


def test_who_is_needed_is_asked_with_large_buttons(phone: Phone, box: Box) -> None:
    ask = NeedsPerson(source="startup", text="Polar aligned?", answers=("yes", "no"), since=1.8e9)
    box.publish(running(), NeedsPerson(source="disk", text="Make room", answers=()))
    phone.until("#needs-text", "Make room")
    box.publish(ask)  # what can be answered comes first
    phone.until("#needs-text", "Polar aligned?")
    for button in phone.driver.find_elements(By.CSS_SELECTOR, "#needs-answers button"):
        assert button.size["height"] >= 64
        assert button.size["width"] >= 64
    phone.find("[data-answer=no]").click()
    phone.until("#needs-told", "nothing is asked now")
    phone.find("[data-answer=yes]").click()
    wait_done(phone, box, "answer no", "answer yes")
    box.publish(NeedsPerson(source="startup"))
    phone.until("#needs-text", "Make room")
    box.publish(NeedsPerson(source="disk"))
    phone.visible("#needs", yes=False)
    box.publish(
        NeedsPerson(source="startup", text="Is it noon?", answers=("yes", "no", "use the phone's time"))
    )
    phone.until("#needs-text", "Is it noon?")  # before that, its last button is the old question's
    phone.find("#needs-answers button:last-child").click()
    wait_done(phone, box, "answer no", "answer yes", "clock")
    # The refused answer is the browser's to complain about, and nothing else.
    assert all("400" in complaint for complaint in phone.complaints())


def test_who_has_what_is_shown_and_can_be_lent(phone: Phone, box: Box) -> None:
    box.publish(running(), LeasesState(source="leases"))
    phone.visible("#leases", yes=False)
    has = Owned("CCD", "Nightbox's sequence", OwnedBy.PROCEDURE)
    box.publish(LeasesState(source="leases", devices=(has,), clients=("192.168.1.20",)))
    phone.until("#leases-list", "Nightbox's sequence")
    phone.click("#leases-list button")
    wait_done(phone, box, "lease_grant CCD 192.168.1.20")
    lent = Owned("CCD", "Nightbox's sequence", OwnedBy.PROCEDURE, "192.168.1.20", lent=True, waits=True)
    box.publish(LeasesState(source="leases", devices=(lent,), clients=("192.168.1.20",)))
    phone.until("#leases-list", "Nightbox's sequence; then 192.168.1.20")
    phone.click("#leases-list button")
    wait_done(phone, box, "lease_grant CCD 192.168.1.20", "lease_take_back CCD")
    assert phone.complaints() == []


def test_a_rehearsal_is_started_and_told(phone: Phone, box: Box, tmp_path: Path) -> None:
    box.publish(running(phase="idle", exposing=False))
    phone.until("[data-command=rehearse]", "Rehearse tonight")
    phone.visible("#rehearsal-link", yes=False)
    phone.press("rehearse")
    wait_done(phone, box, "rehearse")
    box.publish(Rehearsal(source="rehearsal", phase="running", verdict="Rehearsing tonight …"))
    phone.until("#rehearsal-verdict", "Rehearsing")
    page = tmp_path / "rehearsal.html"
    page.write_text("<html id=red><style>:root:target { color: red }</style><p>The night", encoding="utf-8")
    box.api.rehearsal = page
    box.publish(rehearsed())
    phone.until("#rehearsal-verdict", "1 serious problem")
    phone.until("#rehearsal-count", "36 of 61 subs")
    problems = phone.driver.find_elements(By.CSS_SELECTOR, "#rehearsal-problems li")
    assert [one.get_attribute("data-serious") for one in problems] == ["true", "false"]
    assert problems[0].text == "The wheel has no filter 'Foo'.\nCorrect the plan."
    width = phone.driver.execute_script("return document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    assert phone.driver.save_screenshot(str(tmp_path / "rehearsal.png"))
    box.publish(running())
    phone.visible("[data-command=rehearse]", yes=False)  # not while the night runs
    assert str(phone.find("#rehearsal-link").get_attribute("href")).endswith("/rehearsed")
    phone.driver.get(f"http://127.0.0.1:{phone.port}/rehearsal#red")
    assert phone.driver.execute_script("return getComputedStyle(document.documentElement).color") == (
        "rgb(255, 0, 0)"
    )
    assert phone.complaints() == []


def test_red_light_is_remembered_and_the_picture_is_taken(phone: Phone, box: Box, tmp_path: Path) -> None:
    box.publish(*full_night())
    phone.visible("#picture")
    phone.click("#red")
    phone.driver.refresh()
    phone.visible("#picture")
    assert phone.find("html").get_attribute("data-light") == "red"
    phone.click("#red")
    picture = tmp_path / "page.png"
    phone.until("#left-of", "of 2:00")
    assert phone.driver.save_screenshot(str(picture))
    assert 20_000 < picture.stat().st_size < 300_000
    assert phone.complaints() == []
