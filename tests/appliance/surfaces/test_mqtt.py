"""MQTT in virtual time, with a broker that comes and goes; the real one is in test_mqtt_broker.py."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from appliance.api import Api, Arguments, Command
from appliance.bus import Alarm, Bus, NeedsPerson, Said
from appliance.errors import DeviceRefused
from appliance.profile import MqttSection
from appliance.sequence.beside import beside
from appliance.sequence.messages import SequenceState
from appliance.surfaces.mqtt import BrokerAway, Farewell, Incoming, run_mqtt

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

SECTION = MqttSection(host="broker", topic="field/box")


class Number(Arguments):
    number: int = 1


class Broker:
    """Keeps what is retained; `up` False: it is not there, and whoever is connected finds out."""

    def __init__(self) -> None:
        self.up, self.tried, self.connected = True, 0, 0
        self.heard: list[tuple[str, Any, bool]] = []
        self._in: asyncio.Queue[Incoming | None] = asyncio.Queue()
        self.subscribed: list[str] = []

    @asynccontextmanager
    async def connect(self, section: MqttSection, farewell: Farewell) -> AsyncIterator["Broker"]:
        self.tried += 1
        assert section is SECTION
        assert farewell == Farewell("field/box/availability", "offline")
        self._check()
        self.connected += 1
        self._in = asyncio.Queue()
        yield self

    def _check(self) -> None:
        if not self.up:
            raise BrokerAway("The broker is away.")

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        await asyncio.sleep(0.01)
        self._check()
        if isinstance(payload, bytes):
            payload = f"{len(payload)} bytes"
        told = json.loads(payload) if payload.startswith("{") else payload
        self.heard.append((topic.removeprefix("field/box/"), told, retain))

    async def subscribe(self, topics: str) -> None:
        self._check()
        self.subscribed.append(topics)

    async def incoming(self) -> AsyncIterator[Incoming]:
        while (message := await self._in.get()) is not None:
            yield message
        raise BrokerAway("The broker is away.")

    def dies(self) -> None:
        self.up = False
        self._in.put_nowait(None)

    def send(self, command: str, payload: bytes = b"", retained: bool = False) -> None:
        self._in.put_nowait(Incoming(f"field/box/command/{command}", payload, retained))

    def last(self, topic: str) -> Any:
        return next(told for name, told, _ in reversed(self.heard) if name == topic)


class Place:
    def __init__(self) -> None:
        self.bus, self.broker = Bus(), Broker()
        self.api = Api(self.bus, lambda: 0.0)
        self.done: list[str] = []
        self.said: list[Said] = []
        self.api.register(Command("count", "", Number, self._count))
        self.api.register(Command("long", "", Arguments, self._long))
        self.api.register(Command("never", "", Arguments, self._never))

    async def _count(self, number: Number) -> int:
        self.done.append(f"count {number.number}")
        return number.number + 1

    async def _long(self, _: Arguments) -> str:
        await asyncio.sleep(100.0)
        self.done.append("long")
        return "done"

    async def _never(self, _: Arguments) -> None:
        raise DeviceRefused("Mount", "it will not", advice="Ask nicely.")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Place"]:
        async with beside(self._hear()), beside(run_mqtt(SECTION, self.api, self.broker.connect)):
            await asyncio.sleep(1.0)
            yield self

    async def _hear(self) -> None:
        with self.bus.subscribe(Said) as mailbox:
            async for said in mailbox:
                assert isinstance(said, Said)
                self.said.append(said)


def running(done: int) -> SequenceState:
    return SequenceState(source="sequence", phase="running", target="M 33", done=done)


async def test_states_are_retained_and_events_are_not() -> None:
    place = Place()
    place.bus.publish(running(3))
    async with place.running():
        place.bus.publish(Said(source="box", text="Hello"))
        place.bus.publish(running(4))
        await asyncio.sleep(1.0)
        broker = place.broker
        assert broker.heard[0] == ("availability", "online", True)
        assert broker.last("state/SequenceState")["done"] == 4
        assert broker.last("event/Said")["text"] == "Hello"
        assert {name: retain for name, _, retain in broker.heard} == {
            "availability": True, "state/NeedsPerson": True, "state/Alarm": True,
            "state/SequenceState": True, "event/Said": False,
        }  # fmt: skip
        assert broker.subscribed == ["field/box/command/+"]
    assert place.broker.heard[-1] == ("availability", "offline", True)


async def test_who_has_been_answered_does_not_hide_who_still_waits() -> None:
    async with Place().running() as place:
        place.bus.publish(NeedsPerson(source="disk", text="Make room"))
        place.bus.publish(NeedsPerson(source="startup"))
        await asyncio.sleep(1.0)
        assert place.broker.last("state/NeedsPerson")["text"] == "Make room"
        place.bus.publish(NeedsPerson(source="disk"))
        await asyncio.sleep(1.0)
        assert place.broker.last("state/NeedsPerson")["text"] == ""


async def test_the_end_of_one_alarm_does_not_hide_another() -> None:
    async with Place().running() as place:
        place.bus.publish(Alarm(source="safety", text="the roof is not closed"))
        place.bus.publish(Alarm(source="actions"))
        await asyncio.sleep(1.0)
        assert place.broker.last("state/Alarm")["text"] == "the roof is not closed"


@pytest.mark.parametrize(
    ("command", "payload", "answer"),
    [
        ("count", b"", {"ok": True, "result": 2}),
        ("count", b'{"number": 41}', {"ok": True, "result": 42}),
        ("never", b"{}", {"ok": False, "code": "device.refused", "sentence": "Mount: it will not"}),
        ("count", b'{"nmber": 41}', {"ok": False, "code": "input.command"}),
        ("count", b"[1]", {"ok": False, "code": "input.command"}),
        ("count", b"\xff\xfe", {"ok": False, "code": "input.command"}),
        ("count", b"{" * 20_000, {"ok": False, "code": "input.command"}),
        ("nothing", b"", {"ok": False, "code": "input.command"}),
    ],
)
async def test_commands_are_answered(command: str, payload: bytes, answer: dict[str, object]) -> None:
    async with Place().running() as place:
        place.broker.send(command, payload)
        await asyncio.sleep(1.0)
        told = place.broker.last(f"answer/{command}")
        assert told | answer == told


async def test_a_retained_command_is_not_carried_out() -> None:
    async with Place().running() as place:
        place.broker.send("count", retained=True)
        await asyncio.sleep(1.0)
        assert place.done == []


async def test_a_command_is_carried_out_though_the_broker_dies_meanwhile() -> None:
    async with Place().running() as place:
        place.broker.send("long")
        await asyncio.sleep(1.0)
        place.broker.dies()
        await asyncio.sleep(200.0)
        assert place.done == ["long"]


async def test_a_dead_broker_is_said_once_and_tried_ever_less_often() -> None:
    place = Place()
    place.broker.up = False
    async with place.running():
        await asyncio.sleep(3600.0)
        assert [said.code for said in place.said] == ["mqtt.away"]
        assert place.broker.tried < 75
        place.broker.up = True
        await asyncio.sleep(61.0)
        assert [said.text for said in place.said][1:] == ["The MQTT broker broker is back."]
        assert place.broker.last("availability") == "online"


async def test_what_is_true_is_told_again_after_the_broker_was_away() -> None:
    async with Place().running() as place:
        await asyncio.sleep(120.0)
        place.broker.dies()
        place.bus.publish(running(9))
        await asyncio.sleep(10.0)
        place.broker.up = True
        await asyncio.sleep(60.0)
        assert place.broker.connected == 2
        assert place.broker.last("state/SequenceState")["done"] == 9
        assert [said.level for said in place.said] == ["warning", "info"]


async def test_a_bug_of_the_library_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    place = Place()

    @asynccontextmanager
    async def connect(*_: object) -> AsyncIterator[Broker]:
        raise ZeroDivisionError("seven")
        yield place.broker  # type: ignore[unreachable]

    place.broker.connect = connect  # type: ignore[method-assign,assignment]
    async with place.running():
        await asyncio.sleep(100.0)
        assert ["ZeroDivisionError" in said.text for said in place.said] == [True]
    assert "seven" in caplog.text
