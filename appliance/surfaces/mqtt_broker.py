"""A connection to a real MQTT broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from aiomqtt import Client, Message, MqttError, Will

from appliance.profile import MqttSection
from appliance.surfaces.mqtt import BrokerAway, Farewell, Incoming

ANSWER_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 30
AT_LEAST_ONCE = 1


class BrokerLink:
    """Satisfies Link."""

    def __init__(self, client: Client, where: str) -> None:
        self._client, self._where = client, where

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        try:
            await _heeding(self._client.publish(topic, payload, qos=AT_LEAST_ONCE, retain=retain))
        except MqttError as gone:
            raise _away(self._where, gone) from gone

    async def subscribe(self, topics: str) -> None:
        try:
            await _heeding(self._client.subscribe(topics, qos=AT_LEAST_ONCE))
        except MqttError as gone:
            raise _away(self._where, gone) from gone

    async def incoming(self) -> AsyncIterator[Incoming]:
        try:
            async for message in self._client.messages:
                yield Incoming(str(message.topic), _bytes(message), bool(message.retain))
        except MqttError as gone:
            raise _away(self._where, gone) from gone


@asynccontextmanager
async def broker(section: MqttSection, farewell: Farewell) -> AsyncIterator[BrokerLink]:
    """Connected as the profile says; BrokerAway when that cannot be, or ends."""
    where = f"{section.host}:{section.port}"
    password = _password(section)
    await _answers(section, where)
    client = Client(
        section.host, section.port, username=section.user or None, password=password,
        timeout=ANSWER_SECONDS, keepalive=KEEP_ALIVE_SECONDS,
        will=Will(farewell.topic, farewell.payload, qos=AT_LEAST_ONCE, retain=True),
    )  # fmt: skip
    stops = _stops()
    try:
        async with client:
            _heed(stops)
            try:
                yield BrokerLink(client, where)
            finally:
                stops = _stops()
    except MqttError as gone:
        raise _away(where, gone) from gone
    finally:
        _heed(stops)


async def _heeding(asked: Awaitable[object]) -> None:
    """Wait for an answer, and stop when told to.

    Before Python 3.12 the library's wait_for swallows a Stop that meets the answer, and its sender waits.
    """
    before = _stops()
    await asked
    _heed(before)


def _stops() -> int:
    """How often this task has been told to stop."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _heed(before: int) -> None:
    """Stop, if told to since."""
    if _stops() > before:
        raise asyncio.CancelledError


def _password(section: MqttSection) -> str | None:
    path = section.password_file
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        advice = "Check mqtt.password_file, and that the box may read it."
        raise BrokerAway(f"The MQTT password cannot be read: {unreadable}.", advice=advice) from unreadable


async def _answers(section: MqttSection, where: str) -> None:
    """Looked at first, so that a silent address costs no thread: the library waits in one."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _, writer = await asyncio.open_connection(section.host, section.port)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError) as silent:
        raise BrokerAway(f"The MQTT broker {where} does not answer: {silent or 'nothing heard'}.") from silent


def _away(where: str, gone: MqttError) -> BrokerAway:
    return BrokerAway(f"The MQTT broker {where} is gone: {gone}.")


def _bytes(message: Message) -> bytes:
    payload = message.payload
    return payload if isinstance(payload, bytes) else str(payload or "").encode()
