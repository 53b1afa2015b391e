"""An INDI mount's axes by hand: the two motion switches and the rate that goes with them."""

import asyncio

from hardware.devices import Direction
from hardware.errors import DeviceRefused
from hardware.halting import halting
from hardware.indi.link import State
from hardware.indi.properties import Remote

MOTION, RATE = "TELESCOPE_MOTION", "TELESCOPE_SLEW_RATE"
ONE_RATE = "Slew"  # of a driver that offers no choice
STOP_SECONDS = 10.0


class IndiMotion:
    """Satisfies AxisMotion."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    @property
    def rates(self) -> tuple[str, ...]:
        """As the driver labels them, in its order, which is slowest first in all of libindi."""
        rate = self._remote.find(RATE)
        if rate is None or not rate.values:
            return (ONE_RATE,)
        return tuple(rate.labels.get(name) or name for name in rate.values)

    async def move(self, direction: Direction, rate: int) -> None:
        remote = self._remote
        if remote.is_on("TELESCOPE_PARK", "PARK"):
            raise DeviceRefused(remote.name, "it is parked and will not be moved", advice="Unpark it first.")
        await self._choose(rate)
        axis = "NS" if direction in {Direction.NORTH, Direction.SOUTH} else "WE"
        name, element = f"{MOTION}_{axis}", f"MOTION_{direction.name}"
        async with halting(lambda: self._stop(name)):
            await remote.accept(name, {element: True})
            await asyncio.Event().wait()  # until it is cancelled

    async def _choose(self, rate: int) -> None:
        rates, known = self._remote.find(RATE), self.rates
        if not 0 <= rate < len(known):
            raise DeviceRefused(self._remote.name, f"it has no rate {rate}")
        if rates is not None and rates.values:
            element = tuple(rates.values)[rate]
            if not self._remote.is_on(RATE, element):
                await self._remote.set(RATE, {element: True})

    async def _stop(self, name: str) -> None:
        """Both directions off; the switch, not an abort: an abort ends the tracking of some mounts too."""
        await self._remote.send(name, dict.fromkeys(self._remote.get(name).values, False))
        await self._remote.until(
            name,
            lambda prop: prop.state is not State.BUSY and not any(prop.values.values()),
            within=STOP_SECONDS,
        )
