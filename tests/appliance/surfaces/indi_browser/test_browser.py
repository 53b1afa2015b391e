"""The page's own INDI client, in front of a real indiserver: it gets what every client gets, and no more."""

import asyncio
from pathlib import Path

import pytest

from appliance.errors import DeviceRefused
from appliance.leases import By, Owner
from appliance.profile import PassthroughSection
from appliance.safety.interlock import Verdict
from appliance.surfaces.indi_browser import browser as module
from appliance.surfaces.indi_browser.browser import NAME, Browser
from appliance.surfaces.indi_browser.tree import Shown
from appliance.surfaces.indi_browser.wishes import Wish, wished
from tests.appliance.surfaces.indi_passthrough.passed_through import Passed, passed_through

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
CCD, MOUNT, ROOF = "CCD Simulator", "Telescope Simulator", "Dome Simulator"
SIMULATORS = ("indi_simulator_ccd", "indi_simulator_telescope", "indi_simulator_dome")


async def defined(browser: Browser, device: str, name: str) -> Shown:
    """Once it is there."""
    async with asyncio.timeout(20):
        while (shown := browser.tree.find(device, name)) is None:
            await browser.look()
            await asyncio.sleep(0.02)
    return shown


async def set_(browser: Browser, device: str, name: str, **values: Wish) -> Shown | None:
    return await browser.set(wished(await defined(browser, device, name), values))


async def test_it_shows_and_sets_what_its_driver_lets_be_set(tmp_path: Path) -> None:
    browser = Browser()
    async with passed_through(tmp_path, *SIMULATORS, browser=browser):
        await connected(browser, CCD)
        binning = await defined(browser, CCD, "CCD_BINNING")
        assert binning.kind == "Number"
        assert binning.items["HOR_BIN"].least == 1.0
        answer = await set_(browser, CCD, "CCD_BINNING", HOR_BIN=2.0, VER_BIN=2.0)
        assert answer is not None
        assert (answer.state, float(answer.items["HOR_BIN"].text)) == ("Ok", 2.0)


async def connected(browser: Browser, device: str) -> None:
    """The box's own connection may connect it, or nobody yet: then we ask, as a client may."""
    if (await defined(browser, device, "CONNECTION")).items["CONNECT"].text != "On":
        await set_(browser, device, "CONNECTION", CONNECT=True)


async def test_it_is_refused_what_every_client_is_refused(tmp_path: Path) -> None:
    browser = Browser()
    async with passed_through(tmp_path, *SIMULATORS, browser=browser) as box:
        await connected(browser, MOUNT)
        box.verdict[0] = Verdict.UNSAFE
        with pytest.raises(DeviceRefused, match="it will not slew: it is not safe"):
            await set_(browser, MOUNT, "EQUATORIAL_EOD_COORD", RA=1.0, DEC=20.0)
        with pytest.raises(DeviceRefused, match="place and time are Nightbox's"):
            await set_(browser, MOUNT, "GEOGRAPHIC_COORD", LAT=1.0, LONG=2.0, ELEV=3.0)
        box.works[CCD] = Owner("Nightbox's sequence", By.PROCEDURE)
        with pytest.raises(DeviceRefused, match="Nightbox's sequence has it"):
            await set_(browser, CCD, "DEBUG", ENABLE=True)


async def test_what_must_be_lent_is_lent_to_it_by_its_name(tmp_path: Path) -> None:
    browser = Browser()
    async with passed_through(tmp_path, *SIMULATORS, browser=browser) as box:
        await connected(browser, CCD)
        with pytest.raises(DeviceRefused, match="the night depends on how its driver is set"):
            await set_(browser, CCD, "CONNECTION", DISCONNECT=True)
        assert NAME in box.leases.state().clients
        box.leases.grant("camera", NAME)
        answer = await set_(browser, CCD, "CONNECTION", DISCONNECT=True)
        assert answer is not None
        assert answer.items["DISCONNECT"].text == "On"


async def test_when_nobody_looks_any_more_it_goes_and_what_it_had_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    browser = Browser()
    async with passed_through(tmp_path, *SIMULATORS, browser=browser) as box:
        await connected(browser, CCD)
        await set_(browser, CCD, "POLLING_PERIOD", PERIOD_MS=500.0)
        assert box.leases.owner(CCD) == Owner(NAME, By.CLIENT)
        monkeypatch.setattr(module, "IDLE_SECONDS", 0.1)
        async with asyncio.timeout(20):
            while box.leases.owner(CCD) is not None:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
        assert browser.tree.devices == ()
        monkeypatch.setattr(module, "IDLE_SECONDS", 300.0)
        assert await defined(browser, CCD, "POLLING_PERIOD")


async def test_without_a_passthrough_it_is_there_and_nothing_listens(tmp_path: Path) -> None:
    browser = Browser()
    section = PassthroughSection()
    async with passed_through(tmp_path, *SIMULATORS, browser=browser, section=section) as box:
        assert NAME not in box.leases.state().clients
        await connected(browser, CCD)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", box.port)
        await server_goes(browser, box)


async def server_goes(browser: Browser, box: Passed) -> None:
    """Its devices go with it; a wish then is refused, not kept."""
    shown = await defined(browser, CCD, "POLLING_PERIOD")
    await box.server.stop()
    async with asyncio.timeout(20):
        while browser.tree.devices:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    with pytest.raises(DeviceRefused, match="There is no device"):
        await browser.set(wished(shown, {"PERIOD_MS": 500.0}))
