"""Any element of any INDI driver as an output, a park sensor, a power monitor; and hearing of its changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.devices import DeviceSpec, Output
from hardware.errors import DeviceRefused, DeviceUnsupported
from hardware.indi.element import means_yes
from hardware.indi.link import State
from hardware.indi.opener import IndiOpener
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]


@pytest.fixture
async def opener(tmp_path: Path) -> AsyncIterator[IndiOpener]:
    settings = indi_rig.settings(tmp_path, "ccd", "lightpanel", "telescope", "indi_pegasus_upb")
    async with IndiOpener.start(settings, indi_rig.utc_clock()) as opener:
        yield opener


async def channel(opener: IndiOpener, device: str, element: str, **setup: float | str) -> Output:
    return await opener.output(DeviceSpec("indi", element, {"device": device, "element": element, **setup}))


async def test_numbers_of_one_vector_do_not_undo_each_other(opener: IndiOpener) -> None:
    vector = "SIMULATOR_SETTINGS"
    one = await channel(opener, "CCD Simulator", f"{vector}.SIM_XRES", off=500, full=1500)
    two = await channel(opener, "CCD Simulator", f"{vector}.SIM_YRES", off=500, full=1500)
    assert one.dimmable
    await asyncio.gather(one.set_level(0.25), two.set_level(0.75))
    await asyncio.sleep(0.5)
    assert (await one.level(), await two.level()) == (0.25, 0.75)


async def test_the_drivers_own_limits_are_off_and_full(opener: IndiOpener) -> None:
    light = await channel(opener, "Light Panel Simulator", "FLAT_LIGHT_INTENSITY.FLAT_LIGHT_INTENSITY_VALUE")
    await light.set_level(1.0)
    assert await light.level() == 1.0
    await light.set_level(0.5)
    assert await light.level() == pytest.approx(0.5, abs=0.01)


async def test_of_two_switches_off_is_the_other_one(opener: IndiOpener) -> None:
    light = await channel(opener, "Light Panel Simulator", "FLAT_LIGHT_CONTROL.FLAT_LIGHT_ON")
    for level in (1.0, 0.0, 1.0):
        await light.set_level(level)
        assert await light.level() == level
    with pytest.raises(DeviceRefused, match="nothing between"):
        await light.set_level(0.5)


async def test_what_does_not_fit_is_said_by_name(opener: IndiOpener) -> None:
    with pytest.raises(DeviceUnsupported, match=r"no FLAT_LIGHT_CONTROL\.LAMP") as error:
        await channel(opener, "Light Panel Simulator", "FLAT_LIGHT_CONTROL.LAMP")
    assert "FLAT_LIGHT_ON" in error.value.advice
    with pytest.raises(DeviceRefused, match="does not say which element"):
        await channel(opener, "Light Panel Simulator", "LAMP")
    with pytest.raises(DeviceRefused, match=r"setup\.ful is not known"):
        await channel(opener, "Light Panel Simulator", "FLAT_LIGHT_CONTROL.FLAT_LIGHT_ON", ful=1)
    with pytest.raises(DeviceUnsupported, match="nothing that can be set"):
        await channel(opener, "Telescope Simulator", "DRIVER_INFO.DRIVER_NAME")


async def test_a_change_is_told_of_at_once_and_only_a_change(opener: IndiOpener) -> None:
    setup: dict[str, float | str | bool] = {
        "device": "Light Panel Simulator", "element": "FLAT_LIGHT_CONTROL.FLAT_LIGHT_ON"
    }  # fmt: skip
    sensor = await opener.park_sensor(DeviceSpec("indi", "Contact", setup))
    lamp = await opener.output(DeviceSpec("indi", "Lamp", setup))
    await lamp.set_level(0.0)
    assert await sensor.parked() is False
    hearing = asyncio.create_task(sensor.changed())
    await asyncio.sleep(1.0)
    assert not hearing.done()
    loop = asyncio.get_running_loop()
    before = loop.time()
    await lamp.set_level(1.0)
    await hearing
    assert loop.time() - before < 0.5
    assert await sensor.parked() is True
    await lamp.set_level(0.0)  # between the answer and the listening: not missed either
    async with asyncio.timeout(0.5):
        await sensor.changed()


async def test_a_battery_is_read_in_volts(opener: IndiOpener) -> None:
    await indi_rig.pretend(opener, "Pegasus UPB")
    setup: dict[str, float | str | bool] = {
        "battery": "POWER_SENSORS.SENSOR_VOLTAGE", "empty": 11.0, "full": 13.0,
        "mains": "POWER_OVER_CURRENT.POWER_PORT_1", "mains_means": "Alert",
    }  # fmt: skip
    monitor = await opener.power_monitor(DeviceSpec("indi", "Pegasus UPB", setup))
    await monitor.changed()  # nothing has been answered yet
    async with asyncio.timeout(10):
        while (power := await monitor.power()).battery_percent == 0:  # no voltage before its first reading
            await monitor.changed()
    assert power.battery_percent == pytest.approx(50)
    assert power.mains is False


@pytest.mark.parametrize(
    ("value", "yes", "answer"),
    [
        (True, None, True), (True, False, False), (False, False, True),
        (State.OK, None, True), (State.ALERT, None, False), (State.ALERT, "Alert", True),
        (1.0, None, True), (0.4, None, False), (11.9, 12.0, False), (12.0, 12.0, True),
        (" On ", None, True), ("OL", "ol", True), ("OB", "ol", False),
    ],
)  # fmt: skip
async def test_what_says_yes(
    value: float | str | bool | State, yes: float | str | bool | None, answer: bool
) -> None:
    assert means_yes(value, yes) is answer
