"""INDI's own watchdog driver: it parks mount and dome when nobody has fed it for a while.

It is a client of the indiserver like any other, so it asks none of our rules. Seen on INDI 1.9.9 with its
simulators: WATCHDOG_MOUNT_POLICY at MOUNT_LOCKS keeps the order, the dome is told to park only when the
mount has said that it is parked, and never while the mount's driver does not answer; at MOUNT_IGNORED, its
default, it does not wait for the mount. The trigger is refused while the heartbeat is 0. A dome closes its
shutter on parking only where its driver or DOME_SHUTTER_PARK_POLICY has it so.
"""

import contextlib

from hardware.devices import IndiGuard
from hardware.errors import DeviceError, DeviceUnsupported
from hardware.indi.link import State
from hardware.indi.properties import Remote

DRIVER, DEVICE = "indi_watchdog", "WatchDog"
NEEDS = ("WATCHDOG_HEARTBEAT", "WATCHDOG_Trigger", "WATCHDOG_SHUTDOWN")
_HEARTBEAT, _VALUE = "WATCHDOG_HEARTBEAT", "WATCHDOG_HEARTBEAT_VALUE"


async def prepare(remote: Remote, guard: IndiGuard) -> None:
    """Say whom it shall park and in which order, before it is connected.

    DeviceUnsupported for a watchdog that cannot make the dome wait for the mount.
    """
    if remote.find("WATCHDOG_MOUNT_POLICY") is None:
        raise DeviceUnsupported(
            remote.name,
            "this watchdog parks mount and dome at the same time",
            advice="Take indi_watchdog out of the profile's [guardian], or install a newer INDI.",
        )
    await remote.set("ACTIVE_DEVICES", {"ACTIVE_TELESCOPE": guard.mount, "ACTIVE_DOME": guard.dome})
    await remote.set(
        "WATCHDOG_SETTINGS",
        {"INDISERVER_HOST": "localhost", "INDISERVER_PORT": str(guard.port), "SHUTDOWN_SCRIPT": ""},
    )
    await remote.set("WATCHDOG_MOUNT_POLICY", {"MOUNT_LOCKS": True})
    await remote.set("WATCHDOG_SHUTDOWN", {"PARK_MOUNT": True, "PARK_DOME": True, "EXECUTE_SCRIPT": False})


async def close_on_park(dome: Remote) -> None:
    """A parked dome shall have its shutter closed, where the driver leaves that to a policy."""
    if dome.find("DOME_SHUTTER_PARK_POLICY"):
        await dome.set("DOME_SHUTTER_PARK_POLICY", {"SHUTTER_CLOSE_ON_PARK": True})


class IndiWatchdog:
    """Armed; from now on it wants to be fed within `guard.seconds`. Made by IndiOpener."""

    def __init__(self, remote: Remote, guard: IndiGuard) -> None:
        self._remote, self._guard = remote, guard

    @classmethod
    async def armed(cls, remote: Remote, guard: IndiGuard) -> "IndiWatchdog":
        """Connected and prepared: begin to watch."""
        watchdog = cls(remote, guard)
        await watchdog.feed()
        await remote.set("WATCHDOG_Trigger", {"TRIGGER_CLIENT": True, "TRIGGER_WEATHER": False})
        return watchdog

    @property
    def lost(self) -> bool:
        """It has gone: it must be armed again."""
        return self._remote.lost

    async def feed(self) -> None:
        """The box lives. DeviceError when it cannot be told, or is parking already."""
        prop = await self._remote.set(_HEARTBEAT, {_VALUE: self._guard.seconds})
        if prop.state is not State.OK:
            raise DeviceError(self._remote.name, "it does not take the heartbeat")

    async def disarm(self) -> None:
        """The box ends in order: it shall not park by itself any more."""
        with contextlib.suppress(DeviceError):
            await self._remote.set("WATCHDOG_Trigger", {"TRIGGER_CLIENT": False, "TRIGGER_WEATHER": False})
