"""An INDI camera: its main sensor and its cooler."""

import asyncio
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.devices import Cooler, Exposure, Frame, FrameKind, Sensor
from hardware.errors import DeviceError, DeviceLost, DeviceRefused, DeviceStuck
from hardware.halting import halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import Picture, Property, State
from hardware.indi.properties import ANSWER_SECONDS, Gone, Remote, Said, Watch, words
from hardware.readout import no_such_mode

NEEDS = ("CCD_EXPOSURE", "CCD_INFO", "CCD1")
READOUT_SECONDS = 90.0
READOUT_MODES = ("READOUT_MODE", "CCD_READOUT_MODE", "READ_MODE", "CCD_READOUT")
_KINDS = {
    FrameKind.LIGHT: "FRAME_LIGHT",
    FrameKind.DARK: "FRAME_DARK",
    FrameKind.FLAT: "FRAME_FLAT",
    FrameKind.BIAS: "FRAME_BIAS",
}
# How frames must arrive; older or simpler drivers lack some of these switches.
_TRANSFER = {
    "UPLOAD_MODE": "UPLOAD_CLIENT",
    "CCD_TRANSFER_FORMAT": "FORMAT_FITS",
    "CCD_COMPRESSION": "INDI_DISABLED",
    "CCD_FAST_TOGGLE": "INDI_DISABLED",
}


class IndiCamera(IndiDevice):
    """Satisfies Camera. Made by IndiOpener."""

    def __init__(self, remote: Remote, sensor: Sensor) -> None:
        super().__init__(remote)
        self.sensor = sensor
        temperature = remote.find("CCD_TEMPERATURE")
        self.cooler: Cooler | None = IndiCooler(remote) if temperature and temperature.writable else None

    @classmethod
    async def open(cls, remote: Remote) -> "IndiCamera":
        """Ask for whole, uncompressed FITS frames of the full sensor."""
        await remote.want_pictures("CCD1")
        for name, switch in _TRANSFER.items():
            if (prop := remote.find(name)) and not prop.values.get(switch):
                await remote.set(name, {switch: True})
        return cls(remote, _sensor(remote))

    async def expose(self, exposure: Exposure) -> Frame:
        if exposure.kind is FrameKind.BIAS:
            exposure = replace(exposure, seconds=max(exposure.seconds, self._shortest()))
        await self._prepare(exposure)
        with self._remote.watch() as watch:
            async with halting(self._abort):
                await self._remote.send("CCD_EXPOSURE", {"CCD_EXPOSURE_VALUE": exposure.seconds})
                return await self._frame(exposure, watch)

    def _shortest(self) -> float:
        """Drivers refuse less than they can; a bias is as short as that."""
        return self._remote.get("CCD_EXPOSURE").limits["CCD_EXPOSURE_VALUE"].minimum

    async def _prepare(self, exposure: Exposure) -> None:
        bin_both = {"HOR_BIN": float(exposure.binning), "VER_BIN": float(exposure.binning)}
        if exposure.binning != 1 or self._remote.find("CCD_BINNING"):
            await self._ensure("CCD_BINNING", bin_both)
        if self._remote.find("CCD_FRAME_TYPE"):
            await self._ensure("CCD_FRAME_TYPE", {_KINDS[exposure.kind]: True})
        if exposure.gain is not None:
            await self._ensure(*self._control("CCD_GAIN", "GAIN", "Gain", exposure.gain))
        if exposure.offset is not None:
            await self._ensure(*self._control("CCD_OFFSET", "OFFSET", "Offset", exposure.offset))
        if exposure.readout_mode:
            await self._select_mode(exposure.readout_mode)

    async def _select_mode(self, name: str) -> None:
        """By the switch's name or label; QHY's driver counts its modes instead."""
        for place in READOUT_MODES:
            prop = self._remote.find(place)
            if prop is None:
                continue
            if place == "READ_MODE" and name.isdigit():
                await self._ensure(place, {next(iter(prop.values)): float(name)})
                return
            if name in prop.values:
                await self._ensure(place, {name: True})
                return
            raise no_such_mode(self.name, name, list(prop.values))
        raise no_such_mode(self.name, name, [])

    def _control(self, name: str, element: str, vendor: str, value: int) -> tuple[str, dict[str, float]]:
        name, element = self._place(name, element, vendor)
        return name, {element: float(value)}

    def _place(self, name: str, element: str, vendor: str) -> tuple[str, str]:
        """ZWO, QHY and others of one family keep gain and offset among CCD_CONTROLS instead."""
        controls = self._remote.find("CCD_CONTROLS")
        if not self._remote.find(name) and controls and vendor in controls.values:
            return "CCD_CONTROLS", vendor
        return name, element

    def _setting(self, name: str, element: str, vendor: str) -> int | None:
        """A gain or offset as the camera has it now, None when it does not say."""
        name, element = self._place(name, element, vendor)
        prop = self._remote.find(name)
        value = prop.values.get(element) if prop else None
        return round(value) if isinstance(value, float) else None

    async def _ensure(self, name: str, values: "dict[str, float] | dict[str, bool]") -> None:
        """Send only what differs: some cameras restart their readout on every setting."""
        now = self._remote.get(name).values
        if any(now.get(element) != value for element, value in values.items()):
            await self._remote.set(name, values)

    async def _frame(self, exposure: Exposure, watch: Watch) -> Frame:
        loop = asyncio.get_running_loop()
        messages: list[str] = []
        started: float | None = None
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as limit:
                while True:
                    match await watch.next():
                        case Gone(reason):
                            raise DeviceLost(self.name, reason)
                        case Said(text):
                            messages.append(text)
                        case Property(name="CCD_EXPOSURE", state=State.ALERT):
                            raise self._failed(messages, started)
                        case Property(name="CCD_EXPOSURE", state=State.BUSY) if started is None:
                            started = loop.time()
                            limit.reschedule(started + exposure.seconds + READOUT_SECONDS)
                        # A picture before Busy is the late one of an exposure that was aborted.
                        case Picture(name="CCD1", content=content) if started is not None:
                            return self._finished(exposure, content, started, loop.time())
        except TimeoutError as late:
            if started is None:
                raise self._remote.silent("CCD_EXPOSURE") from late
            raise DeviceStuck(self.name, f"no frame {READOUT_SECONDS:g} s after the exposure's end") from late

    def _failed(self, messages: list[str], started: float | None) -> DeviceError:
        kind = DeviceRefused if started is None else DeviceError
        return kind(self.name, words(messages) or "the exposure failed")

    def _finished(
        self, exposure: Exposure, content: "NDArray[np.uint16] | ValueError", started: float, now: float
    ) -> Frame:
        if isinstance(content, ValueError):
            raise DeviceError(
                self.name, str(content), advice="Set the driver to send plain 16-bit FITS frames."
            )
        temperature = self._remote.find("CCD_TEMPERATURE")
        celsius = temperature and temperature.values.get("CCD_TEMPERATURE_VALUE")
        ended = min(now, started + exposure.seconds)
        done = replace(
            exposure,
            gain=self._setting("CCD_GAIN", "GAIN", "Gain"),
            offset=self._setting("CCD_OFFSET", "OFFSET", "Offset"),
        )
        return Frame(content, done, started, ended, celsius if isinstance(celsius, float) else None)

    async def _abort(self) -> None:
        await self._remote.abort("CCD_ABORT_EXPOSURE")
        await self._remote.until("CCD_EXPOSURE", lambda prop: prop.state is not State.BUSY)


class IndiCooler:
    """Satisfies Cooler."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def celsius(self) -> float:
        return self._remote.number("CCD_TEMPERATURE", "CCD_TEMPERATURE_VALUE")

    async def power_percent(self) -> float | None:
        prop = self._remote.find("CCD_COOLER_POWER")
        power = next(iter(prop.values.values()), None) if prop else None
        return power if isinstance(power, float) else None

    async def aim(self, celsius: float) -> None:
        """The temperature's Busy is the acceptance: waiting for it to arrive is the caller's business."""
        await self._remote.accept("CCD_TEMPERATURE", {"CCD_TEMPERATURE_VALUE": celsius})
        if self._remote.find("CCD_COOLER") and not self._remote.is_on("CCD_COOLER", "COOLER_ON"):
            await self._remote.accept("CCD_COOLER", {"COOLER_ON": True})

    async def off(self) -> None:
        if self._remote.find("CCD_COOLER"):
            await self._remote.accept("CCD_COOLER", {"COOLER_OFF": True})


def _sensor(remote: Remote) -> Sensor:
    info = remote.get("CCD_INFO").values
    cfa = remote.find("CCD_CFA")
    bayer = cfa and cfa.values.get("CFA_TYPE")
    return Sensor(
        width=int(remote.number("CCD_INFO", "CCD_MAX_X")),
        height=int(remote.number("CCD_INFO", "CCD_MAX_Y")),
        pixel_um=round(remote.number("CCD_INFO", "CCD_PIXEL_SIZE"), 4),  # drivers keep it in 32 bits
        bits=int(float(info.get("CCD_BITSPERPIXEL", 16.0))),  # type: ignore[arg-type]
        bayer=str(bayer) if bayer else None,
    )
