"""The link over pyindi-client (libindi's own client).

What it must never do, all measured: let an exception leave a callback (the process ends), make a
second client per reconnect (aborts under traffic), connect again without disconnecting first (after
the server's death the client still believes it is connected), connect again and believe it hears of every
device (it asks only for those it knows), speak TCP to a local server (44 ms per
command against 0.15), or trust a silent connection (nothing in libindi notices).
"""

import asyncio
import ctypes
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

import numpy as np
import PyIndi

from hardware.errors import DeviceLost
from hardware.indi.link import Decode, Kind, Limits, Listener, Picture, Property, State, Value
from hardware.worker import Worker

log = logging.getLogger(__name__)
P = ParamSpec("P")

CALL_SECONDS = 10.0
_STATES = {
    PyIndi.IPS_IDLE: State.IDLE,
    PyIndi.IPS_OK: State.OK,
    PyIndi.IPS_BUSY: State.BUSY,
    PyIndi.IPS_ALERT: State.ALERT,
}
_KINDS = {
    PyIndi.INDI_NUMBER: (Kind.NUMBER, PyIndi.PropertyNumber),
    PyIndi.INDI_TEXT: (Kind.TEXT, PyIndi.PropertyText),
    PyIndi.INDI_SWITCH: (Kind.SWITCH, PyIndi.PropertySwitch),
    PyIndi.INDI_LIGHT: (Kind.LIGHT, PyIndi.PropertyLight),
    PyIndi.INDI_BLOB: (Kind.BLOB, PyIndi.PropertyBlob),
}


def _contained(callback: Callable[P, None]) -> Callable[P, None]:
    """An exception that left a callback would end the process: it is logged instead."""

    @wraps(callback)
    def contained(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception:
            log.exception("INDI callback %s failed", callback.__name__)

    return contained


class _Client(PyIndi.BaseClient):  # type: ignore[misc]  # PyIndi has no types
    """Runs on libindi's thread: copies values and hands them over, nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.hand_over: Callable[[str, tuple[Any, ...]], None] = lambda *_: None
        self.decode: Decode | None = None
        self._asks_for_all = False
        self.hung_up = False

    def ask_for_all(self) -> None:
        """Make every later connection ask for all devices.

        libindi asks for all only once: a client that has ever seen devices asks for those alone when it
        connects again, so a camera plugged in since would never show. A watched property without a name
        makes it ask for all again, but hides everything until the client has been disconnected: so it
        first connects to a socket of our own that hangs up. Blocks for some milliseconds.
        """
        if self._asks_for_all:
            return
        self.watchProperty("", "")
        path = f"nightbox-{os.getpid()}-{id(self)}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"\0{path}")  # libindi's local sockets are abstract: they leave no file
            listener.listen(1)
            self.setServer(f"localhost:{path}", 1)
            if not self.connectServer():
                raise DeviceLost("INDI client", "this process may not open Unix sockets")
            listener.accept()[0].close()
            # Only a connection that ends by itself lifts the hiding, not one that we end.
            patience = time.monotonic() + CALL_SECONDS / 2
            while not self.hung_up and time.monotonic() < patience:
                time.sleep(0.001)  # on the worker's thread
            self.disconnectServer()
        self._asks_for_all = True

    @_contained
    def newProperty(self, prop: Any) -> None:  # noqa: N802
        self.hand_over("defined", (_copy(prop),))

    @_contained
    def updateProperty(self, prop: Any) -> None:  # noqa: N802
        if prop.getType() == PyIndi.INDI_BLOB:
            self._pictures(prop)
        else:
            self.hand_over("updated", (_copy(prop),))

    @_contained
    def removeProperty(self, prop: Any) -> None:  # noqa: N802
        self.hand_over("deleted", (prop.getDeviceName(), prop.getName()))

    @_contained
    def removeDevice(self, device: Any) -> None:  # noqa: N802
        self.hand_over("deleted", (device.getDeviceName(), None))

    @_contained
    def newMessage(self, device: Any, index: int) -> None:  # noqa: N802
        self.hand_over("said", (device.getDeviceName(), device.messageQueue(index)))

    @_contained
    def newUniversalMessage(self, text: str) -> None:  # noqa: N802
        self.hand_over("said", (None, text))

    @_contained
    def newPingReply(self, uid: str) -> None:  # noqa: N802
        self.hand_over("pong", (uid,))

    @_contained
    def serverDisconnected(self, code: int) -> None:  # noqa: N802
        if self.hung_up:
            return  # libindi may tell it again when a command of ours meets the closed socket
        self.hung_up = True
        self.hand_over("lost", (f"the INDI server closed the connection ({code})",))

    def _pictures(self, prop: Any) -> None:
        device, name = prop.getDeviceName(), prop.getName()
        for blob in PyIndi.PropertyBlob(prop):
            if blob.getBlobLen() and self.decode:
                self.hand_over("received", (Picture(device, name, _decoded(blob, self.decode)),))


def _decoded(blob: Any, decode: Decode) -> Any:
    """Straight from libindi's buffer to pixels: the one pass over the data, and numpy lets the GIL go."""
    raw = (ctypes.c_uint8 * blob.getBlobLen()).from_address(int(blob.getBlob()))
    try:
        return decode(np.frombuffer(raw, dtype=np.uint8), blob.getFormat())
    except ValueError as problem:
        return problem


def _copy(prop: Any) -> Property:
    kind, vector = _KINDS[prop.getType()]
    elements = list(vector(prop))
    return Property(
        device=prop.getDeviceName(),
        name=prop.getName(),
        kind=kind,
        state=_STATES[prop.getState()],
        values={element.getName(): _value(kind, element) for element in elements},
        writable=prop.getPermission() != PyIndi.IP_RO,
        limits={e.getName(): Limits(e.getMin(), e.getMax()) for e in elements} if kind is Kind.NUMBER else {},
        labels={e.getName(): e.getLabel() for e in elements},
    )


def _value(kind: Kind, element: Any) -> Value:
    match kind:
        case Kind.NUMBER:
            return float(element.getValue())
        case Kind.TEXT:
            return (element.getText() or "").strip()  # values come padded with white space
        case Kind.SWITCH:
            return bool(element.getState() == PyIndi.ISS_ON)
        case Kind.LIGHT:
            return _STATES[element.getState()]
        case Kind.BLOB:
            return ""


# libindi aborts when client objects come and go under traffic, so they are kept and used again.
_idle_clients: list[_Client] = []


class PyIndiLink:
    """A Link to the server behind one Unix socket."""

    def __init__(self, socket: str, port: int, decode: Decode) -> None:
        self._socket, self._port = socket, port
        self._loop = asyncio.get_running_loop()
        self._worker = Worker("indi")
        self._client = _idle_clients.pop() if _idle_clients else _Client()
        self._client.decode = decode
        self._listener: Listener | None = None
        self._pongs: dict[str, asyncio.Future[None]] = {}
        self._pings = 0

    async def connect(self, listener: Listener) -> None:
        self._listener = None
        await self._call(self._client.disconnectServer)
        await self._call(self._client.ask_for_all)
        self._listener = listener
        self._client.hand_over = self._hand_over(listener)
        if not await self._call(self._connect):
            self._listener = None
            raise DeviceLost("INDI server", f"nothing answers at {self._socket}")

    def _connect(self) -> bool:
        # Host and path in one: libindi chooses the Unix socket by this form only.
        self._client.setServer(f"localhost:{self._socket}", self._port)
        self._client.setConnectionTimeout(3, 0)
        self._client.hung_up = False
        return bool(self._client.connectServer())

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None:
        await self._call(self._send, device, name, kind, dict(values))

    def _send(self, device: str, name: str, kind: Kind, values: dict[str, Value]) -> None:
        # A vector of our own: writing into libindi's would change what callbacks read before any reply.
        vector_of = {
            Kind.NUMBER: PyIndi.PropertyNumber,
            Kind.TEXT: PyIndi.PropertyText,
            Kind.SWITCH: PyIndi.PropertySwitch,
        }[kind]
        vector = vector_of(len(values))
        vector.setDeviceName(device)
        vector.setName(name)
        for element, (key, value) in zip(vector, values.items(), strict=True):
            element.setName(key)
            _assign(kind, element, value)
        if kind is Kind.SWITCH:
            vector.setRule(PyIndi.ISR_NOFMANY)  # or libindi sends only the first that is On
        self._client.sendNewProperty(vector)

    async def want_pictures(self, device: str, name: str) -> None:
        # Without the property's name enableBLOB would apply to everything this client hears.
        await self._call(self._client.setBLOBMode, PyIndi.B_ALSO, device, name)

    async def ping(self, within: float) -> None:
        self._pings += 1
        uid = f"nightbox{self._pings}"
        pong = self._pongs[uid] = self._loop.create_future()
        try:
            async with asyncio.timeout(within):
                await self._call(self._client.sendPingRequest, uid)
                await pong
        except TimeoutError as late:
            raise DeviceLost("INDI server", f"silent for {within:g} s") from late
        finally:
            del self._pongs[uid]

    async def close(self) -> None:
        """The client is used again only when its thread has come back from disconnecting."""
        self._listener = None
        self._client.hand_over = lambda *_: None
        await self._call(self._client.disconnectServer)
        self._worker.close()
        _idle_clients.append(self._client)

    async def _call(self, function: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        return await self._worker.call_within(CALL_SECONDS, function, *args, **kwargs)

    def _hand_over(self, listener: Listener) -> Callable[[str, tuple[Any, ...]], None]:
        def hand_over(what: str, args: tuple[Any, ...]) -> None:
            try:
                self._loop.call_soon_threadsafe(self._arrived, listener, what, args)
            except RuntimeError:
                return  # the loop has closed: nobody is listening any more

        return hand_over

    def _arrived(self, listener: Listener, what: str, args: tuple[Any, ...]) -> None:
        if what == "pong":
            if (pong := self._pongs.get(args[0])) and not pong.done():
                pong.set_result(None)
        elif listener is self._listener:  # else a late word of an earlier connection
            getattr(listener, what)(*args)
            if what == "lost":
                self._give_up_pings(*args)

    def _give_up_pings(self, reason: str) -> None:
        for pong in self._pongs.values():
            if not pong.done():
                pong.set_exception(DeviceLost("INDI server", reason))


def _assign(kind: Kind, element: Any, value: Value) -> None:
    if kind is Kind.NUMBER:
        element.setValue(float(value))  # type: ignore[arg-type]  # Remote has checked it
    elif kind is Kind.TEXT:
        element.setText(str(value))
    else:
        element.setState(PyIndi.ISS_ON if value else PyIndi.ISS_OFF)
