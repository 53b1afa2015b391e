"""The port itself, over real sockets: many clients, those that hang, and the end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from appliance.surfaces.jsonrpc import server as module
from appliance.surfaces.jsonrpc.server import TOO_MANY, PortTaken, Server
from tests.appliance.surfaces.jsonrpc.lines import content

pytestmark = pytest.mark.asyncio

ASKED = b'{"method": "echo", "params": [1], "id": 1}\n'
TOLD = b'{"jsonrpc": "2.0", "result": [1], "id": 1}\r\n'
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Ends]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def ask(ends: Ends, sent: bytes = ASKED) -> bytes:
    reader, writer = ends
    writer.write(sent)
    async with asyncio.timeout(10.0):
        return await reader.readline()


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not happened():  # noqa: ASYNC110 - a socket's other end has no event
            await asyncio.sleep(0.01)


async def test_many_clients_at_once() -> None:
    async with Server(content()).listening("127.0.0.1", 0) as server, AsyncExitStack() as stack:
        ends = [await stack.enter_async_context(connected(server.port)) for _ in range(40)]
        assert await asyncio.gather(*(ask(one) for one in ends)) == [TOLD] * 40
        assert server.clients == 40
        await stack.aclose()
        await until(lambda: server.clients == 0)


async def test_the_one_that_was_idle_for_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server(content(), most=3).listening("127.0.0.1", 0) as server, AsyncExitStack() as stack:
        idle, busy, fresh = [await stack.enter_async_context(connected(server.port)) for _ in range(3)]
        busy[1].write(b'{"method": "slow", "id": 1}\n')
        for one in (idle, fresh):
            assert await ask(one) == TOLD
        refused = await stack.enter_async_context(connected(server.port))
        assert await refused[0].read() == TOO_MANY
        monkeypatch.setattr(module, "SPARED_SECONDS", 0.0)
        newest = await stack.enter_async_context(connected(server.port))
        assert await ask(newest) == TOLD
        assert await idle[0].read() == b""
        assert await ask(fresh) == TOLD
        assert not busy[0].at_eof()


async def test_the_end_leaves_nobody_behind() -> None:
    async with Server(content()).listening("127.0.0.1", 0) as server:
        ends = await asyncio.open_connection("127.0.0.1", server.port)
        ends[1].write(b'{"method": "slow", "id": 1}\n{"half')
        await until(lambda: server.clients == 1)
    assert server.clients == 0
    with pytest.raises(ConnectionResetError):
        await ends[0].read()
    ends[1].close()


async def test_a_client_that_vanishes_in_the_middle() -> None:
    async with Server(content()).listening("127.0.0.1", 0) as server:
        for sent in (
            b"",
            b"{",
            b"GET / HT",
            b"POST /jsonrpc HTTP/1.1\r\nContent-Length: 100\r\n\r\n{",
            ASKED,
        ):
            with socket.create_connection(("127.0.0.1", server.port)) as one:
                one.sendall(sent)
        await until(lambda: server.clients == 0)
        async with connected(server.port) as last:
            assert await ask(last) == TOLD


async def test_a_port_that_is_taken_is_told() -> None:
    async with Server(content()).listening("127.0.0.1", 0) as server:
        with pytest.raises(PortTaken, match=f"port {server.port}"):
            async with Server(content()).listening("127.0.0.1", server.port):
                pass


async def test_every_address_means_both_kinds() -> None:
    async with Server(content()).listening("", 0) as server, connected(server.port) as one:
        assert await ask(one) == TOLD
