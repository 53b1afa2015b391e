"""An INDI focuser that knows no position: relative steps, or a DC motor that runs for milliseconds."""

import asyncio
from collections.abc import MutableMapping

from hardware.errors import DeviceRefused
from hardware.halting import halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import State
from hardware.indi.properties import Remote

NEEDS = ("FOCUS_MOTION",)
# What moves it, the better first; each with the element that takes the amount.
WAYS = {"REL_FOCUS_POSITION": "FOCUS_RELATIVE_POSITION", "FOCUS_TIMER": "FOCUS_TIMER_VALUE"}
MIDDLE, TRAVEL = 50_000, 100_001
CHUNK = 500  # steps or milliseconds at once: a Stop waits for as much
MOVE_SECONDS = 60.0


class CountedFocuser(IndiDevice):
    """Satisfies Focuser: positions are counted from MIDDLE, where it stood when it was first opened.

    They mean the same as long as this process runs (`counts` outlives a reconnection) and nobody else moves
    it. A move is never broken off in the middle, for then nobody would know where it stands.
    """

    travel = range(TRAVEL)

    def __init__(self, remote: Remote, counts: MutableMapping[str, int]) -> None:
        super().__init__(remote)
        self._counts = counts
        self._counts.setdefault(self.name, MIDDLE)
        self._way = next(way for way in WAYS if remote.find(way))

    @classmethod
    def fits(cls, remote: Remote) -> bool:
        """Does its driver take relative moves or times?"""
        return any(remote.find(way) for way in WAYS)

    async def position(self) -> int:
        return self._counts[self.name]

    async def celsius(self) -> float | None:
        prop = self._remote.find("FOCUS_TEMPERATURE")
        celsius = prop.values.get("TEMPERATURE") if prop else None
        return celsius if isinstance(celsius, float) else None

    async def move_to(self, position: int) -> None:
        if position not in self.travel:
            raise DeviceRefused(self.name, f"position {position} is outside its 0 to {TRAVEL - 1}")
        most = int(min(self._remote.get(self._way).limits[WAYS[self._way]].maximum, CHUNK))
        while left := position - self._counts[self.name]:
            await self._step(max(-most, min(left, most)))

    async def _step(self, steps: int) -> None:
        way = "FOCUS_INWARD" if steps < 0 else "FOCUS_OUTWARD"
        await self._remote.set("FOCUS_MOTION", {way: True})
        sent = asyncio.get_running_loop().time()

        async def stands() -> None:
            await self._remote.until(self._way, lambda prop: prop.state is not State.BUSY, after=sent)
            self._counts[self.name] += steps

        async with halting(stands):
            await self._remote.set(
                self._way, {WAYS[self._way]: float(abs(steps))}, answer=MOVE_SECONDS, within=MOVE_SECONDS
            )
        self._counts[self.name] += steps
