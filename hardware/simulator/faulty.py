"""Opens the simulated devices of one rig with tonight's faults on their lines."""

import asyncio
from collections.abc import Mapping

from hardware.devices import Board, Button, Buzzer, DeviceSpec, StatusLight, TextDisplay
from hardware.errors import DeviceMissing
from hardware.recovering import Remedy
from hardware.simulator.faults import Cure, FaultKind, Faults
from hardware.simulator.faulty_devices import (
    FaultyCamera,
    FaultyCover,
    FaultyFilterWheel,
    FaultyFlatPanel,
    FaultyFocuser,
    FaultyGnss,
    FaultyGuider,
    FaultyMount,
    FaultyOutput,
    FaultyParkSensor,
    FaultyPowerMonitor,
    FaultyRoof,
    FaultyRotator,
    FaultySafetyMonitor,
    FaultyWeather,
)
from hardware.simulator.line import OPEN_SECONDS, Line
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Utc

# Every kind of device that a fault can strike, as a person names it.
DEVICES = (
    "camera", "mount", "focuser", "filter wheel", "rotator", "roof", "park sensor", "cover", "flat panel",
    "weather", "safety", "power", "gnss", "output", "guider",
)  # fmt: skip


# What a remedy is among the cures of a stuck device, and how long it takes.
CURES = {Remedy.RECONNECT: (1, 1.0), Remedy.RESTART_DRIVER: (2, 3.0), Remedy.RESTART_SERVER: (4, 5.0)}
POWER = 3


class FaultyOpener:
    """A SimulatorOpener whose devices can be lost, fall silent, ignore commands and lose frames.

    `utc` is true time (seconds since 1970). Opening raises DeviceMissing while the device is lost, and
    DeviceLost after a silence. What happens in the sky (rain, a slipping focuser) is not its business. The
    front panel and the board have no line that could break.

    Each device has a driver of its own, all drivers one server, which is as young as this opener. `feeds`
    says which kinds of device each output feeds with power; one that was never switched is on.
    """

    def __init__(
        self, opener: SimulatorOpener, faults: Faults, utc: Utc,
        feeds: Mapping[str, frozenset[str]] | None = None,
    ) -> None:  # fmt: skip
        self._opener, self._faults, self._utc, self._feeds = opener, faults, utc, feeds or {}
        self._going: set[asyncio.Task[None]] = set()
        self._opened: dict[str, str] = {}
        self._cure(CURES[Remedy.RESTART_SERVER][0], frozenset(DEVICES))

    async def close(self) -> None:
        """Wait for hardware that goes on although its line broke; nothing is stopped."""
        while self._going:
            await asyncio.wait(set(self._going))

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        return await self._opener.discover()

    def remedies(self, spec: DeviceSpec) -> Mapping[Remedy, frozenset[str]]:
        """Everything; a restart of the server disturbs all that have been opened."""
        others = frozenset(self._opened) - {spec.name}
        none: frozenset[str] = frozenset()
        return {
            Remedy.RECONNECT: none, Remedy.RESTART_DRIVER: none, Remedy.RESTART_SERVER: others
        }  # fmt: skip

    async def apply(self, spec: DeviceSpec, remedy: Remedy) -> None:
        """Done at once; it takes its time until the device can be opened."""
        rung, seconds = CURES[remedy]
        whole = remedy is Remedy.RESTART_SERVER
        self._cure(rung, frozenset(DEVICES) if whole else self._kinds(spec.name))
        await asyncio.sleep(seconds)

    def switched_off(self, output: str) -> None:
        """What this output feeds has no power now."""
        self._cure(POWER, self._feeds.get(output, frozenset()))

    def _cure(self, rung: int, kinds: frozenset[str]) -> None:
        self._opener.sky.cures.append(Cure(self._utc(None), rung, kinds))

    def _kinds(self, name: str) -> frozenset[str]:
        return frozenset({self._opened[name]} if name in self._opened else ())

    async def camera(self, spec: DeviceSpec) -> FaultyCamera:
        line = await self._line("camera", spec)
        return FaultyCamera(await self._opener.camera(spec), line, self._faults, self._utc)

    async def mount(self, spec: DeviceSpec) -> FaultyMount:
        line = await self._line("mount", spec)
        return FaultyMount(await self._opener.mount(spec), line)

    async def focuser(self, spec: DeviceSpec) -> FaultyFocuser:
        line = await self._line("focuser", spec)
        return FaultyFocuser(await self._opener.focuser(spec), line)

    async def filter_wheel(self, spec: DeviceSpec) -> FaultyFilterWheel:
        line = await self._line("filter wheel", spec)
        return FaultyFilterWheel(await self._opener.filter_wheel(spec), line)

    async def rotator(self, spec: DeviceSpec) -> FaultyRotator:
        line = await self._line("rotator", spec)
        return FaultyRotator(await self._opener.rotator(spec), line)

    async def roof(self, spec: DeviceSpec) -> FaultyRoof:
        line = await self._line("roof", spec)
        return FaultyRoof(await self._opener.roof(spec), line)

    async def safety_monitor(self, spec: DeviceSpec) -> FaultySafetyMonitor:
        line = await self._line("safety", spec)
        return FaultySafetyMonitor(await self._opener.safety_monitor(spec), line)

    async def observing_conditions(self, spec: DeviceSpec) -> FaultyWeather:
        line = await self._line("weather", spec)
        return FaultyWeather(await self._opener.observing_conditions(spec), line)

    async def gnss(self, spec: DeviceSpec) -> FaultyGnss:
        line = await self._line("gnss", spec)
        return FaultyGnss(await self._opener.gnss(spec), line)

    async def park_sensor(self, spec: DeviceSpec) -> FaultyParkSensor:
        line = await self._line("park sensor", spec)
        return FaultyParkSensor(await self._opener.park_sensor(spec), line)

    async def cover(self, spec: DeviceSpec) -> FaultyCover:
        line = await self._line("cover", spec)
        return FaultyCover(await self._opener.cover(spec), line)

    async def flat_panel(self, spec: DeviceSpec) -> FaultyFlatPanel:
        line = await self._line("flat panel", spec)
        return FaultyFlatPanel(await self._opener.flat_panel(spec), line)

    async def power_monitor(self, spec: DeviceSpec) -> FaultyPowerMonitor:
        line = await self._line("power", spec)
        return FaultyPowerMonitor(await self._opener.power_monitor(spec), line)

    async def guider(self, spec: DeviceSpec) -> FaultyGuider:
        line = await self._line("guider", spec)
        return FaultyGuider(await self._opener.guider(spec), line)

    async def output(self, spec: DeviceSpec) -> FaultyOutput:
        line = await self._line("output", spec)
        return FaultyOutput(await self._opener.output(spec), line, self.switched_off)

    async def button(self, spec: DeviceSpec) -> Button:
        return await self._opener.button(spec)

    async def status_light(self, spec: DeviceSpec) -> StatusLight:
        return await self._opener.status_light(spec)

    async def buzzer(self, spec: DeviceSpec) -> Buzzer:
        return await self._opener.buzzer(spec)

    async def text_display(self, spec: DeviceSpec) -> TextDisplay:
        return await self._opener.text_display(spec)

    async def board(self, spec: DeviceSpec) -> Board:
        return await self._opener.board(spec)

    async def _line(self, kind: str, spec: DeviceSpec) -> Line:
        if self._faults.active(FaultKind.DEVICE_LOST, self._utc(None), kind):
            raise DeviceMissing(spec.name, "nothing answers where it was")
        sky = self._opener.sky
        if any(kind in kinds and sky.outputs.get(one, 1.0) == 0 for one, kinds in self._feeds.items()):
            raise DeviceMissing(spec.name, "nothing answers where it was: it has no power")
        self._opened[spec.name] = kind
        line = Line(spec.name, kind, self._faults, self._utc, self._going, sky.cures)
        await line.answering(OPEN_SECONDS)
        return line
