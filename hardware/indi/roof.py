"""An INDI dome as a roof: its shutter where it has one, else its park position (roll-off roofs)."""

from hardware.devices import RoofState, Slaving
from hardware.errors import DeviceError
from hardware.halting import halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import State
from hardware.indi.properties import Remote

NEEDS = ("DOME_ABORT_MOTION",)
AUTOSYNC = "DOME_AUTOSYNC"
MOVE_SECONDS = 300.0


class IndiRoof(IndiDevice):
    """Satisfies Roof. Made by IndiOpener."""

    def __init__(self, remote: Remote) -> None:
        super().__init__(remote)
        if remote.find("DOME_SHUTTER"):
            self._name, self._open, self._close = "DOME_SHUTTER", "SHUTTER_OPEN", "SHUTTER_CLOSE"
        else:
            remote.get("DOME_PARK")
            self._name, self._open, self._close = "DOME_PARK", "UNPARK", "PARK"
        follows = remote.find(AUTOSYNC)
        self.slaving: Slaving | None = self if follows is not None and follows.writable else None

    async def state(self) -> RoofState:
        prop = self._remote.get(self._name)
        if prop.state is State.BUSY:
            return RoofState.MOVING
        # While it moves, and after it failed, the switch shows where it was meant to go: only Ok is true.
        if prop.state is not State.OK or prop.values[self._open] == prop.values[self._close]:
            return RoofState.UNKNOWN
        return RoofState.OPEN if prop.values[self._open] else RoofState.CLOSED

    async def follows(self) -> bool:
        return self._remote.is_on(AUTOSYNC, f"{AUTOSYNC}_ENABLE")

    async def follow(self, on: bool) -> None:
        await self._remote.set(AUTOSYNC, {f"{AUTOSYNC}_{'ENABLE' if on else 'DISABLE'}": True})

    async def open(self) -> None:
        await self._go(self._open, RoofState.OPEN)

    async def close(self) -> None:
        await self._go(self._close, RoofState.CLOSED)

    async def _go(self, switch: str, goal: RoofState) -> None:
        if await self.state() is goal:
            return
        async with halting(self.stop):
            await self._remote.set(self._name, {switch: True}, within=MOVE_SECONDS)
            if (reached := await self.state()) is not goal:
                raise DeviceError(self.name, f"it is {reached.value}, not {goal.value}")

    async def stop(self) -> None:
        if await self.state() is not RoofState.MOVING:
            return
        await self._remote.abort("DOME_ABORT_MOTION")
        await self._remote.until(self._name, lambda prop: prop.state is not State.BUSY)
