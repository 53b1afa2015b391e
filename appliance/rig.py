"""Tonight's open devices, reopened when lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from appliance.bus import Publish, Said, State
from appliance.errors import DeviceError, DeviceLost, DeviceMissing
from appliance.profile import DeviceSection, Profile
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

D = TypeVar("D", bound=Device)
RETRY_SECONDS = 2.0
GIVE_UP_SECONDS = 180.0


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


@dataclass(frozen=True, slots=True)
class Held:
    """One device as the page shows it."""

    kind: str
    name: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RigState(State):
    """Which devices the profile names, and which are open now."""

    devices: tuple[Held, ...]


class Place(Generic[D]):
    """One device's place in the rig: its spec, and the open device when there is one."""

    def __init__(self, kind: str, section: DeviceSection | None, open_: Callable[[DeviceSpec], Awaitable[D]]):
        self.kind, self.spec = kind, section.spec() if section else None
        self._open = open_
        self._device: D | None = None

    @property
    def wanted(self) -> bool:
        return self.spec is not None

    @property
    def was_open(self) -> bool:
        return self._device is not None

    @property
    def is_open(self) -> bool:
        return self._device is not None and not self._device.lost

    async def open(self) -> None:
        """Open it if the profile names it and it is not open."""
        if self.spec is not None and not self.is_open:
            self._device = await self._open(self.spec)

    def device(self) -> D:
        """The device; DeviceMissing when there is none. One that was lost says so by itself, when used."""
        if self._device is None:
            raise DeviceMissing(
                self.kind, "the profile has none" if self.spec is None else "it is not connected"
            )
        return self._device

    def optional(self) -> D | None:
        """The device, None when the profile has none."""
        return self.device() if self.wanted else None


class Rig:
    """Typed access to tonight's devices; `reopen` after DeviceLost makes them fresh."""

    def __init__(self, profile: Profile, opener: Opener, publish: Publish) -> None:
        self._publish = publish
        self._camera = Place("camera", profile.camera, opener.camera)
        self._mount = Place("mount", profile.mount, opener.mount)
        self._focuser = Place("focuser", profile.focuser, opener.focuser)
        self._filter_wheel = Place("filter wheel", profile.filter_wheel, opener.filter_wheel)
        self._rotator = Place("rotator", profile.rotator, opener.rotator)
        self._roof = Place("roof", profile.roof, opener.roof)
        self._weather = Place("weather", profile.weather, opener.observing_conditions)
        self._gnss = Place("GNSS", profile.gnss, opener.gnss)

    @property
    def camera(self) -> Camera:
        return self._camera.device()

    @property
    def mount(self) -> Mount:
        return self._mount.device()

    @property
    def focuser(self) -> Focuser | None:
        return self._focuser.optional()

    @property
    def filter_wheel(self) -> FilterWheel | None:
        return self._filter_wheel.optional()

    @property
    def rotator(self) -> Rotator | None:
        return self._rotator.optional()

    @property
    def roof(self) -> Roof | None:
        return self._roof.optional()

    @property
    def weather(self) -> ObservingConditions | None:
        return self._weather.optional()

    @property
    def gnss(self) -> Gnss | None:
        return self._gnss.optional()

    @property
    def had_mount(self) -> bool:
        """True once the mount has been open, even if it has been lost since."""
        return self._mount.was_open

    @property
    def has_mount(self) -> bool:
        """True while the mount is open."""
        return self._mount.is_open

    def _places(self) -> list[Place[Device]]:
        every = (
            self._camera, self._mount, self._focuser, self._filter_wheel,
            self._rotator, self._roof, self._weather, self._gnss,
        )  # fmt: skip
        return [place for place in every if place.wanted]  # type: ignore[misc]

    async def open(self) -> None:
        """Open all the profile names, side by side; the first failure leaves, the others noted."""
        await self._open_all()
        self._publish(self.state())

    async def reopen(self, within: float = GIVE_UP_SECONDS) -> None:
        """Open again what was lost, trying until it is back; DeviceLost when it stays away."""
        self._publish(self.state())
        deadline = asyncio.get_running_loop().time() + within
        while True:
            try:
                await self._open_all()
            except DeviceError as away:
                if asyncio.get_running_loop().time() > deadline:
                    raise DeviceLost(away.device, f"it did not come back within {within:g} s") from away
                await asyncio.sleep(RETRY_SECONDS)
            else:
                break
        self._publish(self.state())
        self._publish(Said(source="rig", text="All devices are back."))

    def state(self) -> RigState:
        """What is open now."""
        held = [Held(p.kind, p.spec.name, p.is_open) for p in self._places() if p.spec]
        return RigState(source="rig", devices=tuple(held))

    async def _open_all(self) -> None:
        results = await asyncio.gather(*(place.open() for place in self._places()), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            for other in failures[1:]:
                failures[0].add_note(f"and {other}")
            raise failures[0]
