"""Channels of an Alpaca switch device as a safety monitor and as a power monitor."""

from collections.abc import AsyncIterator

import pytest

from hardware.alpaca.opener import AlpacaOpener
from hardware.devices import DeviceSpec, Output, Power
from hardware.errors import DeviceRefused
from tests import alpaca_rig, indi_rig

pytestmark = [pytest.mark.asyncio]


@pytest.fixture
async def server() -> AsyncIterator[alpaca_rig.Running]:
    async with alpaca_rig.server() as running:
        yield running


async def channel(opener: AlpacaOpener, server: alpaca_rig.Running, number: int) -> Output:
    return await opener.output(DeviceSpec("alpaca", "Channel", {"address": server.address, "switch": number}))


async def test_a_channel_is_a_safety_monitor(server: alpaca_rig.Running) -> None:
    opener = AlpacaOpener(indi_rig.utc_clock())
    relay = await channel(opener, server, 0)
    setup: dict[str, float | str | bool] = {"address": server.address, "switch": 0}
    plain = await opener.safety_monitor(DeviceSpec("alpaca", "Relay", setup))
    inverted = await opener.safety_monitor(DeviceSpec("alpaca", "Relay", {**setup, "inverted": True}))
    for level in (1.0, 0.0):
        await relay.set_level(level)
        assert await plain.safe() is (level == 1.0)
        assert await inverted.safe() is (level == 0.0)


async def test_channels_tell_of_mains_and_battery(server: alpaca_rig.Running) -> None:
    opener = AlpacaOpener(indi_rig.utc_clock())
    mains, battery = await channel(opener, server, 0), await channel(opener, server, 1)
    setup: dict[str, float | str | bool] = {
        "address": server.address, "mains": 0, "battery": 1, "empty": 20, "full": 80,
    }  # fmt: skip
    monitor = await opener.power_monitor(DeviceSpec("alpaca", "UPS", setup))
    for on, level, percent in ((1.0, 0.5, 50.0), (0.0, 0.2, 0.0), (0.0, 1.0, 100.0)):
        await mains.set_level(on)
        await battery.set_level(level)
        assert await monitor.power() == Power(mains=on == 1.0, battery_percent=percent)
    only = {key: value for key, value in setup.items() if key != "mains"}
    assert (await (await opener.power_monitor(DeviceSpec("alpaca", "UPS", only))).power()).mains is None


@pytest.mark.parametrize(
    ("setup", "why"),
    [
        ({}, "names neither mains nor battery"),
        ({"battery": 7}, "setup.battery = 7: it has 3 channels"),
        ({"battery": 1, "empty": 13, "full": 11}, "setup.empty must be a number less than setup.full"),
        ({"battery": 1.5}, "setup.battery = 1.5 is not a whole number"),
        ({"battery": 1, "fill": 9}, "setup.fill is not known"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(
    server: alpaca_rig.Running, setup: dict[str, float | str | bool], why: str
) -> None:
    opener = AlpacaOpener(indi_rig.utc_clock())
    with pytest.raises(DeviceRefused) as refused:
        await opener.power_monitor(DeviceSpec("alpaca", "UPS", {"address": server.address, **setup}))
    assert why in refused.value.sentence
