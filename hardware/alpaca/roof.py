"""An Alpaca dome as a roof: its shutter, which for a roll-off roof is the roof."""

import asyncio
from collections.abc import Callable
from typing import Any

from alpaca.dome import ShutterState

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.link import POLL_SECONDS, Link
from hardware.devices import RoofState, Slaving
from hardware.errors import DeviceError, DeviceUnsupported
from hardware.halting import halting

MOVE_SECONDS = 300.0
BEGIN_SECONDS = 3.0  # some servers show the old state for a moment after the command
# Alpaca has no word for half-way: a shutter that was stopped on its way says shutterError, which is taken so.
STATES = {
    ShutterState.shutterOpen: RoofState.OPEN,
    ShutterState.shutterClosed: RoofState.CLOSED,
    ShutterState.shutterOpening: RoofState.MOVING,
    ShutterState.shutterClosing: RoofState.MOVING,
}


class AlpacaRoof(AlpacaDevice):
    """Satisfies Roof."""

    def __init__(self, link: Link, *, slaves: bool) -> None:
        super().__init__(link)
        self.slaving: Slaving | None = self if slaves else None

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaRoof":
        """DeviceUnsupported for a dome without a shutter that can be moved."""
        if not await link.ask(lambda dome: dome.CanSetShutter):
            raise DeviceUnsupported(link.name, "it has no shutter or roof that can be moved")
        return cls(link, slaves=bool(await link.optional(lambda dome: bool(dome.CanSlave))))

    async def state(self) -> RoofState:
        return STATES.get(await self._link.ask(lambda dome: dome.ShutterStatus), RoofState.UNKNOWN)

    async def follows(self) -> bool:
        return bool(await self._link.ask(lambda dome: bool(dome.Slaved)))

    async def follow(self, on: bool) -> None:
        await self._link.ask(lambda dome: setattr(dome, "Slaved", on))

    async def open(self) -> None:
        await self._go(lambda dome: dome.OpenShutter(), RoofState.OPEN)

    async def close(self) -> None:
        await self._go(lambda dome: dome.CloseShutter(), RoofState.CLOSED)

    async def stop(self) -> None:
        """Stop the motor, whoever started it; returns when it stands, at once when it stood."""
        if await self.state() is RoofState.MOVING:
            await self._link.ask(lambda dome: dome.AbortSlew())
            await self._link.until(_stands, MOVE_SECONDS)

    async def _go(self, command: Callable[[Any], object], goal: RoofState) -> None:
        if await self.state() is goal:
            return
        async with halting(self.stop):
            await self._link.begin(command)
            await self._arrive(goal)

    async def _arrive(self, goal: RoofState) -> None:
        loop = asyncio.get_running_loop()
        begun, deadline = loop.time() + BEGIN_SECONDS, loop.time() + MOVE_SECONDS
        moved = False
        while (state := await self.state()) is not goal:
            moved = moved or state is RoofState.MOVING
            if state is not RoofState.MOVING and (moved or loop.time() > begun):
                raise DeviceError(self.name, f"it is {state.value}, not {goal.value}")
            if loop.time() > deadline:
                raise DeviceError(self.name, f"not {goal.value} after {MOVE_SECONDS:g} s")
            await asyncio.sleep(POLL_SECONDS)


def _stands(dome: Any) -> bool:
    return STATES.get(dome.ShutterStatus) is not RoofState.MOVING
