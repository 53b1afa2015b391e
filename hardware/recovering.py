"""What a driver can do for a device that has stopped answering, beyond opening it again."""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol, cast

from hardware.devices import DeviceSpec


class Remedy(Enum):
    """From the gentlest to what disturbs most."""

    RECONNECT = "reconnect"
    RESTART_DRIVER = "restart driver"
    RESTART_SERVER = "restart server"


class Recovers(Protocol):
    """A driver with remedies; one without simply lacks these methods."""

    def remedies(self, spec: DeviceSpec) -> Mapping[Remedy, frozenset[str]]:
        """What can be done for this device now, and the names of the other devices each would disturb."""
        ...

    async def apply(self, spec: DeviceSpec, remedy: Remedy) -> None:
        """Do it; returns when the device can be opened again, DeviceError when it cannot in good time.

        Every object of a device that was disturbed is lost.
        """
        ...


def recovers(opener: object) -> Recovers | None:
    """The opener when it has remedies; wrappers that pass everything on are as good as what they wrap."""
    return cast(Recovers, opener) if getattr(opener, "remedies", None) else None
