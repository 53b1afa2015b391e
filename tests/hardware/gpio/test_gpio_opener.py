"""A computer with and without pins; what a reopened device finds."""

import asyncio
import threading
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.devices import Site
from hardware.errors import DeviceMissing, DeviceUnsupported
from hardware.gpio.opener import GpioOpener
from hardware.registry import drivers
from tests.electrics import spec

HAS_PINS = any(Path("/dev").glob("gpiochip*"))


@pytest.mark.skipif(HAS_PINS, reason="this computer has pins")
def test_a_computer_without_pins_says_so_and_keeps_its_folder_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def look() -> None:
        async with GpioOpener().running() as opener:
            for _ in range(2):
                with pytest.raises(DeviceMissing, match="no GPIO pins") as missing:
                    await opener.park_sensor(spec("Park", pin=17))
            assert "group gpio" in missing.value.advice
            assert await opener.discover() == []

    asyncio.run(look())
    assert Path.cwd() == tmp_path
    assert list(tmp_path.iterdir()) == []


async def test_edges_from_another_thread_reach_the_loop() -> None:
    """As lgpio tells of them; in real time."""
    pins = MockFactory()
    async with GpioOpener(pins).running() as opener:
        monitor = await opener.safety_monitor(spec("Rain", pin=17, debounce_seconds=0))
        assert not await monitor.safe()
        for drive, safe in ((pins.pin(17).drive_low, True), (pins.pin(17).drive_high, False)):
            thread = threading.Thread(target=drive)
            thread.start()
            async with asyncio.timeout(5.0):
                await monitor.changed()
            thread.join()
            assert await monitor.safe() is safe
    pins.pin(17).drive_low()  # after it was closed nobody is told


async def test_what_is_no_matter_of_pins_is_refused_in_words() -> None:
    opener = GpioOpener(MockFactory())
    for kind in ("camera", "mount", "focuser", "filter_wheel", "rotator", "gnss", "cover", "flat_panel"):
        with pytest.raises(DeviceUnsupported, match="'gpio'"):
            await getattr(opener, kind)(spec("It"))
    with pytest.raises(DeviceUnsupported, match="weather station"):
        await opener.observing_conditions(spec("It"))
    assert await opener.discover() == [("Raspberry Pi 3B", ("pins", "board"))]


async def test_everything_is_given_back_at_the_end() -> None:
    pins = MockFactory()
    async with GpioOpener(pins).running() as opener:
        await opener.output(spec("Heater", pin=5, at_start=1))
        await opener.park_sensor(spec("Park", pin=17))
        assert pins.pin(5).state
    async with GpioOpener(pins).running() as opener:
        await opener.output(spec("Other", pin=17))
        assert pins.pin(5).function == "input"


@pytest.mark.skipif(HAS_PINS, reason="this computer has pins")
async def test_the_registry_starts_the_driver_that_the_profile_names() -> None:
    async with drivers({"gpio"}, None, lambda _: 0.0, Site(0.0, 0.0)) as registry:
        for kind in ("button", "status_light", "buzzer", "park_sensor"):
            pins = {"red_pin": 16, "green_pin": 20, "blue_pin": 21} if kind == "status_light" else {"pin": 17}
            with pytest.raises(DeviceMissing, match="no GPIO pins"):
                await getattr(registry, kind)(spec("It", **pins))
        assert await registry.discover() == []
