"""Alpaca's focuser, filter wheel and rotator."""

from typing import Any

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.link import Link
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported
from hardware.halting import halting

FOCUS_SECONDS, WHEEL_SECONDS, TURN_SECONDS = 180.0, 60.0, 180.0
NEAR_STEPS = 10  # some motors stop a few steps beside the goal


class AlpacaFocuser(AlpacaDevice):
    """Satisfies Focuser."""

    def __init__(self, link: Link, travel: range) -> None:
        super().__init__(link)
        self.travel = travel

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaFocuser":
        """DeviceUnsupported for one that does not know where it stands."""
        if not await link.ask(lambda focuser: focuser.Absolute):
            raise DeviceUnsupported(link.name, "it does not know its position (not an absolute focuser)")
        return cls(link, range(await link.ask(lambda focuser: int(focuser.MaxStep)) + 1))

    async def position(self) -> int:
        return await self._link.ask(lambda focuser: int(focuser.Position))

    async def celsius(self) -> float | None:
        return await self._link.optional(lambda focuser: float(focuser.Temperature))

    async def move_to(self, position: int) -> None:
        if position not in self.travel:
            end = self.travel[-1]
            raise DeviceRefused(self.name, f"position {position} is outside its {self.travel[0]} to {end}")
        async with halting(self._stop):
            await self._link.begin(lambda focuser: focuser.Move(position))
            await self._link.until(_stands, FOCUS_SECONDS)
            if abs((reached := await self.position()) - position) > NEAR_STEPS:
                raise DeviceError(self.name, f"it stopped at {reached} instead of {position}")

    async def _stop(self) -> None:
        """A focuser that cannot be stopped is waited for: either way it stands when this returns."""
        await self._link.optional(lambda focuser: focuser.Halt())
        await self._link.until(_stands, FOCUS_SECONDS)


class AlpacaFilterWheel(AlpacaDevice):
    """Satisfies FilterWheel. A turning wheel cannot be stopped: it ends in its slot."""

    def __init__(self, link: Link, filters: tuple[str, ...]) -> None:
        super().__init__(link)
        self.filters = filters

    @classmethod
    async def open_(cls, link: Link) -> "AlpacaFilterWheel":
        """With the names that its server keeps."""
        return cls(link, tuple(await link.ask(lambda wheel: [str(name) for name in wheel.Names])))

    async def selected(self) -> str:
        slot = await self._slot()
        if slot not in range(len(self.filters)):
            raise DeviceError(self.name, "it stands between two filters")
        return self.filters[slot]

    async def select(self, name: str) -> None:
        if name not in self.filters:
            raise DeviceRefused(
                self.name,
                f"it has no filter {name!r}",
                advice=f"Choose one of {', '.join(self.filters)}.",
            )
        slot = self.filters.index(name)
        if slot == await self._slot():
            return
        await self._link.begin(lambda wheel: setattr(wheel, "Position", slot))
        await self._link.until(lambda wheel: wheel.Position != -1, WHEEL_SECONDS)
        if await self._slot() != slot:
            raise DeviceError(self.name, f"it stands at {await self.selected()} instead of {name}")

    async def _slot(self) -> int:
        return await self._link.ask(lambda wheel: int(wheel.Position))


class AlpacaRotator(AlpacaDevice):
    """Satisfies Rotator, by its mechanical angle."""

    async def angle(self) -> float:
        return await self._link.ask(lambda rotator: float(rotator.MechanicalPosition)) % 360.0

    async def rotate_to(self, degrees: float) -> None:
        if not 0.0 <= degrees < 360.0:
            raise DeviceRefused(self.name, f"{degrees:g}° is outside its 0° to 360°")
        async with halting(self._stop):
            await self._link.begin(lambda rotator: rotator.MoveMechanical(degrees))
            await self._link.until(_stands, TURN_SECONDS)

    async def _stop(self) -> None:
        await self._link.optional(lambda rotator: rotator.Halt())
        await self._link.until(_stands, TURN_SECONDS)


def _stands(device: Any) -> bool:
    return not device.IsMoving
