"""An Alpaca server whose devices are the built-in simulator's: the real wire, in a process of its own.

`python -m tests.alpaca_server` prints its port and ends with its standard input. PUT /control?key=value makes
trouble: silent=camera (that kind never answers again), error=dome:1280 (ErrorNumber of every answer),
rain=3, broken=switch (answers that are no JSON), deaf=dome (commands are accepted and nothing moves).
"""

import asyncio
import json
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from numpy.typing import NDArray

from hardware.devices import CoverState, DeviceSpec, Direction, Exposure, FrameKind, PierSide, RoofState
from hardware.errors import DeviceRefused
from hardware.jnow import j2000, jnow
from hardware.simulator.opener import SimulatorOpener
from tests.alpaca_trouble import Trouble

FAST: dict[str, dict[str, float | str | bool]] = {
    "camera": {"width": 640, "height": 512},
    "mount": {"slew_deg_s": 20.0, "settle_seconds": 0.2, "sets_side": True},
    "focuser": {"steps_per_second": 5000.0},
    "rotator": {"deg_s": 30.0},
    "roof": {"seconds": 2.0, "clears_telescope": True, "dome": True},
    "cover": {"seconds": 2.0},
    "filter_wheel": {"seconds_per_slot": 0.2},
}  # fmt: skip
Asked = dict[str, str]
NOT_IMPLEMENTED, INVALID_VALUE, NOT_CONNECTED, PARKED, INVALID = 0x400, 0x401, 0x407, 0x408, 0x40B


class Refused(Exception):
    """An ASCOM error."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


def is_true(text: str) -> bool:
    return text.lower() == "true"


class Device:
    """One Alpaca device; GETs and PUTs are methods `get_name` and `put_name`."""

    def __init__(self, real: Any) -> None:
        self.real, self.connected = real, False
        self.motion: asyncio.Task[Any] | None = None

    async def get_connected(self, _: Asked) -> bool:
        return self.connected

    async def put_connected(self, asked: Asked) -> None:
        self.connected = is_true(asked["Connected"])

    async def start(self, motion: Coroutine[Any, Any, Any]) -> None:
        """Begin a motion; what is refused is refused at once."""
        await self.halt()
        self.motion = asyncio.create_task(motion)
        for _ in range(3):
            await asyncio.sleep(0)
        if self.motion.done():
            self.motion.result()

    async def halt(self) -> None:
        if self.motion is not None:
            self.motion.cancel()
            await asyncio.gather(self.motion, return_exceptions=True)

    @property
    def moving(self) -> bool:
        return self.motion is not None and not self.motion.done()


class SafetyMonitor(Device):
    async def get_issafe(self, _: Asked) -> bool:
        return bool(await self.real.safe())


class Weather(Device):
    async def get_timesincelastupdate(self, _: Asked) -> float:
        return trouble.age

    async def get_temperature(self, _: Asked) -> float:
        return float((await self.real.conditions()).celsius)

    async def get_humidity(self, _: Asked) -> float:
        return float((await self.real.conditions()).humidity_percent)

    async def get_rainrate(self, _: Asked) -> float:
        return float((await self.real.conditions()).rain_mm_h)


class Dome(Device):
    async def get_cansetshutter(self, _: Asked) -> bool:
        return True

    async def get_shutterstatus(self, _: Asked) -> int:
        states = {RoofState.OPEN: 0, RoofState.CLOSED: 1, RoofState.MOVING: 2, RoofState.UNKNOWN: 4}
        return states[await self.real.state()]

    async def get_canslave(self, _: Asked) -> bool:
        return self.real.slaving is not None

    async def get_slaved(self, _: Asked) -> bool:
        return bool(await self.real.slaving.follows())

    async def put_slaved(self, asked: Asked) -> None:
        await self.real.slaving.follow(is_true(asked["Slaved"]))

    async def put_openshutter(self, _: Asked) -> None:
        await self.start(self.real.open())

    async def put_closeshutter(self, _: Asked) -> None:
        await self.start(self.real.close())

    async def put_abortslew(self, _: Asked) -> None:
        await self.halt()


class Switch(Device):
    """Channel 0 switches, 1 dims from 0 to 100 by 5, 2 can only be read: the park sensor."""

    async def get_maxswitch(self, _: Asked) -> int:
        return 3

    async def get_canwrite(self, asked: Asked) -> bool:
        return asked["Id"] != "2"

    async def get_minswitchvalue(self, _: Asked) -> float:
        return 0.0

    async def get_maxswitchvalue(self, asked: Asked) -> float:
        return 100.0 if asked["Id"] == "1" else 1.0

    async def get_switchstep(self, asked: Asked) -> float:
        return 5.0 if asked["Id"] == "1" else 1.0

    async def get_getswitchvalue(self, asked: Asked) -> float:
        return trouble.switches[int(asked["Id"])]

    async def get_getswitch(self, asked: Asked) -> bool:
        return (
            bool(await self.real.parked()) if asked["Id"] == "2" else trouble.switches[int(asked["Id"])] > 0
        )

    async def put_setswitchvalue(self, asked: Asked) -> None:
        if not 0 <= float(asked["Value"]) <= await self.get_maxswitchvalue(asked):
            raise Refused(INVALID_VALUE, "out of range")
        trouble.switches[int(asked["Id"])] = float(asked["Value"])


class CoverCalibrator(Device):
    """`real` is the cover and the panel."""

    async def get_coverstate(self, _: Asked) -> int:
        states = {CoverState.OPEN: 3, CoverState.CLOSED: 1, CoverState.MOVING: 2, CoverState.UNKNOWN: 4}
        return states[await self.real[0].state()]

    async def put_opencover(self, _: Asked) -> None:
        await self.start(self.real[0].open())

    async def put_closecover(self, _: Asked) -> None:
        await self.start(self.real[0].close())

    async def put_haltcover(self, _: Asked) -> None:
        await self.halt()

    async def get_calibratorstate(self, _: Asked) -> int:
        return 3 if await self.real[1].level() else 1

    async def get_maxbrightness(self, _: Asked) -> int:
        return int(self.real[1].brightest)

    async def get_brightness(self, _: Asked) -> int:
        return int(await self.real[1].level())

    async def put_calibratoron(self, asked: Asked) -> None:
        await self.real[1].light(int(asked["Brightness"]))

    async def put_calibratoroff(self, _: Asked) -> None:
        await self.real[1].light(0)


class Focuser(Device):
    async def get_absolute(self, _: Asked) -> bool:
        return True

    async def get_maxstep(self, _: Asked) -> int:
        return int(self.real.travel[-1])

    async def get_position(self, _: Asked) -> int:
        return int(await self.real.position())

    async def get_temperature(self, _: Asked) -> float:
        return float(await self.real.celsius())

    async def get_ismoving(self, _: Asked) -> bool:
        return self.moving

    async def put_move(self, asked: Asked) -> None:
        await self.start(self.real.move_to(int(asked["Position"])))

    async def put_halt(self, _: Asked) -> None:
        await self.halt()


class FilterWheel(Device):
    async def get_names(self, _: Asked) -> list[str]:
        return list(self.real.filters)

    async def get_position(self, _: Asked) -> int:
        return -1 if self.moving else int(self.real.filters.index(await self.real.selected()))

    async def put_position(self, asked: Asked) -> None:
        await self.start(self.real.select(self.real.filters[int(asked["Position"])]))


class Rotator(Device):
    async def get_mechanicalposition(self, _: Asked) -> float:
        return float(await self.real.angle())

    async def get_ismoving(self, _: Asked) -> bool:
        return self.moving

    async def put_movemechanical(self, asked: Asked) -> None:
        await self.start(self.real.rotate_to(float(asked["Position"])))

    async def put_halt(self, _: Asked) -> None:
        await self.halt()


class Telescope(Device):
    """It speaks JNow, and cannot be told the place."""

    async def get_canslewasync(self, _: Asked) -> bool:
        return True

    get_canpark = get_cansettracking = get_canpulseguide = get_canslewasync

    async def get_equatorialsystem(self, _: Asked) -> int:
        return 1

    async def _eod(self) -> tuple[float, float]:
        return jnow((await self.real.status()).pointing, time.time())

    async def get_rightascension(self, _: Asked) -> float:
        return (await self._eod())[0]

    async def get_declination(self, _: Asked) -> float:
        return (await self._eod())[1]

    async def get_tracking(self, _: Asked) -> bool:
        return bool((await self.real.status()).tracking)

    async def put_tracking(self, asked: Asked) -> None:
        await self._awake()
        await self.real.track(is_true(asked["Tracking"]))

    async def get_atpark(self, _: Asked) -> bool:
        return bool((await self.real.status()).parked)

    async def get_slewing(self, _: Asked) -> bool:
        return self.moving

    async def get_sideofpier(self, _: Asked) -> int:
        return {PierSide.EAST: 0, PierSide.WEST: 1, None: -1}[(await self.real.status()).pier_side]

    async def get_cansetpierside(self, _: Asked) -> bool:
        return self.real.side_setter is not None

    async def put_sideofpier(self, asked: Asked) -> None:
        await self._awake()
        side = [PierSide.EAST, PierSide.WEST][int(asked["SideOfPier"])]
        await self.start(self.real.side_setter.turn_to(side))

    async def get_ispulseguiding(self, _: Asked) -> bool:
        return self.moving

    async def _awake(self) -> None:
        if (await self.real.status()).parked:
            raise Refused(PARKED, "the telescope is parked")

    async def put_slewtocoordinatesasync(self, asked: Asked) -> None:
        await self._awake()
        if not await self.get_tracking({}):
            raise Refused(INVALID, "it does not track")
        target = j2000(float(asked["RightAscension"]), float(asked["Declination"]), time.time())
        await self.start(self.real.slew(target))

    async def put_synctocoordinates(self, asked: Asked) -> None:
        await self._awake()
        await self.real.sync(j2000(float(asked["RightAscension"]), float(asked["Declination"]), time.time()))

    async def put_abortslew(self, _: Asked) -> None:
        await self._awake()
        await self.halt()

    async def get_canmoveaxis(self, asked: Asked) -> bool:
        return asked["Axis"] in {"0", "1"}

    async def get_axisrates(self, _: Asked) -> list[dict[str, float]]:
        return [{"Minimum": 0.001, "Maximum": 20.0}]

    async def put_moveaxis(self, asked: Asked) -> None:
        await self._awake()
        axis, rate = int(asked["Axis"]), float(asked["Rate"])
        await self.halt()
        if rate:
            grows, falls = ((Direction.EAST, Direction.WEST), (Direction.NORTH, Direction.SOUTH))[axis]
            await self.start(self.real.move(grows if rate > 0 else falls, abs(rate)))

    async def put_park(self, _: Asked) -> None:
        await self.start(self.real.park())

    async def put_unpark(self, _: Asked) -> None:
        await self.real.unpark()

    async def put_pulseguide(self, asked: Asked) -> None:
        way = list(Direction)[int(asked["Direction"])]
        await self.start(self.real.guide_port.pulse(way, int(asked["Duration"]) / 1000))


class Camera(Device):
    def __init__(self, real: Any) -> None:
        super().__init__(real)
        self.binning, self.gain, self.offset = 1, 100, 200
        self.frame: NDArray[np.uint16] | None = None

    async def get_cameraxsize(self, _: Asked) -> int:
        return int(self.real.sensor.width)

    async def get_cameraysize(self, _: Asked) -> int:
        return int(self.real.sensor.height)

    async def get_pixelsizex(self, _: Asked) -> float:
        return float(self.real.sensor.pixel_um)

    async def get_sensortype(self, _: Asked) -> int:
        return 0

    async def get_maxadu(self, _: Asked) -> int:
        return 65535

    async def get_exposuremax(self, _: Asked) -> float:
        return 3600.0

    async def get_cansetccdtemperature(self, _: Asked) -> bool:
        return True

    async def get_binx(self, _: Asked) -> int:
        return self.binning

    get_biny = get_binx

    async def put_binx(self, asked: Asked) -> None:
        self.binning = _within(int(next(iter(asked.values()))), 1, 4)

    put_biny = put_binx

    async def put_startx(self, asked: Asked) -> None:
        _within(int(next(iter(asked.values()))), 0, 0)

    put_starty = put_startx

    async def put_numx(self, asked: Asked) -> None:
        _within(int(asked["NumX"]), 1, self.real.sensor.width // self.binning)

    async def put_numy(self, asked: Asked) -> None:
        _within(int(asked["NumY"]), 1, self.real.sensor.height // self.binning)

    async def get_gain(self, _: Asked) -> int:
        return self.gain

    async def put_gain(self, asked: Asked) -> None:
        self.gain = _within(int(asked["Gain"]), 0, 570)

    async def get_offset(self, _: Asked) -> int:
        return self.offset

    async def put_offset(self, asked: Asked) -> None:
        self.offset = _within(int(asked["Offset"]), 0, 10_000)

    async def put_startexposure(self, asked: Asked) -> None:
        self.frame = None
        kind = FrameKind.LIGHT if is_true(asked["Light"]) else FrameKind.DARK
        exposure = Exposure(float(asked["Duration"]), self.binning, self.gain, self.offset, kind)
        await self.start(self._expose(exposure))

    async def _expose(self, exposure: Exposure) -> None:
        self.frame = (await self.real.expose(exposure)).pixels

    async def put_abortexposure(self, _: Asked) -> None:
        await self.halt()

    async def get_imageready(self, _: Asked) -> bool:
        return self.frame is not None

    async def get_camerastate(self, _: Asked) -> int:
        return 2 if self.moving else 0

    async def get_ccdtemperature(self, _: Asked) -> float:
        return float(await self.real.cooler.celsius())

    async def get_coolerpower(self, _: Asked) -> float:
        return float(await self.real.cooler.power_percent())

    async def put_setccdtemperature(self, asked: Asked) -> None:
        await self.real.cooler.aim(float(asked["SetCCDTemperature"]))

    async def put_cooleron(self, asked: Asked) -> None:
        if not is_true(asked["CoolerOn"]):
            await self.real.cooler.off()

    def image_bytes(self) -> bytes:
        assert self.frame is not None
        rows, columns = self.frame.shape
        header = struct.pack("<11i", 1, 0, 1, 1, 44, 2, 8, 2, columns, rows, 0)
        return header + np.ascontiguousarray(self.frame.T).astype("<u2").tobytes()


def _within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise Refused(INVALID_VALUE, f"{value} is not {least} to {most}")
    return value


trouble = Trouble()


async def devices(opener: SimulatorOpener) -> dict[str, Device]:
    async def real(kind: str) -> Any:
        return await getattr(opener, kind)(DeviceSpec("simulator", kind, FAST.get(kind, {})))

    return {
        "safetymonitor": SafetyMonitor(await real("safety_monitor")),
        "observingconditions": Weather(await real("observing_conditions")),
        "dome": Dome(await real("roof")),
        "switch": Switch(await real("park_sensor")),
        "covercalibrator": CoverCalibrator((await real("cover"), await real("flat_panel"))),
        "focuser": Focuser(await real("focuser")),
        "filterwheel": FilterWheel(await real("filter_wheel")),
        "rotator": Rotator(await real("rotator")),
        "telescope": Telescope(await real("mount")),
        "camera": Camera(await real("camera")),
    }


class Server:
    """HTTP/1.1 with connections that stay, and Alpaca's envelope."""

    def __init__(self, opener: SimulatorOpener, rig: dict[str, Device]) -> None:
        self.opener, self.rig = opener, rig
        self.transactions = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := (await reader.readline()).decode():
                method, target, _ = request.split()
                headers = {}
                while line := (await reader.readline()).decode().strip():
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                await self._respond(writer, method, target, headers, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _respond(
        self, writer: asyncio.StreamWriter, method: str, target: str, headers: Asked, body: str
    ) -> None:
        url = urlsplit(target)
        asked = dict(parse_qsl(url.query) + parse_qsl(body, keep_blank_values=True))
        kind, content = "application/json", b""
        if url.path == "/control":
            self._control(asked)
        elif url.path.startswith("/management"):
            content = json.dumps({"Value": [
                {"DeviceName": f"The {name}", "DeviceType": name.title(), "DeviceNumber": 0, "UniqueID": name}
                for name in self.rig
            ]}).encode()  # fmt: skip
        else:
            *_, device, number, action = url.path.split("/")
            if number != "0" or device not in self.rig:
                await self._send(writer, 400, "text/plain", b"no such device")
                return
            if device in trouble.silent:
                await asyncio.Event().wait()
            camera = self.rig[device]
            if action == "imagearray" and isinstance(camera, Camera):
                assert "imagebytes" in headers.get("accept", "")
                kind, content = "application/imagebytes", camera.image_bytes()
            else:
                content = json.dumps(await self._answer(device, method.lower(), action, asked)).encode()
            if device in trouble.broken:
                kind, content = "text/html", b"<html>It works!</html>"
        await self._send(writer, 200, kind, content)

    async def _send(self, writer: asyncio.StreamWriter, status: int, kind: str, content: bytes) -> None:
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()

    async def _answer(self, device: str, method: str, action: str, asked: Asked) -> dict[str, object]:
        self.transactions += 1
        answer: dict[str, object] = {
            "ClientTransactionID": int(asked.pop("ClientTransactionID")),
            "ServerTransactionID": self.transactions, "ErrorNumber": 0, "ErrorMessage": "",
        }  # fmt: skip
        asked.pop("ClientID")
        try:
            answer["Value"] = await self._do(device, method, action, asked)
        except Refused as refused:
            answer |= {"ErrorNumber": refused.number, "ErrorMessage": str(refused)}
        except DeviceRefused as refused:
            answer |= {"ErrorNumber": INVALID_VALUE, "ErrorMessage": refused.sentence}
        return answer

    async def _do(self, device: str, method: str, action: str, asked: Asked) -> object:
        real = self.rig[device]
        if number := trouble.errors.get(device):
            raise Refused(number, "the driver's own words")
        if not real.connected and action != "connected":
            raise Refused(NOT_CONNECTED, "not connected")
        handler: Callable[[Asked], Awaitable[object]] | None = getattr(real, f"{method}_{action}", None)
        if handler is None:
            raise Refused(NOT_IMPLEMENTED, f"{action} is not implemented")
        if device in trouble.deaf and method == "put" and action != "connected":
            return None
        return await handler(asked)

    def _control(self, asked: Asked) -> None:
        if rain := asked.pop("rain", ""):
            sky = self.opener.sky
            sky.adopt(replace(sky.world, weather=replace(sky.world.weather, rain_mm_h=float(rain))))
        trouble.make(asked)


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = time.time() - loop.time()
    opener = SimulatorOpener.demo(lambda moment: start + (loop.time() if moment is None else moment))
    server = await asyncio.start_server(Server(opener, await devices(opener)).serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    asyncio.run(main())
