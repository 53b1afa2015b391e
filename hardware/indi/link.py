"""The seam between INDI's wire and the rest: properties and frames come in, commands go out.

Two links stand here: asyncio_link, our own client, and pyindi_link, over libindi's. A link has only to call a
Listener on the event loop and to offer the methods of Link.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Kind(Enum):
    """What an INDI vector holds."""

    NUMBER = "number"
    TEXT = "text"
    SWITCH = "switch"
    LIGHT = "light"
    BLOB = "blob"


class State(Enum):
    """INDI's four states, of a vector and of each light."""

    IDLE = "Idle"
    OK = "Ok"
    BUSY = "Busy"
    ALERT = "Alert"


Value = float | str | bool | State


@dataclass(frozen=True, slots=True)
class Limits:
    """What the driver says it accepts for one number; no limit when minimum == maximum."""

    minimum: float
    maximum: float

    def allow(self, value: float) -> bool:
        return self.minimum >= self.maximum or self.minimum <= value <= self.maximum


@dataclass(frozen=True, slots=True)
class Property:
    """One INDI vector as it was at one moment; never changes afterwards.

    `limits` has an entry per number, `labels` one per element (drivers put units there).
    """

    device: str
    name: str
    kind: Kind
    state: State
    values: Mapping[str, Value]
    writable: bool = True
    limits: Mapping[str, Limits] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def says_as(self, other: "Property") -> bool:
        """Do both say the same? What is not a number is as unknown as another that is none."""

        def told(values: Mapping[str, Value]) -> dict[str, str]:
            return {name: repr(value) for name, value in values.items()}

        return self.state is other.state and told(self.values) == told(other.values)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One BLOB, decoded while its bytes were at hand; `content` is an error when that failed."""

    device: str
    name: str
    content: "NDArray[np.uint16] | ValueError"


Decode = Callable[[NDArray[np.uint8], str], "NDArray[np.uint16]"]
"""Bytes of a BLOB and its format (".fits") to pixels; ValueError when it cannot. Runs off the loop."""


class Listener(Protocol):
    """Where a link reports; every method is called on the event loop, in the order of the wire."""

    def defined(self, prop: Property) -> None: ...

    def updated(self, prop: Property) -> None: ...

    def deleted(self, device: str, name: str | None) -> None:
        """One property, or with None the whole device."""
        ...

    def said(self, device: str | None, text: str) -> None: ...

    def received(self, picture: Picture) -> None: ...

    def lost(self, reason: str) -> None:
        """The server has gone; nothing more will come on this connection."""
        ...


class Link(Protocol):
    """One connection to an INDI server at a time."""

    async def connect(self, listener: Listener) -> None:
        """Connect anew, dropping what there was; DeviceLost when the server does not answer."""
        ...

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None:
        """Send a new vector with exactly these elements; DeviceLost when it cannot be sent."""
        ...

    async def want_pictures(self, device: str, name: str) -> None:
        """Ask the server for the BLOBs of one property."""
        ...

    async def ping(self, within: float) -> None:
        """DeviceLost when the server does not answer in so many seconds."""
        ...

    async def close(self) -> None:
        """Disconnect; the link may be connected again."""
        ...
