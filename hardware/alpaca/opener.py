"""From a profile's DeviceSpec to an open Alpaca device."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from alpaca import discovery, management
from alpaca.camera import Camera as VendorCamera
from alpaca.covercalibrator import CoverCalibrator
from alpaca.dome import Dome
from alpaca.filterwheel import FilterWheel as Wheel
from alpaca.focuser import Focuser as VendorFocuser
from alpaca.observingconditions import ObservingConditions as Station
from alpaca.rotator import Rotator as VendorRotator
from alpaca.safetymonitor import SafetyMonitor as Monitor
from alpaca.switch import Switch
from alpaca.telescope import Telescope

from hardware.alpaca.camera import AlpacaCamera
from hardware.alpaca.covers import AlpacaCover, AlpacaFlatPanel
from hardware.alpaca.link import Link
from hardware.alpaca.mount import AlpacaMount
from hardware.alpaca.optics import AlpacaFilterWheel, AlpacaFocuser, AlpacaRotator
from hardware.alpaca.place import place, whole
from hardware.alpaca.roof import AlpacaRoof
from hardware.alpaca.switches import (
    AlpacaContactMonitor,
    AlpacaOutput,
    AlpacaParkSensor,
    AlpacaPowerMonitor,
    channel_of,
    gauges_of,
)
from hardware.alpaca.weather import AlpacaSafetyMonitor, AlpacaWeather
from hardware.devices import (
    Camera,
    Cover,
    DeviceSpec,
    FilterWheel,
    FlatPanel,
    Focuser,
    Mount,
    ObservingConditions,
    Output,
    ParkSensor,
    PowerMonitor,
    Roof,
    Rotator,
    SafetyMonitor,
)
from hardware.errors import DeviceLost
from hardware.opening import Opener
from hardware.worker import Worker

SEARCH_SECONDS = 20.0
LIST_SECONDS = 5.0
KINDS = {
    "camera": ("camera",), "telescope": ("mount",), "focuser": ("focuser",), "filterwheel": ("filter wheel",),
    "rotator": ("rotator",), "dome": ("roof",), "covercalibrator": ("cover", "flat panel"),
    "safetymonitor": ("safety monitor",), "observingconditions": ("weather station",),
    "switch": ("output", "park sensor", "power"),
}  # fmt: skip
Utc = Callable[[float | None], float]


class AlpacaOpener(Opener):
    """Opens devices wherever their setup says they are; each has a connection of its own."""

    def __init__(self, utc: Utc) -> None:
        self._utc = utc

    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor:
        """A safety monitor, or with `switch` in its setup a channel of a switch device."""
        if "switch" in spec.setup:
            link, channel, inverted = await self._contact(spec)
            return await AlpacaContactMonitor.open_(link, channel, inverted=inverted)
        return AlpacaSafetyMonitor(await self._open(spec, Monitor))

    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions:
        return AlpacaWeather(await self._open(spec, Station))

    async def roof(self, spec: DeviceSpec) -> Roof:
        return await AlpacaRoof.open_(await self._open(spec, Dome))

    async def output(self, spec: DeviceSpec) -> Output:
        link = await self._open(spec, Switch, channel_of(spec))
        return await AlpacaOutput.open_(link, whole(spec, "switch", spec.setup["switch"]))

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        link, channel, inverted = await self._contact(spec)
        return await AlpacaParkSensor.open_(link, channel, inverted=inverted)

    async def _contact(self, spec: DeviceSpec) -> tuple[Link, int, bool]:
        link = await self._open(spec, Switch, channel_of(spec), "inverted")
        return link, whole(spec, "switch", spec.setup["switch"]), bool(spec.setup.get("inverted", False))

    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor:
        gauges = gauges_of(spec)
        link = await self._open(spec, Switch, "mains", "battery", "empty", "full")
        return await AlpacaPowerMonitor.open_(link, gauges)

    async def cover(self, spec: DeviceSpec) -> Cover:
        return await AlpacaCover.open_(await self._open(spec, CoverCalibrator))

    async def flat_panel(self, spec: DeviceSpec) -> FlatPanel:
        return await AlpacaFlatPanel.open_(await self._open(spec, CoverCalibrator))

    async def mount(self, spec: DeviceSpec) -> Mount:
        return await AlpacaMount.open_(await self._open(spec, Telescope), self._utc)

    async def focuser(self, spec: DeviceSpec) -> Focuser:
        return await AlpacaFocuser.open_(await self._open(spec, VendorFocuser))

    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel:
        return await AlpacaFilterWheel.open_(await self._open(spec, Wheel))

    async def rotator(self, spec: DeviceSpec) -> Rotator:
        return AlpacaRotator(await self._open(spec, VendorRotator))

    async def camera(self, spec: DeviceSpec) -> Camera:
        return await AlpacaCamera.open_(await self._open(spec, VendorCamera))

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every device of every server that answers in this network within some seconds."""
        worker = Worker("alpaca search")
        found: list[tuple[str, tuple[str, ...]]] = []
        try:
            for address in sorted(await worker.call_within(SEARCH_SECONDS, discovery.search_ipv4, 1, 1)):
                with suppress(DeviceLost, OSError):
                    devices = await _listed(address)
                    found += [(_called(address, one), KINDS[kind]) for kind, one in devices if kind in KINDS]
        except DeviceLost:
            return found
        finally:
            worker.close()
        return found

    async def _open(self, spec: DeviceSpec, kind: Callable[[str, int], Any], *known: str) -> Link:
        where = place(spec, *known)
        link = Link(spec.name, kind(where.address, where.number))
        await link.connect()
        return link


async def _listed(address: str) -> list[tuple[str, dict[str, Any]]]:
    """A worker for each: the library waits for ever for a server that answers the search and then nothing."""
    worker = Worker(f"alpaca {address}")
    try:
        devices = await worker.call_within(LIST_SECONDS, management.configureddevices, address)
    finally:
        worker.close()
    return [(str(one["DeviceType"]).lower(), one) for one in devices]


def _called(address: str, device: dict[str, Any]) -> str:
    return f'{device["DeviceName"]} (address = "{address}", number = {device["DeviceNumber"]})'
