"""Devices at the end of a line with faults: each call goes through the line to the device it wraps.

What a device told when it was opened (its sensor, its filters) is known without asking again.
"""

import asyncio
from collections.abc import Callable

from hardware.devices import (
    J2000,
    Camera,
    Conditions,
    Cover,
    CoverState,
    Device,
    Exposure,
    FilterWheel,
    Fix,
    FlatPanel,
    Focuser,
    Frame,
    Gnss,
    Guider,
    GuideStatus,
    GuideTrace,
    Mount,
    MountStatus,
    ObservingConditions,
    Output,
    ParkSensor,
    Power,
    PowerMonitor,
    Roof,
    RoofState,
    Rotator,
    SafetyMonitor,
    Sensor,
    Settle,
    Site,
)
from hardware.errors import DeviceError, DeviceStuck
from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.faulty_parts import (
    FaultyCooler,
    FaultyGuidePort,
    FaultyMotion,
    FaultySideSetter,
    FaultySlaving,
)
from hardware.simulator.line import Line
from hardware.simulator.sky import Utc

# How long a driver waits for a frame after the exposure's end (as our INDI driver does).
FRAME_SECONDS = 90.0


class Faulty:
    """What all of them share."""

    def __init__(self, device: Device, line: Line) -> None:
        self.name, self._line = device.name, line

    @property
    def lost(self) -> bool:
        return self._line.lost


class FaultyCamera(Faulty):
    """Frames can get lost or be cut short on their way; the exposure has been made all the same."""

    def __init__(self, camera: Camera, line: Line, faults: Faults, utc: Utc) -> None:
        super().__init__(camera, line)
        self._camera, self._faults, self._utc = camera, faults, utc
        self._cooler = None if camera.cooler is None else FaultyCooler(camera.cooler, line)

    @property
    def sensor(self) -> Sensor:
        return self._camera.sensor

    @property
    def cooler(self) -> "FaultyCooler | None":
        return self._cooler

    async def expose(self, exposure: Exposure) -> Frame:
        return await self._line.ask(lambda: self._delivered(exposure), slow=True)

    async def _delivered(self, exposure: Exposure) -> Frame:
        """The frame, if it gets through: what counts is the moment the exposure ended."""
        frame = await self._camera.expose(exposure)
        ended = self._utc(frame.ended)
        if self._faults.active(FaultKind.TRUNCATED_FRAME, ended):
            size = frame.pixels.nbytes
            raise DeviceError(self.name, f"the frame was cut short: {size // 2} of {size} bytes")
        if self._faults.active(FaultKind.LOST_FRAME, ended):
            await asyncio.sleep(FRAME_SECONDS)
            raise DeviceStuck(
                self.name, f"the frame did not arrive: nothing {FRAME_SECONDS:g} s after the exposure's end"
            )
        return frame


class FaultyMount(Faulty):
    """A mount; its guide port is at the end of the same line."""

    def __init__(self, mount: Mount, line: Line) -> None:
        super().__init__(mount, line)
        self._mount = mount
        self.side_setter = None if mount.side_setter is None else FaultySideSetter(mount.side_setter, line)
        self.motion = None if mount.motion is None else FaultyMotion(mount.motion, line)
        self._port = None if mount.guide_port is None else FaultyGuidePort(mount.guide_port, line)

    @property
    def guide_port(self) -> "FaultyGuidePort | None":
        return self._port

    async def status(self) -> MountStatus:
        return await self._line.ask(self._mount.status)

    async def slew(self, target: J2000) -> None:
        await self._line.tell(lambda: self._mount.slew(target))

    async def sync(self, target: J2000) -> None:
        await self._line.tell(lambda: self._mount.sync(target))

    async def track(self, on: bool) -> None:
        await self._line.tell(lambda: self._mount.track(on))

    async def park(self) -> None:
        await self._line.tell(self._mount.park)

    async def unpark(self) -> None:
        await self._line.tell(self._mount.unpark)

    async def locate(self, site: Site, utc_unix: float) -> None:
        await self._line.tell(lambda: self._mount.locate(site, utc_unix))


class FaultyFocuser(Faulty):
    """A focuser."""

    def __init__(self, focuser: Focuser, line: Line) -> None:
        super().__init__(focuser, line)
        self._focuser = focuser

    @property
    def travel(self) -> range:
        return self._focuser.travel

    async def position(self) -> int:
        return await self._line.ask(self._focuser.position)

    async def celsius(self) -> float | None:
        return await self._line.ask(self._focuser.celsius)

    async def move_to(self, position: int) -> None:
        await self._line.tell(lambda: self._focuser.move_to(position))


class FaultyFilterWheel(Faulty):
    """A filter wheel."""

    def __init__(self, wheel: FilterWheel, line: Line) -> None:
        super().__init__(wheel, line)
        self._wheel = wheel

    @property
    def filters(self) -> tuple[str, ...]:
        return self._wheel.filters

    async def selected(self) -> str:
        return await self._line.ask(self._wheel.selected)

    async def select(self, name: str) -> None:
        await self._line.tell(lambda: self._wheel.select(name))


class FaultyRotator(Faulty):
    """A rotator."""

    def __init__(self, rotator: Rotator, line: Line) -> None:
        super().__init__(rotator, line)
        self._rotator = rotator

    async def angle(self) -> float:
        return await self._line.ask(self._rotator.angle)

    async def rotate_to(self, degrees: float) -> None:
        await self._line.tell(lambda: self._rotator.rotate_to(degrees))


class FaultyGuider(Faulty):
    """A guider; it goes on guiding when the line breaks."""

    def __init__(self, guider: Guider, line: Line) -> None:
        super().__init__(guider, line)
        self._guider = guider

    @property
    def trace(self) -> GuideTrace | None:
        return self._guider.trace

    async def status(self) -> GuideStatus:
        return await self._line.ask(self._guider.status)

    async def start(self, settle: Settle) -> None:
        await self._line.tell(lambda: self._guider.start(settle))

    async def stop(self) -> None:
        await self._line.tell(self._guider.stop)

    async def pause(self) -> None:
        await self._line.tell(self._guider.pause)

    async def resume(self) -> None:
        await self._line.tell(self._guider.resume)

    async def dither(self, pixels: float, ra_only: bool, settle: Settle) -> None:
        await self._line.tell(lambda: self._guider.dither(pixels, ra_only, settle))

    async def flip_calibration(self) -> None:
        await self._line.tell(self._guider.flip_calibration)

    async def forget_calibration(self) -> None:
        await self._line.tell(self._guider.forget_calibration)


class FaultyRoof(Faulty):
    """A roof; its motor goes on when the line breaks."""

    def __init__(self, roof: Roof, line: Line) -> None:
        super().__init__(roof, line)
        self._roof = roof
        self.slaving = None if roof.slaving is None else FaultySlaving(roof.slaving, line)

    async def state(self) -> RoofState:
        return await self._line.ask(self._roof.state)

    async def open(self) -> None:
        await self._line.tell(self._roof.open)

    async def close(self) -> None:
        await self._line.tell(self._roof.close)

    async def stop(self) -> None:
        await self._line.tell(self._roof.stop)


class FaultyParkSensor(Faulty):
    """A park sensor."""

    def __init__(self, sensor: ParkSensor, line: Line) -> None:
        super().__init__(sensor, line)
        self._sensor = sensor

    async def parked(self) -> bool:
        return await self._line.ask(self._sensor.parked)

    async def changed(self) -> None:
        await self._line.ask(self._sensor.changed)


class FaultyCover(Faulty):
    """A cover; its motor goes on when the line breaks."""

    def __init__(self, cover: Cover, line: Line) -> None:
        super().__init__(cover, line)
        self._cover = cover

    async def state(self) -> CoverState:
        return await self._line.ask(self._cover.state)

    async def open(self) -> None:
        await self._line.tell(self._cover.open)

    async def close(self) -> None:
        await self._line.tell(self._cover.close)


class FaultyFlatPanel(Faulty):
    """A flat field panel."""

    def __init__(self, panel: FlatPanel, line: Line) -> None:
        super().__init__(panel, line)
        self._panel = panel

    @property
    def brightest(self) -> int:
        return self._panel.brightest

    async def level(self) -> int:
        return await self._line.ask(self._panel.level)

    async def light(self, level: int) -> None:
        await self._line.tell(lambda: self._panel.light(level))


class FaultyPowerMonitor(Faulty):
    """A power monitor."""

    def __init__(self, monitor: PowerMonitor, line: Line) -> None:
        super().__init__(monitor, line)
        self._monitor = monitor

    async def power(self) -> Power:
        return await self._line.ask(self._monitor.power)

    async def changed(self) -> None:
        await self._line.ask(self._monitor.changed)


class FaultyOutput(Faulty):
    """One channel; it holds its level when the line breaks."""

    def __init__(self, output: Output, line: Line, switched_off: Callable[[str], None]) -> None:
        super().__init__(output, line)
        self._output, self._switched_off = output, switched_off

    @property
    def dimmable(self) -> bool:
        return self._output.dimmable

    async def level(self) -> float:
        return await self._line.ask(self._output.level)

    async def set_level(self, level: float) -> None:
        await self._line.tell(lambda: self._set(level))

    async def _set(self, level: float) -> None:
        await self._output.set_level(level)
        if level == 0:
            self._switched_off(self.name)


class FaultySafetyMonitor(Faulty):
    """A safety monitor."""

    def __init__(self, monitor: SafetyMonitor, line: Line) -> None:
        super().__init__(monitor, line)
        self._monitor = monitor

    async def safe(self) -> bool:
        return await self._line.ask(self._monitor.safe)

    async def changed(self) -> None:
        await self._line.ask(self._monitor.changed)


class FaultyWeather(Faulty):
    """A weather station."""

    def __init__(self, station: ObservingConditions, line: Line) -> None:
        super().__init__(station, line)
        self._station = station

    async def conditions(self) -> Conditions:
        return await self._line.ask(self._station.conditions)

    async def changed(self) -> None:
        await self._line.ask(self._station.changed)


class FaultyGnss(Faulty):
    """A satellite receiver."""

    def __init__(self, receiver: Gnss, line: Line) -> None:
        super().__init__(receiver, line)
        self._receiver = receiver

    async def fix(self) -> Fix:
        return await self._line.ask(self._receiver.fix)
