"""A PHD2 that speaks the real wire: its event server, with the simulated guider behind it.

Requests are answered at once ("accepted"), what comes of them is told by events, a second guide or dither
while settling is error 1, a request of 1024 bytes or more ends the connection, stopping takes an exposure.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hardware.devices import GuideState, Settle
from hardware.errors import DeviceError
from hardware.simulator.guider import SimulatedGuider

LONGEST = 1024
EXPOSURE_SECONDS = 2.0
NAMES = {
    GuideState.STOPPED: "Stopped", GuideState.CALIBRATING: "Calibrating", GuideState.GUIDING: "Guiding",
    GuideState.LOST: "LostLock", GuideState.PAUSED: "Paused",
}  # fmt: skip


class Refused(Exception):
    """Answered as an error of code 1."""


class Phd2Server:
    """One PHD2. `asked` are the requests as they came; `mute` answers nothing, `connected` is its gear."""

    def __init__(self, guider: SimulatedGuider) -> None:
        self.guider, self.asked = guider, list[dict[str, Any]]()
        self.mute, self.connected, self.settling, self.says_done = False, True, False, True
        self.scale: float | None = 3.0
        self.port = 0
        self._clients: list[asyncio.StreamWriter] = []
        self._work: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Phd2Server"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop()
            for task in list(self._work):
                task.cancel()
            if self._work:
                await asyncio.wait(self._work)
            await server.wait_closed()

    def drop(self) -> None:
        """Break every connection off."""
        for client in self._clients:
            client.close()
        self._clients.clear()

    def tell(self, kind: str, **more: object) -> None:
        """An event to everybody."""
        for client in self._clients:
            _write(client, {"Event": kind, "Timestamp": 0.0, "Host": "BOX", "Inst": 1, **more})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.append(writer)
        state = (await self.guider.status()).state
        for event in (
            {"Event": "Version", "PHDVersion": "2.6.13"},
            {"Event": "AppState", "State": NAMES[state]},
        ):
            _write(writer, {"Timestamp": 0.0, "Host": "BOX", "Inst": 1, **event})
        try:
            while line := await reader.readline():
                if len(line) >= LONGEST:
                    break
                await self._answer(writer, json.loads(line))
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        self.asked.append(request)
        if self.mute:
            return
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            answer["result"] = await self._do(request["method"], request.get("params"))
        except (Refused, DeviceError) as no:
            answer["error"] = {"code": 1, "message": str(no)}
        _write(writer, answer)

    async def _do(self, method: str, params: Any) -> Any:
        match method:
            case "set_connected":
                self.connected = params[0]
            case "guide":
                self._begin(self.guider.start(_settle(params["settle"])))
            case "dither":
                move = self.guider.dither(params["amount"], params["raOnly"], _settle(params["settle"]))
                self._begin(move)
            case "stop_capture":
                self._start(self._stop())
            case "set_paused":
                await (self.guider.pause() if params[0] else self.guider.resume())
            case "flip_calibration":
                await self.guider.flip_calibration()
            case "clear_calibration":
                await self.guider.forget_calibration()
            case _:
                return await self._tell(method)
        return 0

    async def _tell(self, method: str) -> Any:
        match method:
            case "get_app_state":
                return NAMES[(await self.guider.status()).state]
            case "get_connected":
                return self.connected
            case "get_pixel_scale":
                return self.scale
            case "get_profile":
                return {"id": 1, "name": "Small rig"}
            case _:
                raise Refused(f"method not found: {method}")

    def _begin(self, work: Any) -> None:
        if self.settling:
            work.close()
            raise Refused("cannot guide or dither while settling")
        self.settling = True
        self._guiding = self._start(self._settle(work))

    async def _settle(self, work: Any) -> None:
        self.tell("StartGuiding")
        self.tell("SettleBegin")
        problem = ""
        try:
            await work
        except DeviceError as failure:
            problem = failure.sentence
        finally:
            self.settling = False
        for _ in range(3):
            self.tell(
                "GuideStep", Frame=1, RADistanceRaw=0.3, DECDistanceRaw=-0.4, RADuration=120,
                RADirection="East", DECDuration=80, DECDirection="North", SNR=31.5,
            )  # fmt: skip
        if self.says_done:
            self.tell("SettleDone", Status=int(bool(problem)), **({"Error": problem} if problem else {}))

    async def _stop(self) -> None:
        await asyncio.sleep(EXPOSURE_SECONDS)
        if self.settling:
            self._guiding.cancel()
        if (await self.guider.status()).state is not GuideState.PAUSED:
            await self.guider.stop()
        self.tell("GuidingStopped")

    def _start(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task


def _settle(params: dict[str, float]) -> Settle:
    return Settle(params["pixels"], params["time"], params["timeout"])


def _write(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\r\n")
