"""One moving part: it goes at a constant rate, on the event loop's clock, and can be stopped anywhere."""

import asyncio
from dataclasses import dataclass

from hardware.errors import DeviceError


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    origin: float
    target: float
    began: float
    seconds: float


class Axis:
    """A position that moves. The rate is in units of the position per second."""

    def __init__(self, position: float) -> None:
        self._rest = position
        self._motion: _Motion | None = None

    @property
    def moving(self) -> bool:
        return self._motion is not None

    def now(self) -> float:
        """Where it is at this moment, also half-way."""
        motion = self._motion
        if motion is None:
            return self._rest
        elapsed = asyncio.get_running_loop().time() - motion.began
        share = min(1.0, elapsed / motion.seconds) if motion.seconds else 1.0
        return motion.origin + share * (motion.target - motion.origin)

    def halt(self) -> None:
        """Stop here."""
        self._rest, self._motion = self.now(), None

    def rest_at(self, position: float) -> None:
        """Fall into place at a position near by."""
        self._rest, self._motion = position, None

    async def go(self, name: str, target: float, rate: float) -> None:
        """Move there. Cancelled, it stops where it is; DeviceError when another movement took over."""
        self.halt()
        seconds = abs(target - self._rest) / rate
        mine = self._motion = _Motion(self._rest, target, asyncio.get_running_loop().time(), seconds)
        try:
            await asyncio.sleep(seconds)
            if self._motion is not mine:
                raise DeviceError(name, "another movement took over", advice="Wait for one before the next.")
            self._motion, self._rest = None, target
        finally:
            if self._motion is mine:
                self.halt()
