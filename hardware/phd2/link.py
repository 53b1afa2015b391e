"""PHD2's event server: JSON lines both ways, answers by their id, and events that come unasked.

Source of the wire: PHD2's own description of its server (EventMonitoring in its wiki) and its source. A
result only says that a request was accepted; what came of it is told by events.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from hardware.errors import DeviceError, DeviceLost, DeviceMissing

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
LONGEST_REQUEST = 1024  # bytes; PHD2 breaks off the connection for more
LONGEST_LINE = 1 << 20  # a star's picture is a long line
START = "Start PHD2 there, and switch on Tools > Enable Server; check host and port of [guider]."

Event = dict[str, Any]
Hear = Callable[[Event], None]


class Link:
    """One connection; `lost` for good once it broke or an answer stayed away. `hear` is given every event."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Hear):
        self.name, self.lost = name, False
        self._writer, self._hear = writer, hear
        self._ids, self._waiting = count(1), dict[int, asyncio.Future[Any]]()
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def open_(cls, name: str, host: str, port: int, hear: Hear) -> "Link":
        """DeviceMissing when nobody listens there."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_LINE)
        except (OSError, TimeoutError) as silent:
            raise DeviceMissing(name, f"no PHD2 answers at {host}:{port}", advice=START) from silent
        return cls(name, reader, writer, hear)

    async def ask(self, method: str, params: object = None, within: float = ANSWER_SECONDS) -> Any:
        """Its result; DeviceError with PHD2's own words when it refuses, DeviceLost when it is silent."""
        if self.lost:
            raise DeviceLost(self.name, "PHD2 is no longer connected")
        number = next(self._ids)
        request = {"method": method, "id": number} | ({} if params is None else {"params": params})
        line = json.dumps(request, separators=(",", ":")).encode() + b"\r\n"
        assert len(line) < LONGEST_REQUEST
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                self._writer.write(line)
                await self._writer.drain()
                return await answer
        except TimeoutError as silent:
            self._break()
            raise DeviceLost(self.name, f"no answer to {method} for {within:g} s") from silent
        except OSError as broken:
            self._break()
            raise DeviceLost(self.name, "the connection to PHD2 broke") from broken
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Leave PHD2 as it is; it goes on by itself."""
        self._break()
        self._reading.cancel()
        await asyncio.wait({self._reading})
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._take(line)
        except (OSError, ValueError) as broken:
            log.warning("%s: %s", self.name, broken)
        finally:
            self._break()

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            log.warning("%s said what is no JSON: %.80r", self.name, line)
            return
        if not isinstance(message, dict):
            return
        if "Event" in message:
            self._hear(message)
        elif (answer := self._waiting.get(message.get("id", 0))) and not answer.done():
            if error := message.get("error"):
                answer.set_exception(DeviceError(self.name, f"PHD2 says: {_words(error)}"))
            else:
                answer.set_result(message.get("result"))

    def _break(self) -> None:
        """Whoever waits learns it now."""
        if self.lost:
            return
        self.lost = True
        self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(DeviceLost(self.name, "the connection to PHD2 broke"))
        self._hear({"Event": LOST})


LOST = "connection lost"  # our own event


def _words(error: object) -> str:
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
