"""A source that tells of a change is asked at that moment; one that chatters or fails delays nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from appliance.errors import DeviceError, DeviceLost
from appliance.safety.listening import APART_SECONDS, listen
from appliance.safety.sources import Objections, Source, never
from appliance.safety.verdict import Level, Objection

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
EVERY = 5.0
WET = Objection("verdict", "says unsafe")


async def there() -> None:
    """Its device is open."""


class Drop:
    """A rain sensor on a pin."""

    def __init__(self) -> None:
        self.wet, self.edge, self.asked = False, asyncio.Event(), 0

    async def read(self) -> Objections:
        self.asked += 1
        return {Level.SAFETY: (WET,) if self.wet else ()}

    async def changed(self) -> None:
        await self.edge.wait()
        self.edge.clear()

    def falls(self) -> None:
        self.wet = True
        self.edge.set()


@asynccontextmanager
async def heard(
    read: Callable[[], Awaitable[Objections]], changed: Callable[[], Awaitable[None]] = never
) -> AsyncIterator[list[tuple[float, bool]]]:
    """(moment, objects) of every answer."""
    answers: list[tuple[float, bool]] = []

    def hear(_: Source, objections: Objections) -> None:
        answers.append((asyncio.get_running_loop().time(), bool(objections[Level.SAFETY])))

    source = Source("Rain", {Level.SAFETY: 0.0}, there, read, changed)
    listening = asyncio.create_task(listen(source, EVERY, hear))
    try:
        yield answers
    finally:
        listening.cancel()
        await asyncio.wait({listening})


async def test_what_can_only_be_asked_is_asked_again_and_again() -> None:
    drop = Drop()
    async with heard(drop.read) as answers:
        await asyncio.sleep(12.0)
    assert [moment for moment, _ in answers] == pytest.approx([0.0, 5.0, 10.0], abs=0.1)


async def test_an_edge_is_answered_at_that_moment() -> None:
    drop = Drop()
    async with heard(drop.read, drop.changed) as answers:
        await asyncio.sleep(2.3)
        drop.falls()
        await asyncio.sleep(0.001)
        assert answers[-1][1]
        assert answers[-1][0] == pytest.approx(2.3)
        await asyncio.sleep(EVERY)
        assert len(answers) == 3  # and the regular question goes on


async def test_an_edge_in_the_middle_of_a_question_is_not_missed() -> None:
    drop = Drop()

    async def slow() -> Objections:
        before = await drop.read()
        await asyncio.sleep(1.0)
        return before

    async with heard(slow, drop.changed) as answers:
        await asyncio.sleep(0.5)
        drop.falls()
        await asyncio.sleep(1.6)
    assert [objects for _, objects in answers] == [False, True]
    assert [moment for moment, _ in answers] == pytest.approx([1.0, 2.0])


async def test_a_chattering_contact_does_not_have_the_loop_for_itself() -> None:
    drop = Drop()

    async def chatter() -> None:
        await asyncio.sleep(0.0001)

    async with heard(drop.read, chatter):
        await asyncio.sleep(1.0)
    assert drop.asked <= 1.0 / APART_SECONDS + 1


async def test_a_source_that_fails_or_is_lost_is_asked_at_leisure() -> None:
    times = 0

    async def fails() -> Objections:
        nonlocal times
        times += 1
        raise DeviceError("Rain", "its wire is broken")

    async def lost() -> None:
        raise DeviceLost("Rain", "it has gone")

    async with heard(fails, lost) as answers:
        await asyncio.sleep(11.0)
    assert (times, answers) == (3, [])


async def test_a_question_without_an_answer_is_given_up() -> None:
    async def silent() -> Objections:
        await asyncio.Event().wait()
        raise AssertionError

    async with heard(silent) as answers:
        await asyncio.sleep(30.0)
    assert answers == []
