"""An Alpaca camera: whole frames of its full sensor, and its cooler."""

import asyncio
from dataclasses import replace
from typing import Any

from alpaca.camera import CameraStates, SensorType

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.image import pixels
from hardware.alpaca.link import Link
from hardware.devices import Cooler, Exposure, Frame, FrameKind, Sensor
from hardware.errors import DeviceError, DeviceRefused
from hardware.halting import halting
from hardware.readout import no_such_mode

READOUT_SECONDS = 90.0
BYTES_SECONDS = (5.0, 60.0)  # to connect, and for each piece of a frame
POLL_SECONDS = 0.1
ACCEPT = "application/imagebytes"


class AlpacaCamera(AlpacaDevice):
    """Satisfies Camera."""

    def __init__(
        self, link: Link, sensor: Sensor, limits: tuple[float, float], cooler: "Cooler | None"
    ) -> None:
        super().__init__(link)
        self.sensor, self.cooler = sensor, cooler
        self._shortest, self._longest = limits

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaCamera":
        """With what it says of its sensor."""
        has_cooler = await link.optional(lambda camera: bool(camera.CanSetCCDTemperature))
        longest = await link.optional(lambda camera: float(camera.ExposureMax))
        shortest = await link.optional(lambda camera: float(camera.ExposureMin))
        cooler = AlpacaCooler(link) if has_cooler else None
        return cls(link, await _sensor(link), (shortest or 0.0, longest or 3600.0), cooler)

    async def expose(self, exposure: Exposure) -> Frame:
        if exposure.kind is FrameKind.BIAS:  # as short as it can
            exposure = replace(exposure, seconds=max(exposure.seconds, self._shortest))
        if not 0 <= exposure.seconds <= self._longest:
            raise DeviceRefused(
                self.name, f"{exposure.seconds:g} s is not within its 0 to {self._longest:g} s"
            )
        await self._prepare(exposure)
        loop = asyncio.get_running_loop()
        lit = exposure.kind in {FrameKind.LIGHT, FrameKind.FLAT}
        async with halting(self._abort):
            await self._link.ask(lambda camera: camera.StartExposure(exposure.seconds, lit))
            started = loop.time()
            await asyncio.sleep(exposure.seconds)
            await self._ready(started + exposure.seconds + READOUT_SECONDS)
            frame = await self._download()
        done = replace(
            exposure,
            gain=await self._link.optional(lambda camera: int(camera.Gain)),
            offset=await self._link.optional(lambda camera: int(camera.Offset)),
        )
        celsius = await self._link.optional(lambda camera: float(camera.CCDTemperature))
        return Frame(frame, done, started, started + exposure.seconds, celsius)

    async def _prepare(self, exposure: Exposure) -> None:
        binning = exposure.binning
        await self._link.ask(lambda camera: _bin(camera, binning))
        columns, rows = self.sensor.width // binning, self.sensor.height // binning
        for name, value in (("StartX", 0), ("StartY", 0), ("NumX", columns), ("NumY", rows)):
            await self._set(name, value)
        if exposure.gain is not None:
            await self._set("Gain", exposure.gain)
        if exposure.offset is not None:
            await self._set("Offset", exposure.offset)
        if exposure.readout_mode:
            await self._set("ReadoutMode", await self._mode(exposure.readout_mode))

    async def _mode(self, name: str) -> int:
        modes = await self._link.optional(lambda camera: [str(mode) for mode in camera.ReadoutModes]) or []
        if name not in modes:
            raise no_such_mode(self.name, name, modes)
        return modes.index(name)

    async def _set(self, name: str, value: int) -> None:
        await self._link.ask(lambda camera: setattr(camera, name, value))

    async def _ready(self, deadline: float) -> None:
        while not await self._link.ask(lambda camera: bool(camera.ImageReady)):
            if await self._link.ask(lambda camera: camera.CameraState) == CameraStates.cameraError:
                raise DeviceError(self.name, "the exposure failed")
            if asyncio.get_running_loop().time() > deadline:
                raise DeviceError(self.name, f"no frame {READOUT_SECONDS:g} s after the exposure's end")
            await asyncio.sleep(POLL_SECONDS)

    async def _download(self) -> Any:
        frame = await self._link.ask(_fetched, within=READOUT_SECONDS)
        if isinstance(frame, str):
            raise DeviceError(self.name, frame, advice="Its server must offer frames as ImageBytes.")
        return frame

    async def _abort(self) -> None:
        await self._link.optional(lambda camera: camera.AbortExposure())
        await self._link.until(
            lambda camera: camera.CameraState in {CameraStates.cameraIdle, CameraStates.cameraError}, 15.0
        )


class AlpacaCooler:
    """Satisfies Cooler."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def celsius(self) -> float:
        return await self._link.ask(lambda camera: float(camera.CCDTemperature))

    async def power_percent(self) -> float | None:
        return await self._link.optional(lambda camera: float(camera.CoolerPower))

    async def aim(self, celsius: float) -> None:
        await self._link.ask(lambda camera: setattr(camera, "SetCCDTemperature", celsius))
        await self._link.ask(lambda camera: setattr(camera, "CoolerOn", True))

    async def off(self) -> None:
        await self._link.ask(lambda camera: setattr(camera, "CoolerOn", False))


async def _sensor(link: Link) -> Sensor:
    kind = await link.optional(lambda camera: camera.SensorType)
    most = await link.optional(lambda camera: int(camera.MaxADU))
    return Sensor(
        width=await link.ask(lambda camera: int(camera.CameraXSize)),
        height=await link.ask(lambda camera: int(camera.CameraYSize)),
        pixel_um=await link.ask(lambda camera: float(camera.PixelSizeX)),
        bits=16 if not most else min(16, max(1, most.bit_length())),
        bayer=await _bayer(link) if kind == SensorType.RGGB else None,
    )


async def _bayer(link: Link) -> str:
    """RGGB shifted by where the sensor's first pixel lies in the pattern."""
    x = await link.optional(lambda camera: int(camera.BayerOffsetX)) or 0
    y = await link.optional(lambda camera: int(camera.BayerOffsetY)) or 0
    pattern = ("RG", "GB")
    return "".join(pattern[(y + row) % 2][(x + column) % 2] for row in (0, 1) for column in (0, 1))


def _bin(camera: Any, binning: int) -> None:
    camera.BinX = binning
    if camera.BinY != binning:
        camera.BinY = binning


def _fetched(camera: Any) -> Any:
    """On the thread. The library's own way has no time limit and makes lists of Python numbers."""
    answer = camera.rqs.get(
        f"{camera.base_url}/imagearray", headers={"Accept": ACCEPT}, timeout=BYTES_SECONDS,
        params={"ClientID": "1", "ClientTransactionID": "1"},
    )  # fmt: skip
    if answer.status_code != 200 or ACCEPT not in answer.headers.get("Content-Type", ""):
        return f"it sent no frame (HTTP {answer.status_code})"
    try:
        return pixels(answer.content)
    except ValueError as wrong:
        return str(wrong)
