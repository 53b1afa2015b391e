"""From a profile's DeviceSpec to an open INDI device."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from hardware.devices import (
    Camera,
    Cover,
    DeviceSpec,
    FilterWheel,
    FlatPanel,
    Focuser,
    Gnss,
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
)
from hardware.errors import DeviceError, DeviceMissing, DeviceUnsupported
from hardware.indi import (
    camera,
    counted_focuser,
    cover,
    fits,
    focuser,
    gnss,
    mount,
    panel,
    roof,
    rotator,
    watchdog,
    weather,
    wheel,
)
from hardware.indi.asking import Ask, asking
from hardware.indi.asyncio_link import AsyncioLink
from hardware.indi.connection import Connection
from hardware.indi.element import Setting, named, split
from hardware.indi.link import Link, Property, Value
from hardware.indi.mount import Utc
from hardware.indi.output import IndiOutput
from hardware.indi.outside import OutsideServer, Server
from hardware.indi.properties import Remote, Session
from hardware.indi.recovery import IndiRecovery
from hardware.indi.sensing import IndiContactMonitor, IndiParkSensor, IndiPowerMonitor
from hardware.indi.server import OwnedServer
from hardware.opening import Opener
from hardware.recovering import Remedy

log = logging.getLogger(__name__)

DEFINED_SECONDS = 10.0
DRIVERS_SECONDS = 3.0
CONNECT_SECONDS = 30.0
_INTERFACES = {
    0: "mount", 1: "camera", 2: "guide port", 3: "focuser", 4: "filter wheel", 5: "roof", 6: "gnss",
    7: "weather station", 9: "dust cap", 10: "light panel", 12: "rotator", 15: "auxiliary",
}  # fmt: skip


class IndiOpener(Opener):
    """Opens devices of one INDI server; made by `start`. Reopening a lost device gives a fresh object."""

    def __init__(self, connection: Connection, server: Server | None, utc: Utc, ask: Ask) -> None:
        self._connection, self._server, self._utc, self._ask = connection, server, utc, ask
        self._one_at_a_time: dict[tuple[str, str], asyncio.Lock] = {}
        self._counts: dict[str, int] = {}  # of focusers that know no position
        self._recovery = IndiRecovery(connection, server)

    @classmethod
    @asynccontextmanager
    async def start(cls, settings: IndiServer, utc: Utc) -> AsyncIterator["IndiOpener"]:
        """Start the server when it is ours, connect, and stay connected until the end of the block.

        `utc` gives UTC in seconds since 1970 at a moment of the loop's clock (Observer.unix).
        DeviceMissing, naming the driver, for a driver that does not exist or does not start; DeviceMissing
        too when no server answers.
        """
        async with AsyncExitStack() as stack:
            server: Server | None = None
            if settings.kept:
                server = OutsideServer(settings.socket)
            elif settings.drivers:
                server = await stack.enter_async_context(OwnedServer(settings).running())
            connection = await stack.enter_async_context(Connection(_link(settings), server).running())
            opener = cls(connection, server, utc, asking(settings.socket))
            await opener._drivers_up(settings.drivers)
            yield opener

    async def camera(self, spec: DeviceSpec) -> Camera:
        return await camera.IndiCamera.open(await self._open(spec, camera.NEEDS))

    async def mount(self, spec: DeviceSpec) -> Mount:
        return await mount.IndiMount.open(await self._open(spec, mount.NEEDS), self._utc)

    async def focuser(self, spec: DeviceSpec) -> Focuser:
        try:
            return focuser.IndiFocuser(await self._open(spec, focuser.NEEDS))
        except DeviceUnsupported:
            remote = await self._open(spec, counted_focuser.NEEDS)
            if remote.find(*focuser.NEEDS):  # it was only late
                return focuser.IndiFocuser(remote)
            if not counted_focuser.CountedFocuser.fits(remote):
                raise
            return counted_focuser.CountedFocuser(remote, self._counts)

    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel:
        return wheel.IndiFilterWheel(await self._open(spec, wheel.NEEDS))

    async def rotator(self, spec: DeviceSpec) -> Rotator:
        return rotator.IndiRotator(await self._open(spec, rotator.NEEDS))

    async def roof(self, spec: DeviceSpec) -> Roof:
        return roof.IndiRoof(await self._open(spec, roof.NEEDS))

    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor:
        """A station's own verdict, or with `element` in its setup any element of any driver."""
        if "element" in spec.setup:
            remote, words = await self._elements(spec, "element")
            return IndiContactMonitor(spec, words, remote, self._ask)
        return weather.IndiWeather(await self._open(spec, weather.NEEDS))

    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions:
        return weather.IndiWeather(await self._open(spec, weather.NEEDS))

    async def gnss(self, spec: DeviceSpec) -> Gnss:
        return gnss.IndiGnss(await self._open(spec, gnss.NEEDS))

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        remote, words = await self._elements(spec, "element")
        return IndiParkSensor(spec, words, remote, self._ask)

    async def cover(self, spec: DeviceSpec) -> Cover:
        return cover.IndiCover(await self._open(spec, cover.NEEDS))

    async def flat_panel(self, spec: DeviceSpec) -> FlatPanel:
        return panel.IndiFlatPanel(await self._open(spec, panel.NEEDS))

    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor:
        remote, words = await self._elements(spec, "mains", "battery")
        return IndiPowerMonitor(spec, words, remote, self._ask)

    async def output(self, spec: DeviceSpec) -> Output:
        remote, words = await self._elements(spec, "element")
        one = self._one_at_a_time.setdefault((remote.name, named(spec, words, "element")[0]), asyncio.Lock())
        return IndiOutput(spec, words, remote, one)

    async def _elements(self, spec: DeviceSpec, *keys: str) -> tuple[Remote, dict[str, Setting]]:
        """The device that has the elements which those words of the setup name, and the words."""
        opened, words = split(spec)
        needs = [named(spec, words, key)[0] for key in keys if key in words or len(keys) == 1]
        return await self._open(opened, needs), words

    def remedies(self, spec: DeviceSpec) -> Mapping[Remedy, frozenset[str]]:
        return self._recovery.remedies(split(spec)[0].name)

    async def apply(self, spec: DeviceSpec, remedy: Remedy) -> None:
        await self._recovery.apply(split(spec)[0].name, remedy)

    async def watchdog(self, guard: IndiGuard) -> watchdog.IndiWatchdog:
        """INDI's own watchdog, armed: it has to be fed from now on."""
        session = await self._connection.session(DEFINED_SECONDS)
        await self._defined(session, watchdog.DEVICE)
        link = self._connection.link
        await watchdog.prepare(Remote(session, link, watchdog.DEVICE), guard)
        await watchdog.close_on_park(Remote(session, link, guard.dome))
        remote = await self._open(DeviceSpec("indi", watchdog.DEVICE), watchdog.NEEDS)
        return await watchdog.IndiWatchdog.armed(remote, guard)

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every device the server has defined, with what its driver says it is."""
        session = await self._connection.session(DEFINED_SECONDS)
        return [(name, _kinds(session.find(name, "DRIVER_INFO"))) for name in session.devices()]

    async def _drivers_up(self, drivers: tuple[str, ...]) -> None:
        """Wait until each driver has shown a device or has ended; one that just stays quiet may do so."""
        session = await self._connection.session(DEFINED_SECONDS)
        try:
            with session.watch(None) as watch:
                async with asyncio.timeout(DRIVERS_SECONDS):
                    while not set(drivers) <= _executables(session) | self._failed():
                        try:  # a driver's end is read from the server's output, not from the link
                            async with asyncio.timeout(0.1):
                                await watch.next()
                        except TimeoutError:
                            continue
        except TimeoutError:
            quiet = sorted(set(drivers) - _executables(session))
            log.warning("no device yet from %s", ", ".join(quiet))
        if failed := sorted(self._failed() & set(drivers)):
            raise DeviceMissing(
                failed[0],
                f"this INDI driver does not start ({self._server and self._server.failures[failed[0]]})",
                advice="Try it by hand: indiserver -v " + failed[0],
            )

    def _failed(self) -> set[str]:
        return set(self._server.failures) if self._server else set()

    async def _open(self, spec: DeviceSpec, needs: Iterable[str]) -> Remote:
        session = await self._connection.session(DEFINED_SECONDS)
        link = self._connection.link
        await self._defined(session, spec.name)
        self._recovery.note(session, spec.name)
        await _connect(session, link, spec.name)
        remote = Remote(session, link, spec.name)
        for name in needs:
            try:
                await remote.until(name, lambda _: True, within=DEFINED_SECONDS)
            except DeviceError as error:
                if remote.lost:
                    raise
                raise DeviceUnsupported(spec.name, f"its driver offers no {name}") from error
        await _apply(remote, spec.setup)
        return remote

    async def _defined(self, session: Session, device: str) -> None:
        remote = Remote(session, self._connection.link, device)
        try:
            await remote.until("CONNECTION", lambda _: True, within=DEFINED_SECONDS)
        except DeviceError as error:
            if session.ended:
                raise
            raise self._missing(session, device) from error

    def _missing(self, session: Session, device: str) -> DeviceMissing:
        ended = self._server.failures if self._server else {}
        because = "; ".join(f"the driver {driver} does not run: {last}" for driver, last in ended.items())
        known = ", ".join(session.devices()) or "none"
        return DeviceMissing(
            device,
            f"no INDI driver shows this device{f' ({because})' if because else ''}",
            advice=f"Check its plug, its power, and its name in the profile; INDI shows: {known}.",
        )


def _link(settings: IndiServer) -> Link:
    if settings.link == "asyncio":
        return AsyncioLink(settings.socket, fits.pixels)
    from hardware.indi.pyindi_link import PyIndiLink  # noqa: PLC0415 - libindi only where it is wanted

    return PyIndiLink(settings.socket, settings.port, fits.pixels)


async def _connect(session: Session, link: Link, device: str) -> None:
    """CONNECTION is sent even when it is on: the answer proves that the driver is alive."""
    remote = Remote(session, link, device)
    try:
        prop = await remote.set(
            "CONNECTION", {"CONNECT": True}, answer=CONNECT_SECONDS, within=CONNECT_SECONDS
        )
    except DeviceUnsupported:
        raise
    except DeviceError as error:
        if remote.lost:
            raise
        raise DeviceMissing(device, f"its driver cannot connect to it: {error.sentence}") from error
    if not prop.values.get("CONNECT"):
        raise DeviceMissing(device, "its driver cannot connect to it")


async def _apply(remote: Remote, setup: dict[str, float | str | bool]) -> None:
    """Send the profile's settings, all elements of one property together, in the profile's order."""
    wanted: dict[str, dict[str, Value]] = {}
    for path, value in setup.items():
        name, _, element = path.partition(".")
        text = isinstance(value, (bool, str))
        wanted.setdefault(name, {})[element] = value if text else float(value)
    for name, values in wanted.items():
        try:
            await remote.until(name, lambda _: True, within=5.0)
        except DeviceError as error:
            if remote.lost:
                raise
            raise DeviceUnsupported(
                remote.name,
                f"its driver offers no {name}",
                advice=f"Correct {name} in the setup of this device in the profile.",
            ) from error
        await remote.set(name, values)


def _executables(session: Session) -> set[str]:
    infos = (session.find(device, "DRIVER_INFO") for device in session.devices())
    return {str(info.values.get("DRIVER_EXEC")) for info in infos if info}


def _kinds(info: Property | None) -> tuple[str, ...]:
    bits = int(str(info.values.get("DRIVER_INTERFACE", "0")) or 0) if info else 0
    return tuple(kind for bit, kind in _INTERFACES.items() if bits & 1 << bit)
