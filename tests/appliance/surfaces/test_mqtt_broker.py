"""Against a real broker, in real time: Debian's mosquitto."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiomqtt import Client, MqttError

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus, Said
from appliance.profile import MqttSection
from appliance.sequence.beside import beside
from appliance.sequence.messages import SequenceState
from appliance.surfaces.mqtt import BrokerAway, Farewell, run_mqtt
from appliance.surfaces.mqtt_broker import broker

pytestmark = [pytest.mark.asyncio, pytest.mark.broker]


class Mosquitto:
    """One broker of our own, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.fail("mosquitto is not installed: run `make test`, or apt install mosquitto.")
        self.program, self.folder, self.port = program, folder, free_port()
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *more: str) -> None:
        lines = (f"listener {self.port} 127.0.0.1", *(more or ("allow_anonymous true",)), "user root")
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.process = await asyncio.create_subprocess_exec(
            self.program, "-c", str(self.folder / "mosquitto.conf"),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await until(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    @property
    def section(self) -> MqttSection:
        return MqttSection(host="127.0.0.1", port=self.port, topic="box")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not happened():  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.02)


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    one = Mosquitto(tmp_path)
    await one.start()
    yield one
    await one.stop()


class Listener:
    """Somebody's house: hears everything below the topic."""

    def __init__(self) -> None:
        self.heard: dict[str, Any] = {}

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[Client]:
        async with Client("127.0.0.1", port) as client:
            await client.subscribe("box/#")
            async with beside(self._listen(client)):
                yield client

    async def _listen(self, client: Client) -> None:
        try:
            async for message in client.messages:
                text = bytes(message.payload).decode()
                self.heard[str(message.topic)] = json.loads(text) if text.startswith("{") else text
        except MqttError:
            return


class Count(Arguments):
    number: int


def box() -> Api:
    async def count(told: Count) -> int:
        return told.number + 1

    api = Api(Bus(), lambda: 0.0)
    api.register(Command("count", "", Count, count))
    return api


async def test_out_and_in_and_the_last_will(mosquitto: Mosquitto) -> None:
    api, house = box(), Listener()
    async with house.listening(mosquitto.port) as client:
        async with beside(run_mqtt(mosquitto.section, api, broker)):
            await until(lambda: house.heard.get("box/availability") == "online")
            api.bus.publish(SequenceState(source="sequence", phase="running", target="Orión"))
            await until(lambda: "box/state/SequenceState" in house.heard)
            assert house.heard["box/state/SequenceState"]["target"] == "Orión"
            await client.publish("box/command/count", b'{"number": 41}')
            await until(lambda: "box/answer/count" in house.heard)
            assert house.heard["box/answer/count"] == {"ok": True, "result": 42}
            late = Listener()
            async with late.listening(mosquitto.port):
                await until(lambda: "box/state/SequenceState" in late.heard)
        await until(lambda: house.heard["box/availability"] == "offline")


async def test_a_killed_broker_comes_back(mosquitto: Mosquitto) -> None:
    api = box()
    said: list[str] = []

    async def hear() -> None:
        nonlocal said
        with api.bus.subscribe(Said) as mailbox:
            async for message in mailbox:
                said += [message.code] if isinstance(message, Said) else []

    async with beside(hear()), beside(run_mqtt(mosquitto.section, api, broker)):
        house = Listener()
        async with house.listening(mosquitto.port):
            await until(lambda: house.heard.get("box/availability") == "online")
        await mosquitto.stop()
        await until(lambda: said == ["mqtt.away"])
        api.bus.publish(SequenceState(source="sequence", phase="paused"))
        await mosquitto.start()
        async with house.listening(mosquitto.port):
            await until(lambda: "box/state/SequenceState" in house.heard)
        assert said == ["mqtt.away", ""]


async def test_a_password_from_a_file(tmp_path: Path) -> None:
    one = Mosquitto(tmp_path)
    passwords, secret = tmp_path / "passwords", tmp_path / "secret"
    program = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
    made = await asyncio.create_subprocess_exec(program, "-b", "-c", str(passwords), "box", "pa ss")
    assert await made.wait() == 0
    secret.write_text("pa ss\n")
    await one.start("allow_anonymous false", f"password_file {passwords}")
    farewell = Farewell("box/availability", "offline")
    try:
        known = one.section.model_copy(update={"user": "box", "password_file": secret})
        async with broker(known, farewell) as link:
            await link.publish("box/x", "1", retain=False)
        secret.write_text("wrong")
        with pytest.raises(BrokerAway, match="gone"):
            async with broker(known, farewell):
                pass
        secret.unlink()
        with pytest.raises(BrokerAway, match="password cannot be read"):
            async with broker(known, farewell):
                pass
    finally:
        await one.stop()


async def test_nobody_there() -> None:
    section = MqttSection(host="127.0.0.1", port=free_port())
    with pytest.raises(BrokerAway, match="does not answer"):
        async with broker(section, Farewell("x", "y")):
            pass
