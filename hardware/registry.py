"""The one place that knows every driver: opens devices by the profile's driver name, and closes them all."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from hardware.devices import (
    Camera,
    DeviceSpec,
    FilterWheel,
    Focuser,
    Gnss,
    IndiServer,
    Mount,
    ObservingConditions,
    Roof,
    Rotator,
    SafetyMonitor,
    Site,
)
from hardware.errors import DeviceMissing
from hardware.indi.opener import IndiOpener
from hardware.simulator.opener import SimulatorOpener

Utc = Callable[[float | None], float]
Drivers = dict[str, IndiOpener | SimulatorOpener]


class Registry:
    """Opens any device of any driver; every answer is open and ready, or DeviceError is raised."""

    def __init__(self, drivers: Drivers) -> None:
        self._drivers = drivers

    def _driver(self, spec: DeviceSpec) -> IndiOpener | SimulatorOpener:
        if spec.driver not in self._drivers:
            raise DeviceMissing(spec.name, f"the driver {spec.driver!r} is not running")
        return self._drivers[spec.driver]

    async def camera(self, spec: DeviceSpec) -> Camera:
        return await self._driver(spec).camera(spec)

    async def mount(self, spec: DeviceSpec) -> Mount:
        return await self._driver(spec).mount(spec)

    async def focuser(self, spec: DeviceSpec) -> Focuser:
        return await self._driver(spec).focuser(spec)

    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel:
        return await self._driver(spec).filter_wheel(spec)

    async def rotator(self, spec: DeviceSpec) -> Rotator:
        return await self._driver(spec).rotator(spec)

    async def roof(self, spec: DeviceSpec) -> Roof:
        return await self._driver(spec).roof(spec)

    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor:
        return await self._driver(spec).safety_monitor(spec)

    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions:
        return await self._driver(spec).observing_conditions(spec)

    async def gnss(self, spec: DeviceSpec) -> Gnss:
        return await self._driver(spec).gnss(spec)

    async def discover(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Every device that answers: (driver, name, kinds)."""
        found = []
        for driver, opener in self._drivers.items():
            found += [(driver, name, kinds) for name, kinds in await opener.discover()]
        return found


@asynccontextmanager
async def drivers(names: set[str], indi: IndiServer | None, utc: Utc, site: Site) -> AsyncIterator[Registry]:
    """Start the named drivers ("indi", "simulator"); on leaving all are closed, no child process stays.

    `utc` gives UTC seconds since 1970 at a moment of the loop's clock (None: now).
    """
    async with AsyncExitStack() as stack:
        running: Drivers = {}
        if "simulator" in names:
            running["simulator"] = SimulatorOpener.demo(utc, site)
        if "indi" in names and indi is not None:
            running["indi"] = await stack.enter_async_context(IndiOpener.start(indi, utc))
        yield Registry(running)
