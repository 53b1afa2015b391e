"""States coalesce, events keep their order, nobody joins blind and nobody waits."""

import asyncio
from dataclasses import dataclass

import pytest

from appliance.bus import Bus, Event, Message, State

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature(State):
    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Event):
    number: int


async def read_slowly(bus: Bus, read: list[Message]) -> None:
    with bus.subscribe(State, Event) as mailbox:
        async for message in mailbox:
            await asyncio.sleep(1)
            read.append(message)


async def test_a_slow_reader_gets_the_present_and_every_event() -> None:
    bus = Bus()
    read: list[Message] = []
    bus.publish(Temperature(source="camera", celsius=20.0))
    reader = asyncio.create_task(read_slowly(bus, read))
    await asyncio.sleep(0)
    for n in range(100):
        bus.publish(Temperature(source="camera", celsius=float(-n)))
    for n in range(3):
        bus.publish(Saved(source="sequence", number=n))
    await asyncio.sleep(60)
    reader.cancel()
    assert [m.number for m in read if isinstance(m, Saved)] == [0, 1, 2]
    temperatures = [m.celsius for m in read if isinstance(m, Temperature)]
    assert temperatures[-1] == -99.0
    assert len(temperatures) <= 2


async def test_states_of_different_sources_stand_side_by_side() -> None:
    bus = Bus()
    bus.publish(Temperature(source="camera", celsius=-10.0))
    bus.publish(Temperature(source="focuser", celsius=4.0))
    assert [s.source for s in bus.states()] == ["camera", "focuser"]
    with bus.subscribe(Temperature) as mailbox:
        reader = aiter(mailbox)
        assert [(await anext(reader)).source for _ in range(2)] == ["camera", "focuser"]


async def test_a_full_mailbox_drops_the_oldest_and_counts_it() -> None:
    bus = Bus()
    with bus.subscribe(Event, depth=2) as mailbox:
        for n in range(5):
            bus.publish(Saved(source="s", number=n))
        assert mailbox.dropped == 3
        first = await anext(aiter(mailbox))
        assert isinstance(first, Saved)
        assert first.number == 3
