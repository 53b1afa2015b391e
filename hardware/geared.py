"""A focuser within the limits of its telescope, left in peace after each move."""

import asyncio
from dataclasses import dataclass
from typing import Any

from hardware.devices import Focuser
from hardware.errors import DeviceRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """Steps, both included; None where the focuser's own end is good. `settle_seconds` follow each move."""

    lowest: int | None = None
    highest: int | None = None
    settle_seconds: float = 0.0


class GearedFocuser:
    """Satisfies Focuser; passes everything else on. DeviceRefused where limits and travel do not meet."""

    def __init__(self, focuser: Focuser, limits: Limits) -> None:
        self._focuser, self._limits = focuser, limits
        if not self.travel:
            own = focuser.travel
            raise DeviceRefused(
                focuser.name, f"its travel of {own[0]} to {own[-1]} is outside the limits of the profile",
                advice="Correct focuser.min_position and focuser.max_position.",
            )  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        return getattr(self._focuser, name)

    @property
    def travel(self) -> range:
        own, limits = self._focuser.travel, self._limits
        lowest = own[0] if limits.lowest is None else max(own[0], limits.lowest)
        highest = own[-1] if limits.highest is None else min(own[-1], limits.highest)
        return range(lowest, highest + 1)

    async def move_to(self, position: int) -> None:
        """DeviceRefused outside `travel`; returns when the telescope has come to rest."""
        if position not in (travel := self.travel):
            raise DeviceRefused(
                self._focuser.name, f"position {position} is outside its {travel[0]} to {travel[-1]}"
            )
        await self._focuser.move_to(position)
        await asyncio.sleep(self._limits.settle_seconds)
