"""The one place that knows every driver: opens devices by the profile's driver name, and closes them all."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from hardware.alpaca.opener import AlpacaOpener
from hardware.devices import (
    Board,
    Button,
    Buzzer,
    Camera,
    Cover,
    DeviceSpec,
    FilterWheel,
    FlatPanel,
    Focuser,
    Gnss,
    Guider,
    IndiGuard,
    IndiServer,
    Mount,
    ObservingConditions,
    Output,
    ParkSensor,
    PowerMonitor,
    Roof,
    Rotator,
    SafetyMonitor,
    Site,
    StatusLight,
    TextDisplay,
)
from hardware.errors import DeviceMissing
from hardware.gpio.opener import GpioOpener
from hardware.indi.opener import IndiOpener
from hardware.indi.serve import serve
from hardware.indi.watchdog import DRIVER, IndiWatchdog
from hardware.opening import Opener
from hardware.phd2.opener import Phd2Opener
from hardware.recovering import Remedy, recovers
from hardware.simulator.opener import SimulatorOpener

INDI_WATCHDOG = DRIVER
"""INDI's driver behind `Registry.indi_watchdog`."""
keep_indi_server = serve
"""Keep an indiserver up for others: (settings, ready)."""

Utc = Callable[[float | None], float]
Drivers = dict[str, Opener]


class Registry:
    """Opens any device of any driver; every answer is open and ready, or DeviceError is raised."""

    def __init__(self, drivers: Drivers) -> None:
        self._drivers = drivers

    def _driver(self, spec: DeviceSpec) -> Opener:
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

    async def guider(self, spec: DeviceSpec) -> Guider:
        return await self._driver(spec).guider(spec)

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        return await self._driver(spec).park_sensor(spec)

    async def cover(self, spec: DeviceSpec) -> Cover:
        return await self._driver(spec).cover(spec)

    async def flat_panel(self, spec: DeviceSpec) -> FlatPanel:
        return await self._driver(spec).flat_panel(spec)

    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor:
        return await self._driver(spec).power_monitor(spec)

    async def output(self, spec: DeviceSpec) -> Output:
        return await self._driver(spec).output(spec)

    async def button(self, spec: DeviceSpec) -> Button:
        return await self._driver(spec).button(spec)

    async def status_light(self, spec: DeviceSpec) -> StatusLight:
        return await self._driver(spec).status_light(spec)

    async def buzzer(self, spec: DeviceSpec) -> Buzzer:
        return await self._driver(spec).buzzer(spec)

    async def text_display(self, spec: DeviceSpec) -> TextDisplay:
        return await self._driver(spec).text_display(spec)

    async def board(self, spec: DeviceSpec) -> Board:
        return await self._driver(spec).board(spec)

    def remedies(self, spec: DeviceSpec) -> Mapping[Remedy, frozenset[str]]:
        """What its driver can do for a device that does not answer; nothing for drivers without remedies."""
        driver = recovers(self._drivers.get(spec.driver))
        return driver.remedies(spec) if driver else {}

    async def apply(self, spec: DeviceSpec, remedy: Remedy) -> None:
        """Do it; DeviceError when it did not work."""
        driver = recovers(self._driver(spec))
        if driver:
            await driver.apply(spec, remedy)

    async def indi_watchdog(self, guard: IndiGuard) -> IndiWatchdog:
        """INDI's own watchdog, armed; DeviceMissing or DeviceUnsupported when there is none to rely on."""
        indi = self._drivers.get("indi")
        if not isinstance(indi, IndiOpener):
            raise DeviceMissing("WatchDog", "INDI is not running")
        return await indi.watchdog(guard)

    async def discover(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Every device that answers: (driver, name, kinds)."""
        found = []
        for driver, opener in self._drivers.items():
            found += [(driver, name, kinds) for name, kinds in await opener.discover()]
        return found


@asynccontextmanager
async def drivers(names: set[str], indi: IndiServer | None, utc: Utc, site: Site) -> AsyncIterator[Registry]:
    """Start the named drivers ("gpio", "indi", ...); on leaving all are closed, no child stays.

    `utc` gives UTC seconds since 1970 at a moment of the loop's clock (None: now).
    """
    async with AsyncExitStack() as stack:
        running: Drivers = {}
        if "simulator" in names:
            running["simulator"] = SimulatorOpener.demo(utc, site)
        if "alpaca" in names:
            running["alpaca"] = AlpacaOpener(utc)
        if "gpio" in names:
            running["gpio"] = await stack.enter_async_context(GpioOpener().running())
        if "phd2" in names:
            running["phd2"] = await stack.enter_async_context(Phd2Opener().running())
        if "indi" in names and indi is not None:
            running["indi"] = await stack.enter_async_context(IndiOpener.start(indi, utc))
        yield Registry(running)
