"""One client: its bytes and commands to the server, the server's bytes to it, and our own words between."""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from appliance.surfaces.indi_passthrough.commands import FINISH_SECONDS, Commands
from appliance.surfaces.indi_passthrough.frames import Frames
from appliance.surfaces.indi_passthrough.judge import Judge
from appliance.surfaces.indi_passthrough.outlet import Outlet
from appliance.surfaces.indi_passthrough.own.devices import OwnDevices
from appliance.surfaces.indi_passthrough.shadow import RETRY_SECONDS
from appliance.surfaces.indi_passthrough.socket_wire import Closed, LetGo, ServerClosed, SocketWire
from appliance.surfaces.indi_passthrough.turns import Turns
from hardware.indi_wire import (
    BLOB,
    Element,
    ElementScanner,
    Piece,
    WireError,
    encode,
    message,
    parse_element,
    parse_start,
)

log = logging.getLogger(__name__)

LONGEST = 1 << 16  # of one command: what is longer would hold the loop up
MOST_ASKED = 256  # getProperties that are asked again of a server that has come back
ASK_EVERY_SECONDS = 0.02  # each has every driver define everything again, to every client
ASK_BURST = 50
LOOK_SECONDS = 1.0
STALLED_SECONDS = 60.0  # for a quarter of a megabyte
_DEVICE = re.compile(rb"""\sdevice\s*=\s*("[^"]*"|'[^']*')""")
WHAT = "This could not be understood, and nothing was done."


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where the indiserver listens; None for a box without one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Common:
    """What all clients share."""

    judge: Judge
    own: OwnDevices
    upstream: Upstream | None


class Client:
    """One connection; `run` it until it ends. `host` is how leases know it."""

    def __init__(self, wire: SocketWire, host: str, common: Common) -> None:
        self.host, self._wire, self._common = host, wire, common
        self.outlet = Outlet(wire)
        self._frames = Frames(self.outlet.say)
        self._commands = Commands(host, common.judge, self._forward, self.outlet.say)
        self._server: SocketWire | None = None
        self._asked: OrderedDict[bytes, None] = OrderedDict()
        self._devices: dict[bytes, str] = {}
        self._clock = asyncio.get_running_loop().time
        self._may_ask_at = float("-inf")
        self._heard = asyncio.Event()  # all that the client has said before it went

    async def run(self) -> None:
        """Until either side ends it."""
        try:
            async with asyncio.TaskGroup() as work:
                for part in (self._talk, self._commands.run, self._from_server, self._from_client):
                    work.create_task(part())
                work.create_task(self._look_after())
        except* (Closed, WireError) as ended:
            log.info("INDI client %s has gone: %s", self.host, ended.exceptions[0])

    async def _talk(self) -> None:
        async with self._hearing_on():
            await self.outlet.run()

    @asynccontextmanager
    async def _hearing_on(self) -> AsyncIterator[None]:
        """A client that takes nothing any more may have said something before it went: that is still done."""
        try:
            yield
        except Closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(FINISH_SECONDS):
                    await self._heard.wait()
            raise

    async def _from_server(self) -> None:
        """The server's bytes; when it goes the client stays, without its devices until it is back."""
        if self._common.upstream is None:
            return
        attempts = 0
        while True:
            try:
                server = await SocketWire.to_server(self._common.upstream.host, self._common.upstream.port)
            except OSError:
                await asyncio.sleep(RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)])
                attempts += 1
                continue
            attempts = 0
            try:
                await self._follow(server)
            finally:
                self._server = None
                if self._heard.is_set():
                    await server.hang_up()
                else:
                    server.close()
            self._forget_devices()

    async def _follow(self, server: SocketWire) -> None:
        """Returns when the server has gone; Closed when it went in the middle of a frame."""
        scanner, whole, turns = ElementScanner(streamed=BLOB), True, Turns()
        try:
            for wish in (*self._asked, *self._frames.wishes()):
                await server.write(wish)
            self._server = server
            while True:
                data = server.read_now()
                if told := self._frames.read(waited=data is None):
                    await server.write(told)
                if data is None:
                    data = await server.read()
                    turns.begin()
                whole = await self._pass_on(list(scanner.feed(data)), whole=whole)
                await turns.over()  # a frame between two fast sides never waits by itself
        except ServerClosed:
            if not whole:
                raise LetGo("the server has gone in the middle of a frame") from None

    async def _look_after(self) -> None:
        """While something is being written: who takes nothing is let go, who is slow gets no frames."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            since = self.outlet.blocked_since
            if since is not None and self._clock() - since > STALLED_SECONDS:
                log.warning("the INDI client %s takes nothing", self.host)
                raise LetGo("it takes nothing")
            await self._try_forward(self._frames.look(since))

    async def _pass_on(self, pieces: list[Piece], *, whole: bool) -> bool:
        if not pieces:
            return whole
        for piece in pieces:
            if piece.tag.startswith("def"):
                self._note_device(piece.raw)
        data = pieces[0].raw if len(pieces) == 1 else b"".join(piece.raw for piece in pieces)
        async with self._hearing_on():
            await self.outlet.relay(data, whole=pieces[-1].last)
        return pieces[-1].last

    def _note_device(self, raw: bytes) -> None:
        """By the bytes first: a server defines some thousand properties at once."""
        named = _DEVICE.search(raw)
        if named is None or named[0] in self._devices:
            return
        with suppress(WireError):
            self._devices[named[0]] = parse_start(raw).device

    def _forget_devices(self) -> None:
        """The protocol's word for devices that are no more; a server that is back defines them again."""
        for device in self._devices.values():
            self.outlet.say(encode(Element("delProperty", {"device": device})))
        self._devices.clear()

    async def _from_client(self) -> None:
        """Programs such as indi_setprop go as soon as they have said what they want."""
        try:
            await self._listen()
        except Closed:
            await self._commands.finish()
            self._heard.set()
            raise

    async def _listen(self) -> None:
        scanner, turns = ElementScanner(longest=LONGEST), Turns()
        while True:
            data = await self._wire.read()
            turns.begin()
            for piece in scanner.feed(data):
                if piece.tag:
                    await self._hear(piece)
                await turns.over()

    async def _hear(self, piece: Piece) -> None:
        """Only what a client may say goes on; a driver's words from a client would deceive other drivers."""
        tag = piece.tag
        if not (tag.startswith("new") or tag in {"getProperties", "enableBLOB", "pingRequest", "pingReply"}):
            return
        try:
            element = parse_element(piece.raw)
        except WireError:
            self.outlet.say(encode(message("", WHAT)))
            return
        if tag.startswith("new"):
            await self._command(element, piece.raw)
        elif tag == "getProperties":
            await self._ask(element, piece.raw)
        elif tag == "enableBLOB":
            self._frames.wish(element)
            await self._try_forward(b"" if self._frames.left_out else piece.raw)
        elif tag == "pingRequest" and self._server is None:
            self.outlet.say(encode(Element("pingReply", dict(element.attributes))))
        else:
            await self._try_forward(piece.raw)

    async def _command(self, element: Element, raw: bytes) -> None:
        if self._common.own.has(element.device):
            self._common.own.command(element, self.outlet.say)
        else:
            await self._commands.take(element, raw)

    async def _forward(self, raw: bytes) -> None:
        if self._server is None:
            raise ServerClosed("the INDI server is away")
        await self._server.write(raw)

    async def _ask(self, element: Element, raw: bytes) -> None:
        """For what is our own we answer, for the rest the server, now and after it has been away."""
        await self._not_too_often()
        self._common.own.introduce(element.device, element.name, self.outlet)
        if self._common.own.has(element.device):
            return
        self._asked.pop(raw, None)
        self._asked[raw] = None
        if len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)
        await self._try_forward(raw)

    async def _not_too_often(self) -> None:
        now = self._clock()
        self._may_ask_at = max(self._may_ask_at, now - ASK_BURST * ASK_EVERY_SECONDS) + ASK_EVERY_SECONDS
        if self._may_ask_at > now:
            await asyncio.sleep(self._may_ask_at - now)

    async def _try_forward(self, raw: bytes) -> None:
        """What is not carried out now is said again when the server is back."""
        if self._server is not None and raw:
            try:
                await self._server.write(raw)
            except ServerClosed:
                return

    def held_keys(self) -> list[Element]:
        """What lets go the motion keys that it held to its end."""
        return list(self._commands.keys.let_go(self._common.judge.shadow.find))

    def close(self) -> None:
        self._common.own.forget(self.outlet)
        self._wire.close()
