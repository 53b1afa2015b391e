"""The link in plain asyncio: the codec of hardware.indi_wire on the local server's Unix socket.

No thread but the one that decodes frames, which it does where the driver has left them: they are mapped.
While a frame is decoded nothing is read, so what comes after it is heard after it, and what the server has
to hold for us meanwhile it holds itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from decimal import Decimal

from hardware.errors import DeviceLost, DeviceRefused
from hardware.indi.line import Line
from hardware.indi.link import Decode, Kind, Listener, Value
from hardware.indi.shared import MOST_BYTES, sent_pictures
from hardware.indi.vectors import Vectors
from hardware.indi_wire import (
    BLOB,
    Element,
    ElementScanner,
    MalformedElement,
    Member,
    Piece,
    TooLong,
    WireError,
    enable_blob,
    encode,
    get_properties,
    parse_element,
    ping,
)
from hardware.worker import Worker

log = logging.getLogger(__name__)

SEND_SECONDS = 10.0
CONNECT_SECONDS = 3.0
SHORT = 65536
_SERVER = "INDI server"


class AsyncioLink:
    """A Link to the server behind one Unix socket."""

    def __init__(self, socket: str, decode: Decode) -> None:
        self._socket, self._decode = socket, decode
        self._talk: _Conversation | None = None
        self._pings = 0

    async def connect(self, listener: Listener) -> None:
        await self.close()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                line = await Line.opened(self._socket)
        except (OSError, TimeoutError) as refused:
            raise DeviceLost(_SERVER, f"nothing answers at {self._socket}") from refused
        self._talk = _Conversation(line, listener, self._decode)
        await self._say(get_properties())

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None:
        word = kind.value.title()
        members = tuple(Member(f"one{word}", key, _text(kind, value)) for key, value in values.items())
        await self._say(Element(f"new{word}Vector", {"device": device, "name": name}, members))

    async def want_pictures(self, device: str, name: str) -> None:
        await self._say(enable_blob("Also", device, name))

    async def ping(self, within: float) -> None:
        self._pings += 1
        try:
            async with asyncio.timeout(within):
                await self._talking().ping(f"nightbox{self._pings}")
        except TimeoutError as late:
            raise DeviceLost(_SERVER, f"silent for {within:g} s") from late

    async def close(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            await talk.end()

    async def _say(self, element: Element) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._talking().say(element)
        except WireError as wrong:
            raise DeviceRefused(element.device, f"INDI cannot be told this ({wrong})") from wrong
        except TimeoutError as late:
            raise DeviceLost(_SERVER, f"has taken no command for {SEND_SECONDS:g} s") from late

    def _talking(self) -> "_Conversation":
        if self._talk is None:
            raise DeviceLost(_SERVER, "not connected")
        return self._talk


class _Conversation:
    """One connection, from its first byte to its last."""

    def __init__(self, line: Line, listener: Listener, decode: Decode) -> None:
        self._line, self._listener, self._decode = line, listener, decode
        self._vectors = Vectors(listener)
        self._scanner = ElementScanner(streamed=BLOB, longest_streamed=MOST_BYTES)
        self._worker = Worker("indi-frames")
        self._frame: list[bytes] = []
        self._pongs: dict[str, asyncio.Future[None]] = {}
        self._ended: str | None = None
        self._listening = asyncio.create_task(self._listen())

    async def say(self, element: Element) -> None:
        """DeviceLost when the server cannot be told."""
        if self._ended is not None:
            raise DeviceLost(_SERVER, self._ended)
        try:
            await self._line.send(encode(element))
        except OSError as gone:
            raise DeviceLost(_SERVER, f"it does not listen ({gone})") from gone

    async def ping(self, uid: str) -> None:
        """Return when it is answered."""
        pong = self._pongs[uid] = asyncio.get_running_loop().create_future()
        try:
            await self.say(ping(uid))
            await pong
        finally:
            del self._pongs[uid]

    async def end(self) -> None:
        """Hang up; the listener is told nothing."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._give_up("Nightbox has disconnected")

    async def _listen(self) -> None:
        try:
            while data := await self._line.receive():
                for piece in self._scanner.feed(data):
                    await self._take(piece)
                await asyncio.sleep(0)  # others first: a busy server could talk for ever
            reason = "the INDI server closed the connection"
        except (OSError, TooLong) as broken:
            reason = f"the INDI server's connection broke ({broken})"
        except Exception as wrong:
            log.exception("what the INDI server says can no longer be followed")
            reason = f"what the INDI server says can no longer be followed ({wrong!r})"
        self._give_up(reason)
        self._listener.lost(reason)

    async def _take(self, piece: Piece) -> None:
        if piece.tag in BLOB:
            self._frame.append(piece.raw)
            if piece.last:
                raw, self._frame = b"".join(self._frame), []
                await self._show(raw)
        elif piece.tag:
            try:
                element = parse_element(piece.raw)
            except MalformedElement as wrong:
                log.warning("INDI server sent what is no INDI: %s", wrong)
            else:
                self._heard(element)

    def _heard(self, element: Element) -> None:
        if element.tag != "pingReply":
            self._vectors.take(element)
        elif (pong := self._pongs.get(element.attributes.get("uid", ""))) and not pong.done():
            pong.set_result(None)

    async def _show(self, raw: bytes) -> None:
        try:
            # A frame that came as text (no server does that on this socket) would hold up the loop.
            element = await self._worker.call(parse_element, raw) if len(raw) > SHORT else parse_element(raw)
        except MalformedElement as wrong:
            log.warning("INDI server sent a frame that is no INDI: %s", wrong)
            self._line.drop_descriptors()
            return
        self._vectors.take(element)
        for sent in sent_pictures(element, self._decode, self._line.descriptor):
            picture, buffer = await self._worker.call(sent.decoded)
            self._listener.received(picture)
            await self._worker.call(buffer.clear)

    def _give_up(self, reason: str) -> None:
        self._ended = reason
        self._line.close()
        self._worker.close()
        for pong in self._pongs.values():
            if not pong.done():
                pong.set_exception(DeviceLost(_SERVER, reason))


def _text(kind: Kind, value: Value) -> str:
    if kind is Kind.NUMBER:
        # Without an exponent: its minus would be a sign to who reads sexagesimal numbers.
        return f"{Decimal(repr(float(value))):f}"  # type: ignore[arg-type]  # Remote has checked it
    if kind is Kind.SWITCH:
        return "On" if value else "Off"
    return str(value)
