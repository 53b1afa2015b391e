"""What a driver said an hour ago is no answer: it is asked, and one that hangs is found out."""

import asyncio
import signal
from pathlib import Path
from typing import cast

import psutil
import pytest

from hardware.devices import DeviceSpec
from hardware.errors import DeviceError
from hardware.indi import sensing
from hardware.indi.link import Kind, Link, Property, State
from hardware.indi.opener import IndiOpener
from hardware.indi.properties import Remote, Session
from hardware.indi.sensing import IndiContactMonitor, IndiParkSensor, IndiPowerMonitor
from tests import indi_rig

pytestmark = [pytest.mark.asyncio]
SPEC = DeviceSpec("indi", "Box")
HOUR = 3600.0


class Driver:
    """One property of one device; `pushed` is what it has told by itself, `now` what it answers."""

    def __init__(self, kind: Kind = Kind.SWITCH, **values: float | str | bool) -> None:
        self.session, self.asked = Session(), 0
        self.now: Property | None = Property("Box", "CONTACT", kind, State.OK, values)
        self.session.defined(self.now)
        self.remote = Remote(self.session, cast(Link, None), "Box")

    async def ask(self, device: str, name: str) -> Property:
        assert (device, name) == ("Box", "CONTACT")
        self.asked += 1
        if self.now is None:
            raise DeviceError(device, f"its driver does not say what {name} is now")
        return self.now

    def becomes(self, **values: float | str | bool) -> Property:
        assert self.now
        self.now = Property("Box", "CONTACT", self.now.kind, State.OK, values)
        return self.now


@pytest.mark.looptime
async def test_a_word_of_a_moment_ago_is_believed_and_an_old_one_is_asked_for() -> None:
    driver = Driver(PARKED=True)
    sensor = IndiParkSensor(SPEC, {"element": "CONTACT.PARKED"}, driver.remote, driver.ask)
    assert await sensor.parked()
    assert driver.asked == 0
    await asyncio.sleep(HOUR)
    assert await sensor.parked()
    assert await sensor.parked()
    assert driver.asked == 1


@pytest.mark.looptime
async def test_a_driver_that_hangs_does_not_see_a_parked_telescope() -> None:
    driver = Driver(PARKED=True)
    sensor = IndiParkSensor(SPEC, {"element": "CONTACT.PARKED"}, driver.remote, driver.ask)
    await asyncio.sleep(HOUR)
    driver.now = None
    with pytest.raises(DeviceError, match="does not say what CONTACT is now"):
        await sensor.parked()
    driver.session.updated(Property("Box", "CONTACT", Kind.SWITCH, State.OK, {"PARKED": True}))
    assert await sensor.parked()  # it speaks again


@pytest.mark.looptime
async def test_what_was_never_pushed_is_learned_by_asking_and_told_as_a_change() -> None:
    driver = Driver(PARKED=True)
    sensor = IndiParkSensor(SPEC, {"element": "CONTACT.PARKED"}, driver.remote, driver.ask)
    assert await sensor.parked()
    changed = asyncio.create_task(sensor.changed())
    await asyncio.sleep(HOUR)
    driver.becomes(PARKED=False)
    assert not await sensor.parked()
    await changed
    assert driver.asked > 1, "it may have been on its way: it is asked again"


@pytest.mark.looptime
async def test_an_answer_that_is_older_than_what_was_pushed_meanwhile_changes_nothing() -> None:
    driver = Driver(PARKED=True)
    await asyncio.sleep(HOUR)

    async def ask(device: str, name: str) -> Property:
        driver.asked += 1
        if driver.asked == 1:  # the switch is released between the answer and its arrival
            old = await driver.ask(device, name)
            driver.session.updated(driver.becomes(PARKED=False))
            return old
        return await driver.ask(device, name)

    sensor = IndiParkSensor(SPEC, {"element": "CONTACT.PARKED"}, driver.remote, ask)
    assert not await sensor.parked()


@pytest.mark.looptime
async def test_any_element_is_a_safety_monitor() -> None:
    driver = Driver(Kind.TEXT, SKY="clear")
    words: dict[str, float | str | bool] = {"element": "CONTACT.SKY", "means": "clear"}
    monitor = IndiContactMonitor(SPEC, words, driver.remote, driver.ask)
    assert await monitor.safe()
    driver.session.updated(driver.becomes(SKY="cloudy"))
    assert not await monitor.safe()
    driver.now = None
    await asyncio.sleep(HOUR)
    with pytest.raises(DeviceError, match="does not say"):
        await monitor.safe()


@pytest.mark.looptime
async def test_a_battery_that_nobody_measures_any_more_is_not_full() -> None:
    driver = Driver(Kind.NUMBER, VOLTS=13.0)
    words: dict[str, float | str | bool] = {"battery": "CONTACT.VOLTS", "empty": 11.0, "full": 13.0}
    monitor = IndiPowerMonitor(SPEC, words, driver.remote, driver.ask)
    assert (await monitor.power()).battery_percent == 100
    await asyncio.sleep(HOUR)
    driver.now = None
    with pytest.raises(DeviceError, match="does not say"):
        await monitor.power()


@pytest.mark.indi
async def test_a_stopped_driver_is_found_out_by_asking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensing, "FRESH_SECONDS", 0.0)
    async with IndiOpener.start(indi_rig.settings(tmp_path, "lightpanel"), indi_rig.utc_clock()) as opener:
        name = "Light Panel Simulator"
        setup: dict[str, float | str | bool] = {"element": "FLAT_LIGHT_CONTROL.FLAT_LIGHT_OFF"}
        sensor = await opener.park_sensor(DeviceSpec("indi", name, setup))
        monitor = await opener.safety_monitor(DeviceSpec("indi", name, setup))
        assert await sensor.parked() is await monitor.safe()
        (driver,) = [one for one in psutil.Process().children(recursive=True) if "lightpanel" in one.name()]
        driver.send_signal(signal.SIGSTOP)
        with pytest.raises(DeviceError, match="its driver does not say what FLAT_LIGHT_CONTROL is now"):
            await sensor.parked()
        driver.send_signal(signal.SIGCONT)
        await sensor.parked()
