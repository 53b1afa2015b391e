"""The box on an MQTT broker: what is true and what happens out, commands in. A dead broker costs nothing.

Below the profile's topic: `availability` ("online", or "offline" as the last will, retained), `state/<kind>`
(retained) and `event/<kind>`, each the JSON of one message; `command/<name>` takes a JSON object of arguments
and is answered at `answer/<name>`. A retained command is not carried out: nobody pressed it now. `preview` is
the newest frame, a JPEG. Home Assistant finds all that by mqtt_home.py.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from appliance.api import Api
from appliance.bus import Alarm, Message, NeedsPerson, Said, State, newest_alarm, who_is_needed
from appliance.byhand.messages import HandState
from appliance.errors import BadCommand, NightboxError
from appliance.profile import MqttSection
from appliance.sequence.messages import LastSub
from appliance.surfaces.mqtt_home import PREVIEW, Home
from appliance.wire import encode, plain
from hardware.worker import Worker

log = logging.getLogger(__name__)

SOURCE = "mqtt"
BACK_OFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
WELL_SECONDS = 60.0  # a connection that has lasted so long was a good one
LAST_SECONDS = 2.0  # for the goodbye
DEPTH = 1024
LONGEST = 16 * 1024


class BrokerAway(NightboxError):
    """The broker does not answer, or does not let us in."""

    code: ClassVar[str] = "mqtt.away"
    default_advice: ClassVar[str] = "Check [mqtt] in the profile and the broker; the night needs none."


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of the broker's; `retained`: it was left there, perhaps long ago."""

    topic: str
    payload: bytes
    retained: bool


class Link(Protocol):
    """An open connection; every method raises BrokerAway when it is one no more."""

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None: ...

    async def subscribe(self, topics: str) -> None: ...

    def incoming(self) -> AsyncIterator[Incoming]: ...


@dataclass(frozen=True, slots=True)
class Farewell:
    """What the broker shall say of us when we are gone."""

    topic: str
    payload: str


Connect = Callable[[MqttSection, Farewell], AbstractAsyncContextManager[Link]]


async def run_mqtt(section: MqttSection, api: Api, connect: Connect, home: Home | None = None) -> None:
    """For as long as the box lives; a broker that goes is said once, and once when it is back.

    `home`: how the box appears in Home Assistant, None where it shall not.
    """
    surface = _Surface(section.topic, api, home)
    clock, failures = asyncio.get_running_loop().time, 0
    try:
        while True:
            began = clock()
            try:
                async with connect(section, surface.farewell) as link:
                    if failures:
                        api.bus.publish(Said(source=SOURCE, text=f"The MQTT broker {section.host} is back."))
                    await surface.serve(link)
            except BrokerAway as away:
                failure: NightboxError = away
            except Exception as bug:
                log.error("MQTT failed", exc_info=bug)
                failure = BrokerAway(f"Unexpected: {bug!r}.", advice="Please report this with the log file.")
            failures = 0 if clock() - began > WELL_SECONDS else failures
            if not failures:
                _complain(api, failure)
            await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
            failures += 1
    finally:
        await surface.close()


def _complain(api: Api, failure: NightboxError) -> None:
    text = f"{failure.sentence.rstrip('.')}; trying again."
    api.bus.publish(Said(source=SOURCE, text=text, level="warning", code=failure.code, advice=failure.advice))


class _Surface:
    """What outlives a connection: commands that are being carried out."""

    def __init__(self, topic: str, api: Api, home: Home | None) -> None:
        self._topic, self._api, self._home = topic, api, home
        self._files = Worker("mqtt files")
        self._link: Link | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.farewell = Farewell(f"{topic}/availability", "offline")

    async def serve(self, link: Link) -> None:
        """Until the connection breaks: BrokerAway."""
        self._link = link
        try:
            await link.subscribe(f"{self._topic}/command/+")
            await link.publish(self.farewell.topic, "online", retain=True)
            async with asyncio.TaskGroup() as all_:
                all_.create_task(self._tell(link))
                all_.create_task(self._listen(link))
                all_.create_task(self._appear(link))
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        except asyncio.CancelledError:
            with suppress(BrokerAway, TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await link.publish(self.farewell.topic, self.farewell.payload, retain=True)
            raise
        finally:
            self._link = None

    async def _tell(self, link: Link) -> None:
        for blank in (NeedsPerson(source="box"), Alarm(source="safety")):
            # The broker may hold an earlier life's: nobody must run for that.
            if not any(isinstance(state, type(blank)) for state in self._api.bus.states()):
                await self._publish(link, blank)
        with self._api.bus.subscribe(Message, depth=DEPTH) as mailbox:
            async for message in mailbox:
                await self._publish(link, self._newest(message))

    async def _appear(self, link: Link) -> None:
        """In Home Assistant; then every new frame, the newest when they come faster than they go."""
        for topic, payload in self._home.messages(self._topic) if self._home else ():
            await link.publish(topic, payload, retain=True)
        with self._api.bus.subscribe(LastSub, HandState) as mailbox:
            async for message in mailbox:
                # While an exposure by hand runs there is nothing new to see.
                if isinstance(message, HandState) and (message.exposing_since or message.stars is None):
                    continue
                path = self._api.latest_preview()
                picture = None if path is None else await self._files.call(_read, path)
                if picture is not None:
                    await link.publish(f"{self._topic}/{PREVIEW}", picture, retain=True)

    def _newest(self, message: Message) -> Message:
        """Several parts of the box may need a person: who has been answered must not hide the others."""
        states = self._api.bus.states()
        if isinstance(message, NeedsPerson):
            return who_is_needed(states) or message
        return (newest_alarm(states) or message) if isinstance(message, Alarm) else message

    async def _publish(self, link: Link, message: Message) -> None:
        retain = isinstance(message, State)
        told = encode(message)
        topic = f"{self._topic}/{'state' if retain else 'event'}/{told['type']}"
        await link.publish(topic, json.dumps(told, ensure_ascii=False), retain=retain)

    async def _listen(self, link: Link) -> None:
        async for message in link.incoming():
            if message.retained:
                continue
            task = asyncio.create_task(self._command(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _command(self, message: Incoming) -> None:
        """Whatever becomes of the connection meanwhile, the command is carried out to its end."""
        name = message.topic.rpartition("/")[2]
        try:
            result = await self._api.call(name, _arguments(message.payload))
            answer: dict[str, object] = {"ok": True, "result": plain(result)}
        except NightboxError as refusal:
            answer = {
                "ok": False,
                "code": refusal.code,
                "sentence": refusal.sentence,
                "advice": refusal.advice,
            }
        except Exception as bug:
            log.error("the command %s failed", name, exc_info=bug)
            answer = {"ok": False, "code": "bug", "sentence": f"Unexpected: {bug!r}.", "advice": ""}
        if self._link is not None:
            with suppress(BrokerAway):
                await self._link.publish(f"{self._topic}/answer/{name}", json.dumps(answer), retain=False)

    async def close(self) -> None:
        """The box ends, and with it all that waits for it."""
        self._files.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None  # it is just being replaced


def _arguments(payload: bytes) -> dict[str, object]:
    if not payload.strip():
        return {}
    try:
        told = json.loads(payload) if len(payload) <= LONGEST else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise BadCommand(
            "arguments", "the payload is not a JSON object of arguments", advice="Send {} for none."
        )
    return told
