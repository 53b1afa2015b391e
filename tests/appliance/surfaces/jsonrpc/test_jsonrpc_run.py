"""The whole surface over a real socket: a terminal, a browser, a script, a token, a port that is taken."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus, Said
from appliance.observer import Observer
from appliance.profile import JsonRpcSection
from appliance.rig import Rig
from appliance.sequence.beside import beside
from appliance.sequence.messages import SequenceState, SubSaved
from appliance.surfaces.jsonrpc import client as client_module
from appliance.surfaces.jsonrpc import run as run_module
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.run import run_jsonrpc
from appliance.surfaces.jsonrpc.server import Server
from hardware.simulator.opener import SimulatorOpener
from tests.appliance.box.open_field import field_profile
from tests.appliance.rehearsal.long_night import BEGINS, SITE
from tests.appliance.surfaces.jsonrpc.lines import content

pytestmark = pytest.mark.asyncio

HELPER = Path(__file__).parents[4] / "appliance" / "scripting" / "path"
SCRIPT = """
from ccdciel import ccdciel
print(ccdciel('Telescope_Connected')['result'], ccdciel('CaptureDir')['result'])
ccdciel('LogMsg', 'Hello from a script')
print(ccdciel('TelescopeRA').get('error', {}).get('message'))
"""


def section(**changes: object) -> JsonRpcSection:
    return JsonRpcSection.model_validate({"port": 0} | changes)


class Surface:
    """A surface on a rig that is not connected; `port` once it listens."""

    def __init__(self, folder: Path) -> None:
        self.bus, profile = Bus(), field_profile()
        observer = Observer(SITE, epoch_unix=BEGINS)
        rig = Rig(profile, SimulatorOpener.demo(observer.unix, SITE), self.bus.publish)
        api = Api(self.bus, observer.unix, lambda: folder / "preview.jpg")
        api.register(Command("log", "", Text, self._log))
        self.desk = Desk(api, rig, profile, observer, folder / "images", lambda: (), lambda: "M33")
        self.port, self.said = 0, list[Said]()

    async def _log(self, told: "Text") -> None:
        self.bus.publish(Said(source="script", text=told.text))

    def _listens(self, port: int) -> None:
        self.port = port

    async def _hear(self) -> None:
        with self.bus.subscribe(Said) as mailbox:
            async for said in mailbox:
                assert isinstance(said, Said)
                self.said.append(said)

    @asynccontextmanager
    async def running(self, **changes: object) -> AsyncIterator["Surface"]:
        async with beside(self._hear()), beside(run_jsonrpc(section(**changes), self.desk, self._listens)):
            await until(lambda: self.port > 0 or bool(self.said))
            yield self

    async def ask(self, sent: bytes) -> bytes:
        """One connection, until the other end closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        async with asyncio.timeout(10.0):
            told = await reader.read()
        writer.close()
        return told


class Text(Arguments):
    text: str


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not happened():  # noqa: ASYNC110 - a socket's other end has no event
            await asyncio.sleep(0.01)


async def test_a_terminal_as_in_the_manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "GREETING_SECONDS", 0.05)
    async with Surface(tmp_path).running() as surface:
        surface.bus.publish(
            SequenceState(
                source="sequence", phase="running", plan="test1", target="M 33", filter="R", done=1, total=9,
                doing="Exposing", exposing_since=BEGINS, exposing_until=BEGINS + 20.0,
            )
        )  # fmt: skip
        saved = SubSaved(
            source="sequence", number=1, target="M 33", filter="R", file="M33/one.fits", seconds=20.0,
            hfr=2.0, stars=100, error_arcsec=None,
        )  # fmt: skip
        surface.bus.publish(saved)
        for number in range(12):
            surface.bus.publish(Said(source="sequence", text=f"line {number}"))
        reader, writer = await asyncio.open_connection("127.0.0.1", surface.port)
        assert await reader.readline() == b"OK! id=1\r\n"
        transcript = {
            "status": "Planetarium disconnected, Autoguider disconnected, Devices disconnected",
            "sequence": "Targets: test1\tPlan: M 33\tStart step R Exposing\t",
            "capture": f"Seq: 2 Exp: 20 sec. Saved {tmp_path}/images/M33/one.fits",
            "nonsense\x1b": "Unknown command: NONSENSE",
        }
        for word, told in transcript.items():
            writer.write(f"{word}\r\n".encode())
            assert (await reader.readline()).decode() == f"{told}\r\n"
        writer.write(b"log\r\n")
        log = [(await reader.readline()).decode() for _ in range(11)]
        assert [one[9:] for one in log] == [*(f"line {number}\r\n" for number in range(2, 12)), ""]
        writer.write(b"quit\r\n")
        assert await reader.read() == b""
        writer.close()


async def test_a_browser_sees_everything_at_one_look(tmp_path: Path) -> None:
    async with Surface(tmp_path).running() as surface:
        surface.bus.publish(Said(source="x", text="<script>alert(1)</script>"))
        await asyncio.sleep(0.01)
        head, _, page = (await surface.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")).partition(
            b"\r\n\r\n"
        )
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        text = page.decode()
        assert "observatory" in text
        assert "<td>focuser</td><td>–</td>" in text
        assert "<td>sequence</td><td>not running</td>" in text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        assert (await surface.ask(b"GET /a.jpg HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404")
        (tmp_path / "preview.jpg").write_bytes(b"picture")
        assert (await surface.ask(b"GET /a.jpg HTTP/1.1\r\n\r\n")).endswith(b"\r\n\r\npicture")


async def test_a_script_with_the_helper(tmp_path: Path) -> None:
    async with Surface(tmp_path).running() as surface:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(HELPER), "CCDCIEL_PORT": str(surface.port)},
        )  # fmt: skip
        out, _ = await process.communicate()
        assert out.decode().splitlines() == [
            f"False {tmp_path}/images", "Internal error: mount: it is not connected",
        ]  # fmt: skip
        assert [said.text for said in surface.said] == ["Hello from a script"]


async def test_a_token_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    async with Surface(tmp_path).running(token_file=str(tmp_path / "none")) as surface:
        assert (await surface.ask(b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert [said.code for said in surface.said] == ["jsonrpc.token"]


async def test_a_port_that_is_taken_is_said_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "AGAIN_SECONDS", (0.01,))
    surface = Surface(tmp_path)
    async with Server(content()).listening("127.0.0.1", 0) as other:
        port = other.port
        running = surface.running(port=port)
        await running.__aenter__()
        await asyncio.sleep(0.1)
        assert [said.code for said in surface.said] == ["jsonrpc.unavailable"]
    await until(lambda: surface.port == port)
    await running.__aexit__(None, None, None)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "nightbox.local", "192.168.1.4"])
async def test_other_machines_are_let_in_by_word_only(host: str) -> None:
    with pytest.raises(ValidationError, match="lets other machines in"):
        section(host=host)
    assert section(host=host, open_to_all=True).token_file is None
    assert section(host=host, token_file="/etc/token").open_to_all is False


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_this_machine_needs_no_word(host: str) -> None:
    assert section(host=host).host == host
