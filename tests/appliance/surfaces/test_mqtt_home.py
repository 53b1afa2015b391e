"""The box in Home Assistant: what it finds, in virtual time; the real broker is in test_mqtt_local.py."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from aiomqtt import Client
from pydantic import ValidationError

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus
from appliance.byhand.messages import HandState
from appliance.profile import MqttSection
from appliance.sequence.beside import beside
from appliance.sequence.messages import LastSub
from appliance.surfaces import mqtt_broker
from appliance.surfaces.mqtt import BrokerAway, Farewell, run_mqtt
from appliance.surfaces.mqtt_broker import BrokerLink
from appliance.surfaces.mqtt_home import ENTITIES, Home
from tests.appliance.surfaces.test_mqtt import SECTION, Broker

KINDS = {"camera", "mount", "focuser", "filter wheel"}


def found(
    topic: str = "field/box", commands: tuple[str, ...] = ("start", "park")
) -> dict[str, dict[str, Any]]:
    messages = Home("homeassistant", "Backyard", KINDS, set(commands)).messages(topic)
    return {where: json.loads(payload) for where, payload in messages}


def test_every_entity_is_of_this_box_and_may_be_away() -> None:
    every = found()
    ids = [one["unique_id"] for one in every.values()]
    assert len(set(ids)) == len(ids)
    for where, one in every.items():
        assert where.split("/")[0::4] == ["homeassistant", "config"]
        assert where.split("/")[2] == "nightbox_field_box"
        assert one["availability_topic"] == "field/box/availability"
        assert one["device"]["identifiers"] == ["nightbox_field_box"]
        assert one["device"]["name"] == "Backyard"
    assert set(ids).isdisjoint(one["unique_id"] for one in found("other").values())


def test_sensors_read_what_everybody_reads_and_buttons_press_the_same_commands() -> None:
    every = found()
    hfr = every["homeassistant/sensor/nightbox_field_box/hfr/config"]
    assert hfr["state_topic"] == "field/box/state/LastSub"
    assert hfr["value_template"] == "{{ value_json.hfr }}"
    assert hfr["unit_of_measurement"] == "px"
    start = every["homeassistant/button/nightbox_field_box/start/config"]
    assert (start["command_topic"], start["payload_press"]) == ("field/box/command/start", "{}")
    image = every["homeassistant/image/nightbox_field_box/preview/config"]
    assert (image["image_topic"], image["content_type"]) == ("field/box/preview", "image/jpeg")


def test_only_what_the_box_has_appears() -> None:
    ids = {where.split("/")[3] for where in found()}
    assert {"start", "park", "focus_position", "filter"} <= ids
    assert ids.isdisjoint({"roof", "roof_open", "stop", "autofocus", "guiding", "guide_start", "star_lost"})
    everything = Home("x", "y", KINDS | {"roof"}, {entity.needs for entity in ENTITIES})
    assert len(list(everything.messages("t"))) == len(ENTITIES)


@pytest.mark.parametrize("component", ["sensor", "binary_sensor", "button", "image"])
def test_each_kind_of_entity_has_what_home_assistant_asks_of_it(component: str) -> None:
    asked = {
        "sensor": {"state_topic"}, "binary_sensor": {"state_topic", "device_class"},
        "button": {"command_topic"}, "image": {"image_topic"},
    }[component]  # fmt: skip
    mine = [entity for entity in ENTITIES if entity.component == component]
    assert mine
    for entity in mine:
        assert asked <= entity.config.keys()
    fields = {field for entity in mine for field in entity.config}
    assert fields <= {
        "state_topic", "value_template", "unit_of_measurement", "state_class", "device_class",
        "command_topic", "payload_press", "image_topic", "content_type",
    }  # fmt: skip


class Place:
    def __init__(self, folder: Path) -> None:
        self.bus, self.broker, self.preview = Bus(), Broker(), folder / "preview.jpg"
        self.api = Api(self.bus, lambda: 0.0, lambda: self.preview if self.preview.exists() else None)
        self.api.register(Command("start", "", Arguments, self._start))
        self.home = Home("homeassistant", "Backyard", KINDS, {"start"})

    async def _start(self, _: Arguments) -> str:
        return "started"

    def frame(self, size: int) -> None:
        self.preview.write_bytes(b"x" * size)

    @property
    def pictures(self) -> list[str]:
        return [told for topic, told, retain in self.broker.heard if topic == "preview" and retain]


@pytest.mark.asyncio
@pytest.mark.looptime
async def test_the_box_appears_and_shows_each_new_frame(tmp_path: Path, patient_workers: None) -> None:
    place = Place(tmp_path)
    async with beside(run_mqtt(SECTION, place.api, place.broker.connect, place.home)):
        await asyncio.sleep(1.0)
        mine = [
            topic for topic, _, retain in place.broker.heard if topic.startswith("homeassistant/") and retain
        ]
        assert len(mine) == len(list(place.home.messages("field/box")))
        assert place.pictures == []
        sub = LastSub(
            source="sequence",
            number=1,
            target="M 33",
            filter="L",
            file="a",
            hfr=2.0,
            stars=9,
            error_arcsec=None,
        )
        place.frame(7)
        place.bus.publish(sub)
        await asyncio.sleep(1.0)
        assert place.pictures == ["7 bytes"]
        exposing = HandState(source="hand", doing="preview", exposing_since=1.0, exposing_until=9.0, stars=5)
        place.bus.publish(exposing)
        await asyncio.sleep(1.0)
        assert place.pictures == ["7 bytes"]
        place.frame(8)
        place.bus.publish(HandState(source="hand", stars=5))
        await asyncio.sleep(1.0)
        assert place.pictures == ["7 bytes", "8 bytes"]


def test_an_own_broker_is_on_this_machine_and_knows_its_user() -> None:
    for wrong in ({"host": "elsewhere"}, {"host": "localhost", "user": "me"}):
        with pytest.raises(ValidationError, match="start_broker needs"):
            MqttSection.model_validate({"start_broker": True} | wrong)
    assert (
        MqttSection.model_validate({"host": "localhost", "start_broker": True}).discovery == "homeassistant"
    )


class Deaf:
    """A library that swallows a Stop, as wait_for does before Python 3.12 when it meets the answer."""

    async def publish(self, *_: object, **__: object) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(10.0)

    subscribe = publish


@pytest.mark.asyncio
@pytest.mark.looptime
async def test_a_stop_that_the_library_swallows_is_heeded() -> None:
    link = BrokerLink(cast(Client, Deaf()), "here")
    for asking in (link.publish("a", "b", retain=False), link.subscribe("a")):
        task = asyncio.create_task(asking)
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


class DeafClient(Deaf):
    """One that takes its time to connect, or to hang up."""

    def __init__(self, *, slow_to_leave: bool = False) -> None:
        self.slow_to_leave = slow_to_leave

    async def __aenter__(self) -> "DeafClient":
        if not self.slow_to_leave:
            await self.publish()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.publish()


@pytest.mark.asyncio
@pytest.mark.looptime
@pytest.mark.parametrize("slow_to_leave", [False, True])
async def test_a_stop_swallowed_while_connecting_or_hanging_up_is_heeded(
    monkeypatch: pytest.MonkeyPatch, slow_to_leave: bool
) -> None:
    async def answers(*_: object) -> None: ...

    monkeypatch.setattr(mqtt_broker, "_answers", answers)
    monkeypatch.setattr(mqtt_broker, "Client", lambda *_, **__: DeafClient(slow_to_leave=slow_to_leave))

    async def use() -> None:
        async with mqtt_broker.broker(SECTION, Farewell("a", "b")):
            if slow_to_leave:
                raise BrokerAway("It has gone.")
            await asyncio.Event().wait()

    task = asyncio.create_task(use())
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(60.0):
            await task
