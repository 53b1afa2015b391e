"""A passthrough whose INDI server does not answer: our own devices stand; nothing that is sent breaks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.bus import Bus, State
from appliance.leases import House, Leases
from appliance.profile import PassthroughSection, Profile
from appliance.rig import Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.interlock import Verdict
from appliance.sequence.beside import beside
from appliance.surfaces.indi_passthrough.client import LONGEST, Upstream
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.own.house import own_vectors
from appliance.surfaces.indi_passthrough.own.measured import Measured
from appliance.surfaces.indi_passthrough.run import Wiring, run_passthrough
from appliance.surfaces.indi_passthrough.service import MOST_OF_ONE
from hardware.indi_wire import ElementScanner, WireError, encode, get_properties, parse_element, ping
from hardware.simulator.opener import SimulatorOpener
from tests.appliance.safety.site import WITH_ROOF
from tests.appliance.surfaces.indi_passthrough.passed_through import (
    Talker,
    free_port,
    listens,
    switch,
    values,
)
from tests.hardware.indi_wire.wire_streams import split, spoilt

ROOF = "Nightbox Roof"
ASK = encode(get_properties(ROOF, "DOME_SHUTTER"))


@asynccontextmanager
async def passthrough(leases: Leases | None = None) -> AsyncIterator[int]:
    """Its port."""
    rig, bus, port = Profile.model_validate(WITH_ROOF), Bus(), free_port()
    bus.publish(State(source="test"))
    opener = SimulatorOpener.demo(lambda _: 0.0, rig.site.place())
    wired = Wiring(
        section=PassthroughSection(enabled=True, port=port), upstream=Upstream("127.0.0.1", free_port()),
        bus=bus, leases=leases or Leases(House(), bus.publish), gate=Gatekeeper(rig, lambda: Verdict.SAFE),
        rig=Rig(rig, opener, bus.publish), used=Used({}),
        vectors=lambda states: own_vectors(rig, Measured(), states),
    )  # fmt: skip
    async with beside(run_passthrough(wired)):
        await listens(port)
        yield port


@pytest.mark.asyncio
async def test_our_own_devices_are_there_all_the_same() -> None:
    async with passthrough() as port, Talker.on(port) as client:
        await client.introduce(ROOF, "Nightbox Sequence")
        await client.say(switch("CCD Simulator", "CONNECTION", CONNECT="On"))
        told = await client.until(lambda one: one.tag == "message")
        assert told.attributes["message"] == "There is no device 'CCD Simulator' now: nothing was done."
        await client.say(ping("7"))
        assert (await client.until(lambda one: one.tag == "pingReply")).attributes["uid"] == "7"


@pytest.mark.asyncio
async def test_there_may_be_so_many_clients_and_no_more() -> None:
    leases = Leases(House(), lambda _: None)
    async with passthrough(leases) as port:
        several = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_OF_ONE + 1)]
        assert await several[-1][0].read() == b"", "the last one is not let in"
        assert leases.state().clients == ("127.0.0.1",)
        async with Talker.on(port, "127.0.0.2") as other:
            await other.introduce(ROOF)
        several[0][1].close()
        async with asyncio.timeout(5):
            while True:
                async with Talker.on(port) as client:
                    try:
                        await client.introduce(ROOF)
                    except (AssertionError, ConnectionError):
                        continue
                    break
        for _, writer in several:
            writer.close()


@pytest.mark.asyncio
async def test_one_endless_command_ends_its_connection_and_no_other() -> None:
    async with passthrough() as port, Talker.on(port) as other, Talker.on(port) as client:
        client.writer.write(b'<newTextVector device="' + b"a" * 2 * LONGEST)
        with suppress(ConnectionError):
            assert await client.reader.read() == b""
        await other.introduce(ROOF)


@pytest.mark.fuzz
@settings(max_examples=50)
@given(st.lists(split(spoilt()), min_size=1, max_size=4))
def test_whatever_a_client_sends_it_and_the_others_are_served(
    streams: list[tuple[bytes, list[bytes]]],
) -> None:
    asyncio.run(_served_all_the_same([chunk for _, chunks in streams for chunk in chunks]))


async def _served_all_the_same(chunks: list[bytes]) -> None:
    async with passthrough() as port:
        others = asyncio.all_tasks()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for chunk in chunks:
                writer.write(chunk)
                await asyncio.sleep(0)
            # Half an element of before is ended by a whole one, which it may take with it.
            writer.write(b"\n" + ASK + b"\n" + ASK + b"\n")
            await _answered(reader)
        finally:
            writer.close()
        async with Talker.on(port) as next_one:
            await next_one.introduce(ROOF)
            shutter = await next_one.vector(ROOF, "DOME_SHUTTER", "def")
            assert values(shutter)["SHUTTER_OPEN"] == "Off"
        async with asyncio.timeout(5):
            while asyncio.all_tasks() - others:  # noqa: ASYNC110 - nothing of who has gone is left
                await asyncio.sleep(0.01)


async def _answered(reader: asyncio.StreamReader) -> None:
    """The connection lives, and what comes on it is INDI; an endless quotation is the sender's own loss."""
    scanner = ElementScanner()
    try:
        async with asyncio.timeout(0.3):
            while True:
                data = await reader.read(1 << 16)
                assert data, "a client was let go that had sent nothing too long"
                for piece in scanner.feed(data):
                    if piece.tag and parse_element(piece.raw).name == "DOME_SHUTTER":
                        return
    except TimeoutError:
        return
    except WireError as wrong:
        raise AssertionError(f"what it got is no INDI: {wrong}") from wrong
