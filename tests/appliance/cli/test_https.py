"""The page as it is opened with `https`: served, told, and renewed when the clock is set right."""

import asyncio
import re
import ssl
import time
from pathlib import Path

import pytest

from appliance.api import Api
from appliance.box.access import FOLDER
from appliance.bus import Bus, Said
from appliance.cli.opening import opened_page
from appliance.errors import DiskFull
from appliance.observer import Observer
from appliance.profile import PageSection
from hardware.devices import Site

PAGE = PageSection(host="127.0.0.1", port=0, https=True, https_port=0)


async def certificate(port: int, folder: Path) -> object:
    """What a phone that trusts the box is shown; it looks whether the box lives."""
    trust = ssl.create_default_context(cafile=str(folder / FOLDER / "ca.crt"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: nightbox.local\r\nConnection: close\r\n\r\n")
    assert b"200 OK" in await reader.read()
    shown = writer.get_extra_info("peercert")["serialNumber"]
    writer.close()
    return shown


async def taken_up(port: int, folder: Path) -> object:
    """The same, once the server has taken up what lies on the disk already."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await certificate(port, folder)
            except ssl.SSLCertVerificationError:
                await asyncio.sleep(0.01)


async def until(what: object) -> None:
    """Of a worker that is a real thread."""
    async with asyncio.timeout(60):
        while not what():  # type: ignore[operator]  # noqa: ASYNC110 - a thread has no Event of ours
            await asyncio.sleep(0.01)


async def test_it_is_served_and_follows_the_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.cli.https.LOOK_SECONDS", 0.01)
    observer = Observer(Site(0.0, 0.0), epoch_unix=time.time() + 40 * 86400)  # it woke up in the wrong month
    api = Api(Bus(), observer.unix)
    async with opened_page(PAGE, api, tmp_path, observer, alone=False):
        told = capsys.readouterr().out
        port = int(re.findall(r"HTTPS on port (\d+)\. The fingerprint of /ca\.crt: [0-9A-F:]{95}\n", told)[0])
        assert re.search(r"Pairing code of the phone page: \d{6} ", told)
        assert re.search(r"On this machine, once: http://127\.0\.0\.1:\d+/\?key=", told)
        with pytest.raises(ssl.SSLCertVerificationError, match="not yet valid"):
            await certificate(port, tmp_path)
        chain = tmp_path / FOLDER / "server.crt"
        before = chain.read_bytes()
        observer.correct(time.time())
        await until(lambda: chain.read_bytes() != before)
        first = await taken_up(port, tmp_path)
    async with opened_page(PAGE, api, tmp_path, observer, alone=True):
        told = capsys.readouterr().out
        assert "key=" not in told
        port = int(re.findall(r"HTTPS on port (\d+)", told)[0])
        assert await certificate(port, tmp_path) == first


async def test_a_full_disk_is_said_once_and_the_page_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def full(*_: object) -> None:
        tries.append(1)
        raise DiskFull("The disk is full.")

    monkeypatch.setattr("appliance.cli.https.LOOK_SECONDS", 0.01)
    observer, bus = Observer(Site(0.0, 0.0)), Bus()
    async with opened_page(PAGE, Api(bus, observer.unix), tmp_path, observer, alone=True):
        with bus.subscribe(Said) as mailbox:
            monkeypatch.setattr("appliance.cli.https.certificates", full)
            await until(lambda: len(tries) >= 3)
            assert len(mailbox._waiting) == 1


async def test_the_password_is_forgotten_from_the_panel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observer = Observer(Site(0.0, 0.0))
    api = Api(Bus(), observer.unix)
    async with opened_page(PAGE.model_copy(update={"https": False}), api, tmp_path, observer, alone=True):
        first = api.pairing_code()
        assert api.forget_password is not None
        file = tmp_path / FOLDER / "access.json"
        before = file.read_bytes()
        await api.forget_password()
        assert file.read_bytes() != before
        assert api.pairing_code() == first  # it was not used: it lives on
        assert capsys.readouterr().out.count(first) == 1
