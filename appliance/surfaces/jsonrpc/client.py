"""One client on the one port: JSON lines, plain words, or an HTTP request."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from appliance.surfaces.jsonrpc.http import (
    Refusal,
    Request,
    Response,
    carries,
    check_origin,
    is_http,
    read_request,
    same,
)
from appliance.surfaces.jsonrpc.limits import GREETING_SECONDS, IDLE_SECONDS, SEND_SECONDS, WRONG_SECONDS
from appliance.surfaces.jsonrpc.protocol import INVALID_REQUEST
from appliance.surfaces.jsonrpc.reading import Gone, Incoming, Silent, TooLong

JSON = "application/json"
LEAVE = frozenset({"QUIT", "EXIT"})
TOO_LONG = f'{{"jsonrpc": "2.0", "error": {{"code": {INVALID_REQUEST}, "message": "Too long"}}, "id": null}}'
SAY_FIRST = "Failed! Say first: token, a blank, and the token of this box"


@dataclass(frozen=True, slots=True)
class Content:
    """What there is to say, however it is asked for.

    `answer` is JSON-RPC's, `word` that to a plain word, `page` the one of GET / (HTML), `picture` a JPEG or
    None. `now` is UTC in seconds since 1970. `token` is what a client from another machine has to bring, None
    where anybody may come in.
    """

    answer: Callable[[bytes], Awaitable[str | None]]
    word: Callable[[str], Awaitable[str]]
    page: Callable[[], Awaitable[str]]
    picture: Callable[[], Awaitable[bytes | None]]
    now: Callable[[], float]
    token: str | None = None


class Client:
    """A connection. `since` is when it became idle by the loop's clock, None while it is being answered."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: Content
    ) -> None:
        self._number, self._content = number, content
        self._incoming, self._writer = Incoming(reader), writer
        self.since: float | None = asyncio.get_running_loop().time()
        peer = writer.get_extra_info("peername")
        self._trusted = content.token is None or is_loopback(str(peer[0]) if peer else "")
        self._greeted = False

    async def serve(self) -> None:
        """Until it leaves, or has to."""
        with suppress(Gone, ConnectionError):
            await self._talk()
        await self.close()

    async def close(self) -> None:
        """Gone for certain: what it has not taken by then it never will."""
        self._writer.close()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    def abort(self) -> None:
        """At once: others need the place."""
        self._writer.transport.abort()

    async def _talk(self) -> None:
        try:
            line = await self._first()
            if is_http(line):
                await self._http(line)
                return
            while await self._answer(line):
                line = await self._incoming.line(IDLE_SECONDS)
        except TooLong:
            await self._send(TOO_LONG)
        except Silent:
            return

    async def _first(self) -> bytes:
        """Who speaks HTTP or JSON must get nothing but answers; a person is greeted."""
        try:
            return await self._incoming.line(GREETING_SECONDS)
        except Silent:
            await self._greet()
            return await self._incoming.line(IDLE_SECONDS)

    async def _greet(self) -> None:
        self._greeted = True
        await self._send(f"OK! id={self._number}")

    async def _answer(self, line: bytes) -> bool:
        """False when it wants to go."""
        self.since = None
        text = line.strip()
        if text[:1] in {b"{", b"["}:
            told = await self._content.answer(text) if self._trusted else SAY_FIRST
            if told is not None:
                await self._send(told)
        else:
            word = text.decode("utf-8", "replace")
            if word.upper() in LEAVE:
                return False
            if not self._greeted:
                await self._greet()
            await self._send(await self._word(word))
        self.since = asyncio.get_running_loop().time()
        return True

    async def _word(self, word: str) -> str:
        said, _, given = word.partition(" ")
        if said.upper() == "TOKEN":
            self._trusted = self._trusted or same(given, self._content.token or "")
            if self._trusted:
                return "OK!"
            await asyncio.sleep(WRONG_SECONDS)
            return "Failed!"
        return await self._content.word(word.upper()) if self._trusted else SAY_FIRST

    async def _http(self, first: bytes) -> None:
        self.since, head_only = None, first.startswith(b"HEAD")
        try:
            request = await read_request(first, self._incoming)
            check_origin(request)
            response = await self._respond(request)
        except Refusal as refusal:
            response = Response(f"{refusal.status.phrase}\n".encode(), status=refusal.status)
        await self._write(response.encode(self._content.now(), head_only=head_only))

    async def _respond(self, request: Request) -> Response:
        content = self._content
        if not self._trusted and not carries(request, content.token or ""):
            await asyncio.sleep(WRONG_SECONDS)
            raise Refusal(HTTPStatus.UNAUTHORIZED)
        match request.method, request.path:
            case "POST", "/jsonrpc":
                told = await content.answer(request.body)
                if told is None:
                    return Response(status=HTTPStatus.NO_CONTENT)
                return Response(told.encode(), JSON)
            case "GET" | "HEAD", "/":
                return Response((await content.page()).encode(), "text/html; charset=utf-8")
            case "GET" | "HEAD", path if path.endswith(".jpg"):
                if (picture := await content.picture()) is not None:
                    return Response(picture, "image/jpeg")
            case "GET" | "HEAD" | "POST", _:
                pass
            case _:
                raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        raise Refusal(HTTPStatus.NOT_FOUND)

    async def _send(self, text: str) -> None:
        await self._write(text.encode("utf-8", "replace") + b"\r\n")

    async def _write(self, data: bytes) -> None:
        """Gone when the client does not take it in time."""
        self._writer.write(data)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._writer.drain()
        except TimeoutError as stuck:
            self._writer.transport.abort()
            raise Gone from stuck


def is_loopback(address: str) -> bool:
    """Is this machine speaking to itself?"""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback
