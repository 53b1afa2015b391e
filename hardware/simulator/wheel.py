"""The simulated filter wheel: some time for every slot, the short way round."""

import asyncio

from hardware.errors import DeviceRefused
from hardware.simulator.sky import Sky


class SimulatedFilterWheel:
    """Cancelled, it rests at the slot it is nearest to."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    @property
    def filters(self) -> tuple[str, ...]:
        return self._sky.filter_names

    async def selected(self) -> str:
        return self.filters[round(self._sky.wheel.now()) % len(self.filters)]

    async def select(self, name: str) -> None:
        if name not in self.filters:
            raise DeviceRefused(
                self.name, f"it has no filter {name!r}", advice=f"It has {', '.join(self.filters)}."
            )
        wheel, slots = self._sky.wheel, len(self.filters)
        here = round(wheel.now())
        turn = (self.filters.index(name) - here + slots // 2) % slots - slots // 2
        try:
            await wheel.go(self.name, here + turn, 1 / self._sky.world.wheel.seconds_per_slot)
        except asyncio.CancelledError:
            if not wheel.moving:
                wheel.rest_at(round(wheel.now()))
            raise
