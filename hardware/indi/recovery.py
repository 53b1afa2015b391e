"""What can be done for an INDI device that does not answer: the recovery ladder's rungs, on this server."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from hardware.errors import DeviceError, DeviceLost
from hardware.indi.connection import Connection
from hardware.indi.outside import Server
from hardware.indi.properties import Remote, Session
from hardware.recovering import Remedy

log = logging.getLogger(__name__)

DISCONNECT_SECONDS = 10.0
ENDED_SECONDS = 5.0
DEFINED_SECONDS = 30.0  # the server waits up to 10 s before it starts a driver again that keeps ending
LOOK_SECONDS = 0.1


class IndiRecovery:
    """Of one server. Its driver is remembered for each device: a driver that has gone shows none."""

    def __init__(self, connection: Connection, server: Server | None) -> None:
        self._connection, self._server = connection, server
        self._drivers: dict[str, str] = {}

    def note(self, session: Session, device: str) -> None:
        """Remember which driver has this device."""
        info = session.find(device, "DRIVER_INFO")
        if info and (driver := info.values.get("DRIVER_EXEC")):
            self._drivers[device] = str(driver)

    def remedies(self, device: str) -> Mapping[Remedy, frozenset[str]]:
        """To disconnect needs a device that is there; to restart, a server that is in our reach."""
        found: dict[Remedy, frozenset[str]] = {}
        session = self._connection.current
        if session is not None and session.find(device, "CONNECTION"):
            found[Remedy.RECONNECT] = frozenset()
        others = frozenset(self._drivers) - {device}
        if self._server is not None:
            if driver := self._drivers.get(device):
                found[Remedy.RESTART_DRIVER] = frozenset(o for o in others if self._drivers[o] == driver)
            found[Remedy.RESTART_SERVER] = others
        return found

    async def apply(self, device: str, remedy: Remedy) -> None:
        """Do it and wait until the device is defined again; DeviceError when it is not in good time."""
        log.warning("%s: %s", device, remedy.value)
        match remedy:
            case Remedy.RECONNECT:
                await self._disconnect(device)
            case Remedy.RESTART_DRIVER:
                await self._restart_driver(device)
            case Remedy.RESTART_SERVER:
                await self._restart_server(device)

    async def _disconnect(self, device: str) -> None:
        """Only this: opening the device connects it again."""
        session = await self._connection.session(DISCONNECT_SECONDS)
        remote, before = Remote(session, self._connection.link, device), session.departures(device)
        # That it goes is what was wanted; the driver's word to it is heard before.
        try:
            await remote.set(
                "CONNECTION", {"DISCONNECT": True}, answer=DISCONNECT_SECONDS, within=DISCONNECT_SECONDS
            )
        except DeviceLost:
            if session.ended or session.departures(device) == before:
                raise

    async def _restart_driver(self, device: str) -> None:
        assert self._server is not None
        session = await self._connection.session(DISCONNECT_SECONDS)
        before = session.departures(device)
        self._server.kill_driver(self._drivers[device])
        await _seen(device, lambda: session.departures(device) != before or _gone(session, device))
        await self._defined(device)

    async def _restart_server(self, device: str) -> None:
        assert self._server is not None
        session = self._connection.current
        self._server.kill()
        await _seen(device, lambda: session is None or session.ended is not None)
        await self._defined(device)

    async def _defined(self, device: str) -> None:
        session = await self._connection.session(DEFINED_SECONDS)
        remote = Remote(session, self._connection.link, device)
        await remote.until("CONNECTION", lambda _: True, within=DEFINED_SECONDS)


def _gone(session: Session, device: str) -> bool:
    return session.ended is not None or session.find(device, "CONNECTION") is None


async def _seen(device: str, happened: Callable[[], bool]) -> None:
    """DeviceError when it has not happened in good time."""
    try:
        async with asyncio.timeout(ENDED_SECONDS):
            while not happened():  # noqa: ASYNC110 - a process's end has no event here
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as late:
        raise DeviceError(device, "its driver could not be ended") from late
