"""An INDI dust cap as a telescope cover."""

from hardware.devices import CoverState
from hardware.errors import DeviceError
from hardware.halting import HALT_SECONDS, halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import Property, State

NAME = "CAP_PARK"
NEEDS = (NAME,)
MOVE_SECONDS = 120.0
CERTAIN_SECONDS = 5.0


class IndiCover(IndiDevice):
    """Satisfies Cover. Made by IndiOpener. One that cannot be stopped on its way is waited for."""

    async def state(self) -> CoverState:
        return _state(self._remote.get(NAME))

    async def open(self) -> None:
        await self._go("UNPARK", CoverState.OPEN)

    async def close(self) -> None:
        await self._go("PARK", CoverState.CLOSED)

    async def _go(self, switch: str, goal: CoverState) -> None:
        if await self.state() is goal:
            return
        async with halting(self._stop):
            await self._remote.set(NAME, {switch: True}, within=MOVE_SECONDS)
            # Some drivers say Idle first and a moment later how it ended.
            try:
                await self._remote.until(NAME, lambda prop: _state(prop) is goal, within=CERTAIN_SECONDS)
            except DeviceError as other:
                if self.lost:
                    raise
                reached = (await self.state()).value
                raise DeviceError(self.name, f"it is {reached}, not {goal.value}") from other

    async def _stop(self) -> None:
        await self._remote.abort("CAP_ABORT")
        await self._remote.until(NAME, lambda prop: prop.state is not State.BUSY, within=HALT_SECONDS)


def _state(prop: Property) -> CoverState:
    if prop.state is State.BUSY:
        return CoverState.MOVING
    # After a failure the switch shows where it was meant to go: only Ok is true.
    if prop.state is not State.OK or prop.values.get("PARK") == prop.values.get("UNPARK"):
        return CoverState.UNKNOWN
    return CoverState.CLOSED if prop.values.get("PARK") else CoverState.OPEN
