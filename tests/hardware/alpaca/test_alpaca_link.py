"""Alpaca servers that are slow, silent, gone, wrong, or of another opinion."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from alpaca import discovery, exceptions

from hardware.alpaca import link as alpaca_link
from hardware.alpaca.opener import AlpacaOpener
from hardware.devices import DeviceSpec, RoofState
from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused, DeviceUnsupported
from tests import alpaca_rig, indi_rig
from tests.alpaca_rig import Running

pytestmark = pytest.mark.asyncio
WORDS = "the driver's own words"
VENDORS: dict[int, Callable[[str], Exception]] = {
    0x400: exceptions.NotImplementedException, 0x401: exceptions.InvalidValueException,
    0x402: exceptions.ValueNotSetException, 0x407: exceptions.NotConnectedException,
    0x408: exceptions.ParkedException, 0x409: exceptions.SlavedException,
    0x40B: exceptions.InvalidOperationException, 0x40C: exceptions.ActionNotImplementedException,
    0x40E: exceptions.OperationCancelledException,
}  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[Running]:
    async with alpaca_rig.server() as running:
        yield running


@pytest.fixture
async def opener() -> AlpacaOpener:
    return AlpacaOpener(indi_rig.utc_clock())


async def test_a_silent_device_is_lost_and_holds_nobody_up(
    server: Running, opener: AlpacaOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alpaca_link, "FAILURES", 1)  # each takes 5 s
    camera = await opener.camera(server.spec("camera"))
    rain = await opener.safety_monitor(server.spec("safety_monitor"))
    assert camera.cooler is not None
    await server.control(silent="camera")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(5):  # who stops waiting leaves no call behind in a queue
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await camera.cooler.celsius()
    asking = asyncio.create_task(camera.cooler.celsius())
    await asyncio.sleep(0.1)
    before = loop.time()
    assert await rain.safe() is True
    assert loop.time() - before < 1.0
    with pytest.raises(DeviceLost):
        await asking
    assert loop.time() - begun < 7
    assert camera.lost
    assert not rain.lost
    with pytest.raises(DeviceLost):
        await camera.cooler.celsius()


async def test_a_server_that_ends_is_noticed_at_the_third_call(server: Running, opener: AlpacaOpener) -> None:
    roof = await opener.roof(server.spec("roof"))
    server.process.kill()
    await server.process.wait()
    for _ in range(2):
        with pytest.raises(DeviceError, match="no answer"):
            await roof.state()
        assert not roof.lost
    with pytest.raises(DeviceLost):
        await roof.state()
    assert roof.lost


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0x400, DeviceUnsupported), (0x401, DeviceRefused), (0x402, DeviceRefused), (0x407, DeviceLost),
        (0x408, DeviceRefused), (0x409, DeviceRefused), (0x40B, DeviceRefused), (0x40C, DeviceUnsupported),
        (0x40E, DeviceError), (0x500, DeviceError), (0xFFF, DeviceError),
    ],
)  # fmt: skip
async def test_errors_keep_their_sense_and_their_words(number: int, kind: type[DeviceError]) -> None:
    class Requests:
        trust_env = True

    class Vendor:
        rqs = Requests()

        @property
        def thing(self) -> None:
            if number in VENDORS:
                raise VENDORS[number](WORDS)
            raise exceptions.DriverException(number, WORDS)

    link = alpaca_link.Link("Thing", Vendor())
    with pytest.raises(DeviceError, match="own words") as error:
        await link.ask(lambda device: device.thing)
    assert type(error.value) is kind
    assert link.lost is (kind is DeviceLost)
    assert Vendor.rqs.trust_env is False  # a proxy for the Internet is none for the telescope


async def test_errors_on_the_wire_too(server: Running, opener: AlpacaOpener) -> None:
    roof = await opener.roof(server.spec("roof"))
    for _ in range(4):  # they are answers: it is not lost
        await server.control(error="dome:1281")
        with pytest.raises(DeviceError, match="own words"):
            await roof.state()
    assert not roof.lost
    await server.control(error="dome:1031")
    with pytest.raises(DeviceLost):
        await roof.state()


async def test_what_is_no_alpaca_is_no_answer(server: Running, opener: AlpacaOpener) -> None:
    monitor = await opener.safety_monitor(server.spec("safety_monitor"))
    await server.control(broken="safetymonitor")
    with pytest.raises(DeviceError, match="no answer"):
        await monitor.safe()


async def test_one_that_is_not_there_is_missing(server: Running, opener: AlpacaOpener) -> None:
    for address, number in (("127.0.0.1:1", 0), (server.address, 7)):
        spec = DeviceSpec("alpaca", "Rain", {"address": address, "number": number})
        with pytest.raises(DeviceMissing, match="no Alpaca device answers at 127") as error:
            await opener.safety_monitor(spec)
        assert "address" in error.value.advice


@pytest.mark.parametrize(
    ("setup", "problem"),
    [
        ({}, "where it is"),
        ({"address": "box:11111", "numbr": 1}, "setup.numbr is not known"),
        ({"address": "box:11111", "number": -1}, "not a whole number"),
        ({"address": "box:11111", "number": 0.5}, "not a whole number"),
        ({"address": "box:x"}, "not an address and a port"),
        ({"address": "box:11111"}, "which channel"),
    ],
)
async def test_a_setup_that_does_not_fit_is_named(
    opener: AlpacaOpener, setup: dict[str, float | str | bool], problem: str
) -> None:
    kind = opener.output if "channel" in problem else opener.roof
    with pytest.raises(DeviceRefused, match=problem):
        await kind(DeviceSpec("alpaca", "Thing", setup))


async def test_rain_is_unsafe_and_an_old_reading_is_none(server: Running, opener: AlpacaOpener) -> None:
    monitor = await opener.safety_monitor(server.spec("safety_monitor"))
    station = await opener.observing_conditions(server.spec("observing_conditions"))
    assert await monitor.safe() is True
    await server.control(rain="3")
    assert await monitor.safe() is False
    conditions = await station.conditions()
    assert conditions.rain_mm_h == pytest.approx(3)
    assert conditions.wind_m_s is None  # it has no such sensor
    await server.control(age="900")
    with pytest.raises(DeviceError, match="900 s old"):
        await station.conditions()
    await server.control(age="-1")
    with pytest.raises(DeviceError, match="not measured yet"):
        await station.conditions()


async def test_a_roof_that_accepts_and_does_nothing_is_found_out(
    server: Running, opener: AlpacaOpener
) -> None:
    roof = await opener.roof(server.spec("roof"))
    start = await roof.state()
    await server.control(deaf="dome")
    with pytest.raises(DeviceError, match="not"):
        await (roof.close() if start is RoofState.OPEN else roof.open())


async def test_a_channel_that_is_not_there_or_cannot_be_set(server: Running, opener: AlpacaOpener) -> None:
    with pytest.raises(DeviceRefused, match="it has 3 channels"):
        await opener.output(server.spec("output", switch=3))
    with pytest.raises(DeviceUnsupported, match="only be read"):
        await opener.output(server.spec("output", switch=2))
    relay = await opener.output(server.spec("output", switch=0))
    assert not relay.dimmable
    with pytest.raises(DeviceRefused, match="nothing between"):
        await relay.set_level(0.5)
    await relay.set_level(1.0)
    assert await relay.level() == 1.0


async def test_the_search_lists_what_the_servers_have(
    server: Running, opener: AlpacaOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "search_ipv4", lambda *_: [server.address, "127.0.0.1:1"])
    found = dict(await opener.discover())
    assert found[f'The dome (address = "{server.address}", number = 0)'] == ("roof",)
    assert len(found) == 10
