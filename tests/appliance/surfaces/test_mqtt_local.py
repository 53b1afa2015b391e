"""The box's own broker, in real time, heard and commanded with mosquitto's own clients."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus, Said
from appliance.profile import MqttSection
from appliance.sequence.beside import beside
from appliance.sequence.messages import LastSub
from appliance.surfaces import mqtt, mqtt_local
from appliance.surfaces.mqtt import Farewell, run_mqtt
from appliance.surfaces.mqtt_broker import broker
from appliance.surfaces.mqtt_home import Home
from appliance.surfaces.mqtt_local import run_local_broker, up
from tests.appliance.surfaces.test_mqtt_broker import free_port, until

pytestmark = [pytest.mark.asyncio, pytest.mark.broker]


class Box:
    """A box with a broker of its own; `ready` once it has said that it is online."""

    def __init__(self, folder: Path, **more: object) -> None:
        given: dict[str, Any] = {
            "host": "localhost",
            "port": free_port(),
            "topic": "box",
            "start_broker": True,
        }
        self.section = MqttSection.model_validate(given | {"start_broker": True} | more)
        self.folder, self.bus, self.said = folder, Bus(), list[Said]()
        self.api = Api(self.bus, lambda: 0.0, lambda: folder / "preview.jpg")
        self.api.register(Command("start", "", Arguments, self._start))
        self.started = asyncio.Event()

    async def _start(self, _: Arguments) -> str:
        self.started.set()
        return "started"

    async def _hear(self) -> None:
        with self.bus.subscribe(Said) as mailbox:
            async for said in mailbox:
                assert isinstance(said, Said)
                self.said.append(said)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Box"]:
        home = Home("homeassistant", "Backyard", {"camera"}, {"start"})
        async with (
            beside(self._hear()),
            beside(run_local_broker(self.section, self.folder, self.bus.publish)),
            beside(run_mqtt(self.section, self.api, broker, home)),
        ):
            yield self

    async def client(self, name: str, *arguments: str) -> str:
        """mosquitto_sub or mosquitto_pub; what it printed."""
        program = shutil.which(name)
        if program is None:
            pytest.fail(f"{name} is not installed: run `make test`, or apt install mosquitto-clients.")
        process = await asyncio.create_subprocess_exec(
            program, "-p", str(self.section.port), *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await process.communicate()
        return out.decode(errors="replace")

    async def heard(self, topic: str, *more: str) -> str:
        """The retained message there; asked for again until the broker is up and has one."""
        told = "Error"
        async with asyncio.timeout(60.0):
            while told.startswith(("Error", "Timed out", "Connection")) or not told:
                await asyncio.sleep(0.05)
                told = await self.client("mosquitto_sub", "-t", topic, "-C", "1", "-W", "1", *more)
        return told.strip()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "BACK_OFF_SECONDS", (0.1,))
    monkeypatch.setattr(mqtt_local, "BACK_OFF_SECONDS", (0.1,))


async def test_mosquittos_own_clients_hear_the_box_and_command_it(tmp_path: Path) -> None:
    (tmp_path / "preview.jpg").write_bytes(b"\xff\xd8picture")
    async with Box(tmp_path).running() as box:
        assert await box.heard("box/availability") == "online"
        told = json.loads(await box.heard("homeassistant/button/nightbox_box/start/config"))
        assert told["command_topic"] == "box/command/start"
        await box.client("mosquitto_pub", "-t", told["command_topic"], "-m", told["payload_press"])
        async with asyncio.timeout(20.0):
            await box.started.wait()
        sub = LastSub(
            source="sequence", number=1, target="M 33", filter="L", file="a", hfr=2.0, stars=9,
            error_arcsec=None,
        )  # fmt: skip
        box.bus.publish(sub)
        assert (await box.heard("box/preview")).endswith("picture")
    assert not (tmp_path / "mosquitto" / "passwords").exists()


async def test_a_broker_that_dies_is_started_again_and_the_box_is_back(tmp_path: Path) -> None:
    async with Box(tmp_path).running() as box:
        assert await box.heard("box/availability") == "online"
        os.kill(int(await _broker_of(box)), signal.SIGKILL)
        await until(lambda: any("own MQTT broker does not run: it ended" in said.text for said in box.said))
        assert await box.heard("box/availability") == "online"


async def _broker_of(box: Box) -> str:
    process = await asyncio.create_subprocess_exec(
        "pgrep", "-f", str(box.folder / "mosquitto" / "mosquitto.conf"), stdout=asyncio.subprocess.PIPE
    )
    return (await process.communicate())[0].decode().split()[0]


async def test_with_a_user_the_network_gets_in_with_the_password_alone(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("pa ss\n")
    async with Box(tmp_path, user="me", password_file=str(tmp_path / "secret")).running() as box:
        assert await box.heard("box/availability", "-u", "me", "-P", "pa ss") == "online"
        refused = await box.client(
            "mosquitto_sub", "-t", "#", "-C", "1", "-W", "1", "-u", "me", "-P", "wrong"
        )
        assert "not authorised" in refused.lower()
        passwords = tmp_path / "mosquitto" / "passwords"
        assert "pa ss" not in passwords.read_text()
        assert passwords.stat().st_mode & 0o077 == 0


async def test_without_mosquitto_it_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_local, "_found", lambda _: None)
    async with Box(tmp_path).running() as box:
        await asyncio.sleep(0.5)
        assert sorted(said.code for said in box.said) == ["mqtt.away", "mqtt.broker"]
        assert any("mosquitto is not installed" in said.text for said in box.said)


async def test_one_waits_for_the_broker_so_that_the_first_try_does_not_fail(tmp_path: Path) -> None:
    box = Box(tmp_path)
    async with beside(run_local_broker(box.section, tmp_path, box.bus.publish)):
        await up(box.section)
        async with broker(box.section, Farewell("box/availability", "offline")) as link:
            await link.publish("box/x", "1", retain=True)
        assert await box.heard("box/x") == "1"
