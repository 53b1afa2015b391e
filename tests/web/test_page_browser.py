"""The page in headless Chromium at a phone's size, live on a real page server."""

import os
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

from appliance.bus import Said
from appliance.sequence.messages import LastSub
from tests.web.fake_box import Box, star_field
from tests.web.night_content import focus_done, full_night, running

pytestmark = pytest.mark.browser
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE = {"width": 360, "height": 740, "pixelRatio": 2, "mobile": True, "touch": True}


class Phone:
    """A phone looking at the page."""

    def __init__(self, driver: webdriver.Chrome, port: int) -> None:
        self.driver, self.port = driver, port
        driver.get(f"http://127.0.0.1:{port}/")

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
        self.find(f"[data-command={command}]").click()

    def hold(self, command: str, seconds: float) -> None:
        self.visible(f"[data-command={command}]")
        button = self.find(f"[data-command={command}]")
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
    return Phone(driver, box.serve())


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
    phone.until("#tile-disk", "118 GB")
    phone.until("#left-of", "of 2:00")
    phone.until("#hfr", "1.94 px")
    phone.until("#stars", "405")
    phone.until("#error", "4.2″")
    phone.visible("#picture")
    assert (
        len(phone.driver.find_elements(By.CSS_SELECTOR, "#curve circle.dot")) == len(focus_done().points) - 1
    )
    assert len(phone.driver.find_elements(By.CSS_SELECTOR, "#curve path.out")) == 1
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
    phone.find("#alarm-close").click()
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


def test_red_light_is_remembered_and_the_picture_is_taken(phone: Phone, box: Box, tmp_path: Path) -> None:
    box.publish(*full_night())
    phone.visible("#picture")
    phone.find("#red").click()
    phone.driver.refresh()
    phone.visible("#picture")
    assert phone.find("html").get_attribute("data-light") == "red"
    phone.find("#red").click()
    # README's picture: NIGHTBOX_PICTURE=docs/page.png pytest tests/web -m browser -k picture
    picture = Path(os.environ.get("NIGHTBOX_PICTURE", tmp_path / "page.png"))
    phone.until("#left-of", "of 2:00")
    assert phone.driver.save_screenshot(str(picture))
    assert 20_000 < picture.stat().st_size < 300_000
    assert phone.complaints() == []
