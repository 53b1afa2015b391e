"""Which rung comes next, and when: a pure function of what has been tried."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from appliance.profile import RecoverySection


class Rung(Enum):
    """In the order in which they are climbed; trying to open the device goes on all the while."""

    RECONNECT = "reconnect"
    DRIVER = "driver"
    POWER = "power"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Taken:
    """A rung that was tried, and the moment (loop time) at which it was over."""

    rung: Rung
    at: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """`after`: seconds to hold off before a rung; `again`: before the lowest one follows the highest."""

    after: Mapping[Rung, float]
    again: float

    def due(
        self, since: float, taken: tuple[Taken, ...], able: Collection[Rung], *, eager: bool = False
    ) -> Taken | None:
        """The next rung and its moment, for a device away `since` then; None when nothing can be done.

        Of those that are possible (`able`) the lowest above the last one taken; at the top it begins anew,
        never sooner than `again`. `eager` does not hold off otherwise: only to open the device is no use.
        """
        possible = [rung for rung in Rung if rung in able]
        if not possible:
            return None
        last = taken[-1] if taken else None
        order = list(Rung)
        above = [one for one in possible if last is None or order.index(one) > order.index(last.rung)]
        if above:
            hold_off = 0.0 if eager else self.after[above[0]]
            return Taken(above[0], (last.at if last else since) + hold_off)
        assert last is not None
        return Taken(possible[0], last.at + max(self.again, self.after[possible[0]]))


def ladder_of(section: RecoverySection) -> Ladder:
    """The profile's."""
    after = {
        Rung.RECONNECT: section.reconnect_after_seconds,
        Rung.DRIVER: section.driver_after_seconds,
        Rung.POWER: section.power_after_seconds,
        Rung.SERVER: section.server_after_seconds,
    }
    return Ladder(after, section.again_seconds)
