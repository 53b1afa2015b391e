"""Somebody who looks at mount and dome all the time and writes down, in order, what INDI says of them."""

import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

MOUNT, DOME = "Telescope Simulator", "Dome Simulator"


@dataclass(frozen=True, slots=True)
class Seen:
    at: float
    device: str
    name: str
    state: str
    on: tuple[str, ...]


class Witness:
    """A client of its own, by TCP; `close` it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line = _connected(port)
        self._line.sendall(b'<getProperties version="1.7"/>')
        self.seen: list[Seen] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        parser: Any = Xml.XMLPullParser(["start", "end"])
        depth = 0
        parser.feed("<stream>")
        while data := self._receive():
            parser.feed(data)
            for event, element in parser.read_events():
                assert isinstance(element, Xml.Element)
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 1 and element.tag.endswith("SwitchVector"):
                    self._note(element)

    def _receive(self) -> bytes:
        try:
            return self._line.recv(65536)
        except OSError:
            return b""

    def _note(self, element: Xml.Element) -> None:
        if element.tag[:3] in {"set", "def"}:
            on = tuple(one.get("name", "") for one in element if (one.text or "").strip() == "On")
            get = element.get
            self.seen.append(Seen(time.monotonic(), get("device", ""), get("name", ""), get("state", ""), on))

    def when(self, device: str, name: str, element: str, state: str, after: float = 0.0) -> float | None:
        """The first moment that it was so."""
        wanted = (device, name, state)
        fits = (s for s in self.seen if (s.device, s.name, s.state) == wanted and element in s.on)
        return next((s.at for s in fits if s.at > after), None)

    def now(self, device: str, name: str) -> Seen | None:
        """What was last said of it."""
        return next((s for s in reversed(self.seen) if (s.device, s.name) == (device, name)), None)

    def set(self, *settings: str) -> None:
        for setting in settings:
            subprocess.run(["indi_setprop", "-p", str(self._port), setting], check=True, timeout=10)

    def close(self) -> None:
        self._line.close()


def _connected(port: int) -> socket.socket:
    ends = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < ends, "no INDI server"
            time.sleep(0.1)
