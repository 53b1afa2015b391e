"""A client's commands keep their order; Stop passes them, and drops what waits for that device."""

import asyncio
from typing import cast

import pytest

from appliance.errors import DeviceRefused
from appliance.sequence.beside import beside
from appliance.surfaces.indi_passthrough.commands import MOST_WAITING, Commands, Forward
from appliance.surfaces.indi_passthrough.judge import Judge
from hardware.indi_wire import Element
from tests.appliance.surfaces.indi_passthrough.passed_through import switch

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SECONDS = 5.0


class SlowJudge:
    """It takes its time for everything but a stop."""

    def truth(self, command: Element) -> bytes:
        return b""

    def takes_time(self, command: Element) -> bool:
        return command.name != "QUICK"

    def stops(self, command: Element) -> bool:
        return command.name == "STOP"

    async def handle(self, client: str, command: Element, forward: Forward) -> bytes:
        if not self.stops(command) and self.takes_time(command):
            await asyncio.sleep(SECONDS)
        try:
            await cast("asyncio.Future[None]", forward())  # type: ignore[call-arg]
        except DeviceRefused as refusal:
            return refusal.sentence.encode()
        return b""


async def test_a_stop_passes_and_drops_what_waits_for_its_device() -> None:
    done: list[bytes] = []
    said: list[bytes] = []

    async def forward(raw: bytes) -> None:
        done.append(raw)

    commands = Commands("me", cast(Judge, SlowJudge()), forward, said.append)
    async with beside(commands.run()):
        for device, name in (("A", "1"), ("B", "2"), ("A", "3"), ("A", "STOP"), ("A", "4")):
            await commands.take(switch(device, name), f"{device}{name}".encode())
        assert done == [b"ASTOP"]
        await asyncio.sleep(4 * SECONDS + 1)
    assert done == [b"ASTOP", b"B2", b"A4"]
    assert len(said) == 2
    assert b"it was told to stop before it began" in said[0]


async def test_who_sends_too_much_is_not_read_any_further() -> None:
    async def forward(_: bytes) -> None:
        return

    commands = Commands("me", cast(Judge, SlowJudge()), forward, lambda _: None)
    async with beside(commands.run()):
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(MOST_WAITING + 2):
            await commands.take(switch("A", f"{number}"), b"")
        assert loop.time() - began == pytest.approx(2 * SECONDS)


async def test_what_a_client_said_before_it_went_is_done() -> None:
    done: list[bytes] = []

    async def forward(raw: bytes) -> None:
        done.append(raw)

    commands = Commands("me", cast(Judge, SlowJudge()), forward, lambda _: None)
    async with beside(commands.run()):
        await commands.take(switch("A", "1"), b"1")
        await commands.take(switch("A", "2"), b"2")
        await commands.finish()
    assert done == [b"1", b"2"]


async def test_what_takes_no_time_is_done_at_once_unless_something_waits() -> None:
    done: list[bytes] = []

    async def forward(raw: bytes) -> None:
        done.append(raw)

    commands = Commands("me", cast(Judge, SlowJudge()), forward, lambda _: None)
    async with beside(commands.run()):
        await commands.take(switch("A", "QUICK"), b"1")
        assert done == [b"1"]
        await commands.take(switch("A", "SLOW"), b"2")
        await commands.take(switch("A", "QUICK"), b"3")
        assert done == [b"1"], "their order is kept"
        await commands.finish()
    assert done == [b"1", b"2", b"3"]
