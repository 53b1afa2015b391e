"""Tonight's open devices, reopened when lost."""

from typing import Protocol, TypeVar

from hardware.devices import (
    Camera,
    Device,
    DeviceSpec,
    FilterWheel,
    Focuser,
    Gnss,
    Mount,
    ObservingConditions,
    Roof,
    Rotator,
    SafetyMonitor,
)

D = TypeVar("D", bound=Device, covariant=True)
RETRY_SECONDS = 2.0


class Opener(Protocol):
    """What the rig needs of the registry: an open device for a spec, or DeviceError."""

    async def camera(self, spec: DeviceSpec) -> Camera: ...
    async def mount(self, spec: DeviceSpec) -> Mount: ...
    async def focuser(self, spec: DeviceSpec) -> Focuser: ...
    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel: ...
    async def rotator(self, spec: DeviceSpec) -> Rotator: ...
    async def roof(self, spec: DeviceSpec) -> Roof: ...
    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor: ...
    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions: ...
    async def gnss(self, spec: DeviceSpec) -> Gnss: ...
