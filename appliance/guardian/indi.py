"""A tiny INDI client: one connection to the local indiserver, what it says of two devices, switches sent."""

import socket
import struct
from collections.abc import Callable
from dataclasses import replace

from appliance.guardian.clock import SLICE_SECONDS, Clock
from appliance.guardian.problems import Silent, Trouble
from appliance.guardian.wire import Message, Property, Reader, ask, switch

ANSWER_SECONDS = 10.0
CONNECT_SECONDS = 30.0
CHUNK = 65536
_CREDENTIALS = struct.Struct("iII")  # struct ucred of unix(7): pid, uid, gid


class Indi:
    """Connected from `opened` to `close`; every wait is bounded. Silent when the server does not answer."""

    def __init__(self, path: str, port: int, clock: Clock) -> None:
        self._path, self._port, self._clock = path, port, clock
        self._line: socket.socket | None = None
        self._reader = Reader()
        self._properties: dict[tuple[str, str], Property] = {}
        self._words: dict[str, str] = {}
        self._asked: set[str] = set()

    def close(self) -> None:
        """Forget the connection, and with it all that was heard."""
        if self._line is not None:
            self._line.close()
        self._line = None
        self._properties.clear()
        self._asked.clear()

    def connected(self, device: str) -> None:
        """Return once the device's driver is connected to it; asked to, when it is not."""
        self._watch(device)
        found = self.wait(device, "CONNECTION", lambda _: True, ANSWER_SECONDS)
        if found.is_on("CONNECT") and found.state != "Busy":
            return
        self.send(device, "CONNECTION", "CONNECT")
        self.wait(
            device, "CONNECTION", lambda now: now.is_on("CONNECT") and now.state == "Ok", CONNECT_SECONDS
        )

    def find(self, device: str, name: str) -> Property | None:
        """What is known of a property."""
        return self._properties.get((device, name))

    def asked_now(self, device: str, name: str) -> Property:
        """The property as the driver tells it when asked now; Silent when it does not."""
        self._properties.pop((device, name), None)
        self._say(ask(device, name))
        return self.wait(device, name, lambda _: True, ANSWER_SECONDS)

    def words(self, device: str) -> str:
        """The driver's last words."""
        return self._words.get(device, "")

    def send(self, device: str, name: str, element: str) -> None:
        """Switch one element on."""
        self._say(switch(device, name, element))

    def wait(self, device: str, name: str, done: Callable[[Property], bool], within: float) -> Property:
        """The property once it is as wanted; Silent when it was not heard of at all, else Trouble."""
        ends = self._clock.now() + within
        while True:
            found = self.find(device, name)
            if found is not None and done(found):
                return found
            if self._clock.now() >= ends:
                break
            self.listen()
        if found is None:
            raise Silent(f"{device} does not answer")
        said = f": {words}" if (words := self.words(device)) else ""
        raise Trouble(f"{device} has not done it within {within:g} s{said}")

    def listen(self, seconds: float = SLICE_SECONDS) -> None:
        """Take in what comes, for one slice of time at most."""
        self._clock.alive()
        line = self._open()
        line.settimeout(min(seconds, SLICE_SECONDS))
        try:
            data = line.recv(CHUNK)
        except TimeoutError:
            return
        except OSError as broken:
            self.close()
            raise Silent(f"INDI's server has gone ({broken})") from broken
        if not data:
            self.close()
            raise Silent("INDI's server has gone")
        try:
            for item in self._reader.read(data):
                self._take(item)
        except ValueError as wrong:
            self.close()
            raise Silent(f"INDI's server sends {wrong}") from wrong

    def server_pid(self) -> int | None:
        """Of the server at the other end, when it can be known."""
        if self._line is None or self._line.family != socket.AF_UNIX:
            return None
        raw = self._line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid: int = _CREDENTIALS.unpack(raw)[0]
        return pid or None

    def _watch(self, device: str) -> None:
        if device not in self._asked:
            self._say(ask(device))
            self._asked.add(device)

    def _say(self, message: bytes) -> None:
        try:
            self._open().sendall(message)
        except OSError as broken:
            self.close()
            raise Silent(f"INDI's server does not listen ({broken})") from broken

    def _open(self) -> socket.socket:
        if self._line is not None:
            return self._line
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(ANSWER_SECONDS / 2)
        try:
            line.connect("\0" + self._path)  # indiserver's socket has a name in the kernel only
        except OSError:
            line.close()
            line = self._by_port()
        self._line, self._reader = line, Reader()
        return line

    def _by_port(self) -> socket.socket:
        try:
            return socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS / 2)
        except OSError as refused:
            raise Silent("no INDI server answers") from refused

    def _take(self, item: Property | Message) -> None:
        if isinstance(item, Property):
            old = self.find(item.device, item.name)
            values = {**old.values, **item.values} if old else item.values
            self._properties[item.device, item.name] = replace(item, values=values)
        elif item.gone:
            for key in [
                key for key in self._properties if key[0] == item.device and item.name in {"", key[1]}
            ]:
                del self._properties[key]
        elif item.text:
            self._words[item.device] = item.text[-200:]
