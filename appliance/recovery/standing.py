"""How each device of the rig stands, and what has been done, is due and can be done for it: for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from appliance.recovery.ladder import Rung, Taken


class DeviceIs(Enum):
    """STUCK: it answers, and does not do its work; NOT_CONNECTED: nobody has opened it in this box's life."""

    OPEN = "open"
    CONNECTING = "connecting"
    RECOVERING = "recovering"
    STUCK = "stuck"
    LOST = "lost"
    NOT_CONNECTED = "not connected"


@dataclass(frozen=True, slots=True)
class Outage:
    """Moments are of the loop's clock; `lost` is None while it is not away.

    `taken` are the rungs tried lately, `due` the next one, None when nothing can be done or need be; `able`
    those that there are now, with the names of the other devices that each disturbs.
    """

    lost: float | None = None
    taken: tuple[Taken, ...] = ()
    due: Taken | None = None
    able: Mapping[Rung, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One device; `fed_by` is the output that feeds it, "" for none."""

    kind: str
    name: str
    driver: str
    is_: DeviceIs
    outage: Outage
    fed_by: str = ""
