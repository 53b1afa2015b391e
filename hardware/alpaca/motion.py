"""An Alpaca telescope's axes by hand (MoveAxis)."""

import asyncio
from collections.abc import Sequence
from typing import Any

from alpaca.telescope import TelescopeAxes

from hardware.alpaca.link import Link
from hardware.devices import Direction
from hardware.errors import DeviceRefused
from hardware.halting import halting

SIDEREAL_DEG_S = 360.98564736629 / 86400
# Of its fastest rate; the slowest is never below twice the sky's.
SHARES = {"Guide": 0.0, "Centre": 1 / 60, "Find": 1 / 6, "Max": 1.0}
AXES = (TelescopeAxes.axisPrimary, TelescopeAxes.axisSecondary)
# ASCOM does not say which way an axis turns at a positive rate; most drivers turn towards east and north.
WAYS = {
    Direction.EAST: (TelescopeAxes.axisPrimary, 1), Direction.WEST: (TelescopeAxes.axisPrimary, -1),
    Direction.NORTH: (TelescopeAxes.axisSecondary, 1), Direction.SOUTH: (TelescopeAxes.axisSecondary, -1),
}  # fmt: skip
Spans = tuple[tuple[float, float], ...]


class AlpacaMotion:
    """Satisfies AxisMotion; `deg_s` are its rates by name."""

    def __init__(self, link: Link, deg_s: dict[str, float]) -> None:
        self._link, self._deg_s = link, deg_s

    @classmethod
    async def of(cls, link: Link) -> "AlpacaMotion | None":
        """None for a mount that does not turn both axes so."""
        for axis in AXES:
            if not await link.optional(lambda mount, axis=axis: bool(mount.CanMoveAxis(axis))):  # type: ignore[misc]
                return None
        spans = await link.optional(_spans)
        return cls(link, chosen(spans)) if spans else None

    @property
    def rates(self) -> tuple[str, ...]:
        return tuple(self._deg_s)

    async def move(self, direction: Direction, rate: int) -> None:
        if not 0 <= rate < len(self._deg_s):
            raise DeviceRefused(self._link.name, f"it has no rate {rate}")
        axis, sign = WAYS[direction]
        deg_s = sign * self._deg_s[self.rates[rate]]
        async with halting(lambda: self._link.ask(lambda mount: mount.MoveAxis(axis, 0.0))):
            await self._link.ask(lambda mount: mount.MoveAxis(axis, deg_s))
            await asyncio.Event().wait()  # until it is cancelled


def _spans(mount: Any) -> Spans:
    """What both axes can do, as spans of degrees per second."""
    both = [{(float(one.Minimum), float(one.Maximum)) for one in mount.AxisRates(axis)} for axis in AXES]
    return tuple(sorted(both[0] & both[1] or both[0]))


def chosen(spans: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Some rates between a crawl and the fastest, each one that the mount can do; slowest first."""
    fastest = max(high for _, high in spans)
    wanted = {name: max(2 * SIDEREAL_DEG_S, share * fastest) for name, share in SHARES.items()}
    found: dict[str, float] = {}
    for name, deg_s in wanted.items():
        nearest = min((_within(deg_s, *span) for span in spans), key=lambda one: abs(one - deg_s))
        if nearest > 0 and nearest not in found.values():
            found[name] = nearest
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
