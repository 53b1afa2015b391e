"""What the guardian needs of a mount, a roof and a park sensor, however they are reached."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

StillParked = Callable[[], bool]
"""May the roof move on? Asked again and again while it moves."""


class Mount(Protocol):
    """Everything raises Trouble when it fails, Silent when nobody answers."""

    name: str

    def parked(self) -> bool:
        """Its own word."""
        ...

    def park(self, within: float) -> None:
        """Park it, or do nothing when it is parked; returns when it is."""
        ...


class Roof(Protocol):
    """As Mount."""

    name: str

    def closed(self) -> bool:
        """Seen closed, and standing."""
        ...

    def close(self, within: float, still_parked: StillParked) -> None:
        """Close it; stopped at once when `still_parked` says no."""
        ...

    def stop(self) -> None:
        """Stand still."""
        ...


class ParkSensor(Protocol):
    """The switch that the parked telescope presses."""

    def parked(self) -> bool:
        """Pressed now."""
        ...


@dataclass(frozen=True, slots=True)
class Rig:
    """What there is; `unreachable` names what the guardian has no way to command."""

    mount: Mount | None
    roof: Roof | None
    park_sensor: ParkSensor | None
    clears_telescope: bool
    unreachable: tuple[str, ...] = ()
