"""Tonight's open devices, reopened when lost."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from appliance.bus import Publish, Said, State
from appliance.errors import DeviceError, DeviceLost, DeviceMissing
from appliance.profile import DeviceSection, FocuserSection, Profile
from appliance.recovery.climb import Climb
from appliance.recovery.ladder import Ladder, Rung, ladder_of
from appliance.recovery.means import Means
from appliance.recovery.standing import DeviceIs, Outage, Standing
from appliance.recovery.use import Use
from hardware.devices import (
    Board,
    Camera,
    Cover,
    Device,
    DeviceSpec,
    FilterWheel,
    FlatPanel,
    Focuser,
    Gnss,
    Guider,
    Mount,
    ObservingConditions,
    Output,
    ParkSensor,
    PowerMonitor,
    Roof,
    Rotator,
    SafetyMonitor,
)
from hardware.geared import GearedFocuser, Limits
from hardware.recovering import recovers

D = TypeVar("D", bound=Device)


class Opener(Protocol):
    """What the rig needs of the registry: an open device for a spec, or DeviceError."""

    async def camera(self, spec: DeviceSpec) -> Camera: ...
    async def mount(self, spec: DeviceSpec) -> Mount: ...
    async def focuser(self, spec: DeviceSpec) -> Focuser: ...
    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel: ...
    async def rotator(self, spec: DeviceSpec) -> Rotator: ...
    async def roof(self, spec: DeviceSpec) -> Roof: ...
    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor: ...
    async def cover(self, spec: DeviceSpec) -> Cover: ...
    async def flat_panel(self, spec: DeviceSpec) -> FlatPanel: ...
    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor: ...
    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor: ...
    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions: ...
    async def gnss(self, spec: DeviceSpec) -> Gnss: ...
    async def guider(self, spec: DeviceSpec) -> Guider: ...
    async def board(self, spec: DeviceSpec) -> Board: ...
    async def output(self, spec: DeviceSpec) -> Output: ...


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


def monitor_place(name: str) -> str:
    """Where a safety monitor stands in the rig: there may be several."""
    return f"safety monitor {name}"


def output_place(name: str) -> str:
    """Where an output stands in the rig: there may be several."""
    return f"output {name}"


class Place(Generic[D]):
    """One device's place in the rig: its spec, and the open device when there is one."""

    def __init__(self, kind: str, section: DeviceSection | None, open_: Callable[[DeviceSpec], Awaitable[D]]):
        self.kind, self.section, self.spec = kind, section, section.spec() if section else None
        self._open = open_
        self._device: D | None = None
        self._suspect = False
        self._opening = asyncio.Lock()
        self._use = Use()
        self._climb: Climb | None = None

    def equip(self, ladder: Ladder, means: Means, publish: Publish) -> None:
        """With what helps when it does not answer."""
        if self.section is not None:
            self._use, self._climb = means.use, Climb(self.section, ladder, means, publish)

    @property
    def wanted(self) -> bool:
        return self.spec is not None

    @property
    def was_open(self) -> bool:
        return self._device is not None

    @property
    def is_open(self) -> bool:
        return self._device is not None and not self._device.lost and not self._suspect

    async def open(self, *, spare: bool = False, eager: bool = False) -> None:
        """Open it if the profile names it and it is not open; two who want it get the same one.

        Before that the rung of the recovery ladder that is due is taken, if one is; `eager` does not hold
        off, for a `spare` no other device is disturbed.
        """
        async with self._opening:
            if self.spec is None or self.is_open:
                return
            assert self._climb is not None
            await self._climb.step(spare=spare, eager=eager)
            try:
                device = await self._open(self.spec)
            except DeviceError as failure:
                self._climb.failed(failure)
                raise
            self._device, self._suspect = self._use.watched(device, self.suspect), False
            self._climb.opened()

    async def recover(self, rung: Rung) -> None:
        """Take this rung of the ladder now, and open it again; what kept it from that leaves."""
        async with self._opening:
            assert self._climb is not None
            await self._climb.by_hand(rung)
        await self.open()

    def standing(self, spec: DeviceSpec) -> Standing:
        """As the page shows it."""
        outage = self._climb.outage() if self._climb else Outage()
        fed_by = self.section.power_output if self.section else ""
        return Standing(self.kind, spec.name, spec.driver, self._is(), outage, fed_by)

    def _is(self) -> DeviceIs:
        if self._opening.locked() and not self.is_open:
            return DeviceIs.RECOVERING if self.was_open else DeviceIs.CONNECTING
        if self.is_open:
            return DeviceIs.OPEN
        if not self.was_open:
            return DeviceIs.NOT_CONNECTED
        return DeviceIs.STUCK if self._suspect else DeviceIs.LOST

    def suspect(self) -> None:
        """It is open and does not do its work: it counts as away until it has been opened again."""
        if self.is_open and self._climb is not None:
            self._climb.suspect()
            self._suspect = True

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


def _geared(opener: Opener, section: FocuserSection | None) -> Callable[[DeviceSpec], Awaitable[Focuser]]:
    """The focuser as the profile lets it be moved."""

    async def open_(spec: DeviceSpec) -> Focuser:
        focuser = await opener.focuser(spec)
        if section is None:
            return focuser
        limits = Limits(section.min_position, section.max_position, section.settle_seconds)
        return cast(Focuser, GearedFocuser(focuser, limits))

    return open_


class Rig:
    """Typed access to tonight's devices; `reopen` after DeviceLost makes them fresh."""

    def __init__(self, profile: Profile, opener: Opener, publish: Publish) -> None:
        self._publish = publish
        self._camera = Place("camera", profile.camera, opener.camera)
        self._mount = Place("mount", profile.mount, opener.mount)
        self._focuser = Place("focuser", profile.focuser, _geared(opener, profile.focuser))
        self._filter_wheel = Place("filter wheel", profile.filter_wheel, opener.filter_wheel)
        self._rotator = Place("rotator", profile.rotator, opener.rotator)
        self._guider = Place("guider", profile.guider, opener.guider)
        self._roof = Place("roof", profile.roof, opener.roof)
        self._park_sensor = Place("park sensor", profile.park_sensor, opener.park_sensor)
        self._cover = Place("cover", profile.cover, opener.cover)
        self._flat_panel = Place("flat panel", profile.flat_panel, opener.flat_panel)
        self._power = Place("power", profile.power_device, opener.power_monitor)
        self._monitors = {
            section.name: Place(monitor_place(section.name), section, opener.safety_monitor)
            for section in profile.safety_monitor
        }
        self._outputs = {
            section.name: Place(output_place(section.name), section, opener.output)
            for section in profile.output
        }
        self._switching = {name: asyncio.Lock() for name in self._outputs}
        self._weather = Place("weather", profile.weather, opener.observing_conditions)
        self._gnss = Place("GNSS", profile.gnss, opener.gnss)
        self._board = Place("board", profile.board, opener.board)
        every: tuple[Any, ...] = (
            self._camera, self._mount, self._focuser, self._filter_wheel,
            self._rotator, self._guider, self._roof, self._park_sensor, self._cover, self._flat_panel,
            self._weather, self._power, self._gnss, self._board,
            *self._monitors.values(), *self._outputs.values(),
        )  # fmt: skip
        self._wanted: list[Place[Device]] = [p for p in every if p.wanted]
        self._settings = profile.recovery
        means = Means(
            profile.recovery, profile.devices(), recovers(opener), Use(), self._brought_output, self.switching
        )
        for place in self._wanted:
            place.equip(ladder_of(profile.recovery), means, publish)

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
    def guider(self) -> Guider | None:
        return self._guider.optional()

    @property
    def roof(self) -> Roof | None:
        return self._roof.optional()

    @property
    def park_sensor(self) -> ParkSensor | None:
        return self._park_sensor.optional()

    @property
    def cover(self) -> Cover | None:
        return self._cover.optional()

    @property
    def flat_panel(self) -> FlatPanel | None:
        return self._flat_panel.optional()

    @property
    def power(self) -> PowerMonitor | None:
        return self._power.optional()

    def safety_monitor(self, name: str) -> SafetyMonitor:
        """One of the profile's by its name; DeviceMissing while it is not open."""
        return self._monitors[name].device()

    def output(self, name: str) -> Output:
        """One of the profile's by its name; DeviceMissing while it is not open."""
        return self._outputs[name].device()

    @property
    def weather(self) -> ObservingConditions | None:
        return self._weather.optional()

    @property
    def gnss(self) -> Gnss | None:
        return self._gnss.optional()

    @property
    def board(self) -> Board | None:
        return self._board.optional()

    @property
    def had_mount(self) -> bool:
        """True once the mount has been open, even if it has been lost since."""
        return self._mount.was_open

    @property
    def has_mount(self) -> bool:
        """True while the mount is open."""
        return self._mount.is_open

    async def open(self) -> None:
        """Open all the profile names, side by side; the first failure leaves, the others noted.

        The outputs are brought by those who tend them: no night waits for a heater.
        """
        await self._open_all(self.kinds - self.outputs)
        self._publish(self.state())

    async def bring(self, kind: str, *, spare: bool = False, eager: bool = False) -> None:
        """Open one device if the profile names it and it is not open; the others do not matter.

        Asked again and again, it climbs the recovery ladder: `eager`, in danger, without holding off, and for
        a `spare` without disturbing any other device.
        """
        for place in self._wanted:
            if place.kind == kind:
                await place.open(spare=spare, eager=eager)

    def switching(self, output: str) -> asyncio.Lock:
        """Held while the profile's output of this name is switched: who tends it and recovery take turns."""
        return self._switching[output]

    async def _brought_output(self, name: str) -> Output:
        # As a spare: who asks is on a rung that keeps all others from being disturbed.
        await self.bring(output_place(name), spare=True)
        return self.output(name)

    @property
    def kinds(self) -> frozenset[str]:
        """What the profile names."""
        return frozenset(place.kind for place in self._wanted)

    @property
    def outputs(self) -> frozenset[str]:
        """The outputs among them."""
        return frozenset(place.kind for place in self._outputs.values())

    def away(self, kinds: Collection[str]) -> tuple[str, ...]:
        """The names of those devices of the profile that are not open now."""
        return tuple(p.spec.name for p in self._wanted if p.spec and p.kind in kinds and not p.is_open)

    async def reopen(self, kinds: Collection[str], within: float | None = None) -> None:
        """Open again what was lost of these kinds, trying until it is back; DeviceLost when it stays away.

        The recovery ladder is climbed meanwhile. It is tried once at least; for `give_up_seconds` of the
        profile when `within` is not given.
        """
        within = self._settings.give_up_seconds if within is None else within
        self._publish(self.state())
        deadline = asyncio.get_running_loop().time() + within
        while True:
            try:
                await self._open_all(kinds)
            except DeviceError as away:
                if asyncio.get_running_loop().time() >= deadline:
                    raise DeviceLost(away.device, f"it did not come back within {within:g} s") from away
                await asyncio.sleep(self._settings.retry_seconds)
            else:
                break
        self._publish(self.state())
        some = "The devices that are needed" if self.away(self.kinds) else "All devices"
        self._publish(Said(source="rig", text=f"{some} are back."))

    async def recover(self, kind: str, rung: Rung) -> None:
        """For one device, what `rung` says, now: a person has asked for it. Raises as Climb.by_hand."""
        for place in self._wanted:
            if place.kind == kind:
                await place.recover(rung)
        self._publish(self.state())

    def standing(self) -> tuple[Standing, ...]:
        """How each device of the profile stands, with what the recovery ladder does for it."""
        return tuple(place.standing(place.spec) for place in self._wanted if place.spec)

    def state(self) -> RigState:
        """What is open now."""
        held = [Held(p.kind, p.spec.name, p.is_open) for p in self._wanted if p.spec]
        return RigState(source="rig", devices=tuple(held))

    async def _open_all(self, kinds: Collection[str]) -> None:
        places = [place for place in self._wanted if place.kind in kinds]
        results = await asyncio.gather(*(place.open() for place in places), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            for other in failures[1:]:
                failures[0].add_note(f"and {other}")
            raise failures[0]
