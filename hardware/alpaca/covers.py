"""An Alpaca cover calibrator: the cover, and the light in it, are two devices of ours."""

import asyncio
from collections.abc import Callable
from typing import Any

from alpaca.covercalibrator import CalibratorStatus, CoverStatus

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.link import POLL_SECONDS, Link
from hardware.devices import CoverState
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported
from hardware.halting import halting

MOVE_SECONDS = 120.0
BEGIN_SECONDS = 3.0  # some servers show the old state for a moment after the command
LIGHT_SECONDS = 60.0  # electroluminescent panels take a while to be steady
STATES = {
    CoverStatus.Open: CoverState.OPEN,
    CoverStatus.Closed: CoverState.CLOSED,
    CoverStatus.Moving: CoverState.MOVING,
}


class AlpacaCover(AlpacaDevice):
    """Satisfies Cover. One that cannot be stopped on its way is waited for."""

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaCover":
        """DeviceUnsupported for a panel without a cover."""
        if await link.ask(lambda device: device.CoverState) == CoverStatus.NotPresent:
            raise DeviceUnsupported(link.name, "it has no cover")
        return cls(link)

    async def state(self) -> CoverState:
        return STATES.get(await self._link.ask(lambda device: device.CoverState), CoverState.UNKNOWN)

    async def open(self) -> None:
        await self._go(lambda device: device.OpenCover(), CoverState.OPEN)

    async def close(self) -> None:
        await self._go(lambda device: device.CloseCover(), CoverState.CLOSED)

    async def _go(self, command: Callable[[Any], object], goal: CoverState) -> None:
        if await self.state() is goal:
            return
        async with halting(self._stop):
            await self._link.begin(command)
            await self._arrive(goal)

    async def _arrive(self, goal: CoverState) -> None:
        loop = asyncio.get_running_loop()
        begun, deadline = loop.time() + BEGIN_SECONDS, loop.time() + MOVE_SECONDS
        moved = False
        while (state := await self.state()) is not goal:
            moved = moved or state is CoverState.MOVING
            if state is not CoverState.MOVING and (moved or loop.time() > begun):
                raise DeviceError(self.name, f"it is {state.value}, not {goal.value}")
            if loop.time() > deadline:
                raise DeviceError(self.name, f"not {goal.value} after {MOVE_SECONDS:g} s")
            await asyncio.sleep(POLL_SECONDS)

    async def _stop(self) -> None:
        await self._link.optional(lambda device: device.HaltCover())
        await self._link.until(lambda device: device.CoverState != CoverStatus.Moving, MOVE_SECONDS)


class AlpacaFlatPanel(AlpacaDevice):
    """Satisfies FlatPanel."""

    def __init__(self, link: Link, brightest: int) -> None:
        super().__init__(link)
        self.brightest = brightest

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaFlatPanel":
        """DeviceUnsupported for a cover without a light."""
        if await link.ask(lambda device: device.CalibratorState) == CalibratorStatus.NotPresent:
            raise DeviceUnsupported(link.name, "it has no light")
        return cls(link, await link.ask(lambda device: int(device.MaxBrightness)))

    async def level(self) -> int:
        return await self._link.ask(lambda device: int(device.Brightness))

    async def light(self, level: int) -> None:
        if not 0 <= level <= self.brightest:
            raise DeviceRefused(self.name, f"level {level} is not 0 to {self.brightest}")
        if level == 0:
            await self._link.begin(lambda device: device.CalibratorOff())
        else:
            await self._link.begin(lambda device: device.CalibratorOn(level))
        await self._link.until(
            lambda device: device.CalibratorState != CalibratorStatus.NotReady, LIGHT_SECONDS
        )
        if (now := await self.level()) != level:
            raise DeviceError(self.name, f"it shines at {now} instead of {level}")
