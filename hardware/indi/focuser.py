"""An INDI focuser with absolute positions."""

import asyncio

from hardware.errors import DeviceError, DeviceRefused
from hardware.halting import HALT_SECONDS, halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import State

NEEDS = ("ABS_FOCUS_POSITION",)
NAME, ELEMENT = "ABS_FOCUS_POSITION", "FOCUS_ABSOLUTE_POSITION"
MOVE_SECONDS = 180.0
NEAR_STEPS = 10  # some motors stop a few steps beside the goal


class IndiFocuser(IndiDevice):
    """Satisfies Focuser. Made by IndiOpener."""

    @property
    def travel(self) -> range:
        limits = self._remote.get(NAME).limits[ELEMENT]
        return range(int(limits.minimum), int(limits.maximum) + 1)

    async def position(self) -> int:
        return round(self._remote.number(NAME, ELEMENT))

    async def celsius(self) -> float | None:
        prop = self._remote.find("FOCUS_TEMPERATURE")
        celsius = prop.values.get("TEMPERATURE") if prop else None
        return celsius if isinstance(celsius, float) else None

    async def move_to(self, position: int) -> None:
        if position not in self.travel:
            end = self.travel[-1]
            raise DeviceRefused(self.name, f"position {position} is outside its {self.travel[0]} to {end}")
        if position == await self.position() and self._remote.get(NAME).state is not State.BUSY:
            return
        sent = asyncio.get_running_loop().time()
        async with halting(lambda: self._stop(sent)):
            # Some drivers answer nothing until they have arrived: the first answer may take the whole move.
            await self._remote.set(NAME, {ELEMENT: float(position)}, answer=MOVE_SECONDS, within=MOVE_SECONDS)
            if abs((reached := await self.position()) - position) > NEAR_STEPS:
                raise DeviceError(self.name, f"it stopped at {reached} instead of {position}")

    async def _stop(self, sent: float) -> None:
        """A focuser that cannot abort is waited for: either way it stands when this returns."""
        await self._remote.abort("FOCUS_ABORT_MOTION")
        await self._remote.until(
            NAME, lambda prop: prop.state is not State.BUSY, within=HALT_SECONDS, after=sent
        )
