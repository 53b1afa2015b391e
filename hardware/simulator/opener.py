"""Opens the simulated devices of one rig; all share one sky."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hardware.devices import Device, DeviceSpec, Site
from hardware.opening import Opener
from hardware.simulator.board import SimulatedBoard
from hardware.simulator.camera import SimulatedCamera
from hardware.simulator.cover import SimulatedCover, SimulatedFlatPanel
from hardware.simulator.focuser import SimulatedFocuser
from hardware.simulator.front_panel import (
    SimulatedButton,
    SimulatedBuzzer,
    SimulatedStatusLight,
    SimulatedTextDisplay,
)
from hardware.simulator.gnss import SimulatedGnss
from hardware.simulator.guider import SimulatedGuider
from hardware.simulator.mount import SimulatedMount
from hardware.simulator.output import SimulatedOutput
from hardware.simulator.park_sensor import SimulatedParkSensor
from hardware.simulator.power import SimulatedPowerMonitor
from hardware.simulator.roof import SimulatedRoof
from hardware.simulator.rotator import SimulatedRotator
from hardware.simulator.setup import with_setup
from hardware.simulator.sky import Sky, Utc
from hardware.simulator.weather import SimulatedSafetyMonitor, SimulatedWeather
from hardware.simulator.wheel import SimulatedFilterWheel
from hardware.simulator.world import World

D = TypeVar("D", bound=Device)


class SimulatorOpener(Opener):
    """What the rig needs of the simulator: an open device for a spec, under any name.

    `spec.setup` overrides the fields of that kind's model in world.py; DeviceRefused names an unknown or
    unfitting one. The same spec opens the same device again: where things stood is kept.
    """

    def __init__(self, sky: Sky) -> None:
        self.sky = sky
        self._opened: dict[str, tuple[DeviceSpec, Device]] = {}

    @classmethod
    def demo(cls, utc: Utc, site: Site | None = None) -> "SimulatorOpener":
        """The rig of world.py's defaults, at the observer's site when it is given."""
        world = World() if site is None else World(site=site)
        return cls(Sky(world, utc))

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        """What there is to open: names, and what kinds of device each one is."""
        return [
            ("Simulated Camera", ("camera",)),
            ("Simulated Mount", ("mount",)),
            ("Simulated Focuser", ("focuser",)),
            ("Simulated Filter Wheel", ("filter wheel",)),
            ("Simulated Rotator", ("rotator",)),
            ("Simulated Roof", ("roof",)),
            ("Simulated Weather", ("weather station",)),
            ("Simulated GNSS", ("gnss",)),
            ("Simulated Park Sensor", ("park sensor",)),
            ("Simulated Cover", ("cover",)),
            ("Simulated Flat Panel", ("flat panel",)),
            ("Simulated Power", ("power monitor",)),
            ("Simulated Output", ("output",)),
            ("Simulated Guider", ("guider",)),
            ("Simulated Board", ("board",)),
        ]

    async def camera(self, spec: DeviceSpec) -> SimulatedCamera:
        model = with_setup(self.sky.world.camera, spec)
        return self._open("camera", spec, SimulatedCamera, lambda world: replace(world, camera=model))

    async def mount(self, spec: DeviceSpec) -> SimulatedMount:
        model = with_setup(self.sky.world.mount, spec)
        return self._open("mount", spec, SimulatedMount, lambda world: replace(world, mount=model))

    async def focuser(self, spec: DeviceSpec) -> SimulatedFocuser:
        model = with_setup(self.sky.world.focuser, spec)
        return self._open("focuser", spec, SimulatedFocuser, lambda world: replace(world, focuser=model))

    async def filter_wheel(self, spec: DeviceSpec) -> SimulatedFilterWheel:
        model = with_setup(self.sky.world.wheel, spec)
        return self._open("wheel", spec, SimulatedFilterWheel, lambda world: replace(world, wheel=model))

    async def rotator(self, spec: DeviceSpec) -> SimulatedRotator:
        model = with_setup(self.sky.world.rotator, spec)
        return self._open("rotator", spec, SimulatedRotator, lambda world: replace(world, rotator=model))

    async def roof(self, spec: DeviceSpec) -> SimulatedRoof:
        model = with_setup(self.sky.world.roof, spec)
        return self._open("roof", spec, SimulatedRoof, lambda world: replace(world, roof=model))

    async def safety_monitor(self, spec: DeviceSpec) -> SimulatedSafetyMonitor:
        model = with_setup(self.sky.world.weather, spec)
        return self._open(
            f"safety {spec.name}", spec, SimulatedSafetyMonitor, lambda world: replace(world, weather=model)
        )

    async def observing_conditions(self, spec: DeviceSpec) -> SimulatedWeather:
        model = with_setup(self.sky.world.weather, spec)
        return self._open("weather", spec, SimulatedWeather, lambda world: replace(world, weather=model))

    async def gnss(self, spec: DeviceSpec) -> SimulatedGnss:
        model = with_setup(self.sky.world.gnss, spec)
        return self._open("gnss", spec, SimulatedGnss, lambda world: replace(world, gnss=model))

    async def park_sensor(self, spec: DeviceSpec) -> SimulatedParkSensor:
        model = with_setup(self.sky.world.park_sensor, spec)
        return self._open(
            "sensor", spec, SimulatedParkSensor, lambda world: replace(world, park_sensor=model)
        )

    async def cover(self, spec: DeviceSpec) -> SimulatedCover:
        model = with_setup(self.sky.world.cover, spec)
        return self._open("cover", spec, SimulatedCover, lambda world: replace(world, cover=model))

    async def flat_panel(self, spec: DeviceSpec) -> SimulatedFlatPanel:
        model = with_setup(self.sky.world.panel, spec)
        return self._open("panel", spec, SimulatedFlatPanel, lambda world: replace(world, panel=model))

    async def power_monitor(self, spec: DeviceSpec) -> SimulatedPowerMonitor:
        model = with_setup(self.sky.world.power, spec)
        return self._open("power", spec, SimulatedPowerMonitor, lambda world: replace(world, power=model))

    async def guider(self, spec: DeviceSpec) -> SimulatedGuider:
        model = with_setup(self.sky.world.guider, spec)
        return self._open("guider", spec, SimulatedGuider, lambda world: replace(world, guider=model))

    async def output(self, spec: DeviceSpec) -> SimulatedOutput:
        return self._open(f"output {spec.name}", spec, SimulatedOutput, lambda world: world)

    async def button(self, spec: DeviceSpec) -> SimulatedButton:
        return self._open(f"button {spec.name}", spec, SimulatedButton, lambda world: world)

    async def status_light(self, spec: DeviceSpec) -> SimulatedStatusLight:
        return self._open("light", spec, SimulatedStatusLight, lambda world: world)

    async def buzzer(self, spec: DeviceSpec) -> SimulatedBuzzer:
        return self._open("buzzer", spec, SimulatedBuzzer, lambda world: world)

    async def text_display(self, spec: DeviceSpec) -> SimulatedTextDisplay:
        return self._open("display", spec, SimulatedTextDisplay, lambda world: world)

    async def board(self, spec: DeviceSpec) -> SimulatedBoard:
        return self._open("board", spec, SimulatedBoard, lambda world: world)

    def _open(
        self, kind: str, spec: DeviceSpec, make: Callable[[str, Sky], D], adopt: Callable[[World], World]
    ) -> D:
        """The device opened before for this very spec, else a new one after the world took its settings."""
        known = self._opened.get(kind)
        if known and known[0] == spec:
            return known[1]  # type: ignore[return-value]  # one class per kind
        self.sky.adopt(adopt(self.sky.world))
        device = make(spec.name, self.sky)
        self._opened[kind] = spec, device
        return device
