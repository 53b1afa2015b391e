"""Both ends of a connection in virtual time: what a client sends, and what it has been sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from appliance.surfaces.jsonrpc.client import Client, Content
from appliance.surfaces.jsonrpc.protocol import Dispatcher, Method


class Transport:
    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class Writer:
    """A StreamWriter whose reader may be slow: `stuck`, it never takes anything more."""

    def __init__(self, peer: str) -> None:
        self.peer, self.sent, self.closed, self.stuck = peer, b"", False, False
        self.transport = Transport()

    def get_extra_info(self, name: str) -> object:
        assert name == "peername"
        return (self.peer, 50_000)

    def write(self, data: bytes) -> None:
        self.sent += data

    async def drain(self) -> None:
        if self.stuck:
            await asyncio.Event().wait()

    def close(self) -> None:
        self.closed = True

    async def wait_closed(self) -> None:
        await self.drain()


async def echo(given: list[Any]) -> object:
    return given


async def slow(_: list[Any]) -> object:
    await asyncio.sleep(50.0)
    return "slept"


def content(**changes: Any) -> Content:
    dispatcher = Dispatcher({"echo": Method("echo", echo, many=True), "slow": Method("slow", slow)})

    async def word(given: str) -> str:
        return f"<{given}>"

    async def page() -> str:
        return "<html>Grüße</html>"

    async def picture() -> bytes | None:
        return b"JPEG"

    given = {"answer": dispatcher.answer, "word": word, "page": page, "picture": picture, "now": lambda: 0.0}
    return Content(**(given | changes))


class Line:
    """The client's end."""

    def __init__(self, client: Client, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.client, self._reader, self.writer, self._read = client, reader, writer, 0

    async def send(self, data: bytes | str) -> bytes:
        """Send, and what has come back a moment later."""
        self._reader.feed_data(data.encode() if isinstance(data, str) else data)
        return await self.heard()

    async def heard(self, seconds: float = 0.01) -> bytes:
        await asyncio.sleep(seconds)
        news, self._read = self.writer.sent[self._read :], len(self.writer.sent)
        return news

    async def call(self, method: str, *params: object) -> Any:
        asked = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        return json.loads(await self.send(json.dumps(asked) + "\r\n"))

    def hang_up(self) -> None:
        self._reader.feed_eof()


@asynccontextmanager
async def line(peer: str = "127.0.0.1", **changes: Any) -> AsyncIterator[Line]:
    """A connected client; at the end it hangs up and everything is over."""
    reader, writer = asyncio.StreamReader(), Writer(peer)
    client = Client(7, reader, cast(asyncio.StreamWriter, writer), content(**changes))
    serving = asyncio.create_task(client.serve())
    one = Line(client, reader, writer)
    try:
        yield one
    finally:
        if not reader.at_eof():
            one.hang_up()
        await serving
        assert writer.closed
