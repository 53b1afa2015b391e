"""One moving part: it goes at a constant rate, on the event loop's clock, and can be stopped anywhere.

A motion is a function of time alone. Who commanded it may vanish, as a killed process does: the part goes on
to its target. Only one who is cancelled, or asks for it, stops the part.
"""

import asyncio
from dataclasses import dataclass

from hardware.errors import DeviceError

# Clocks that are added up arrive a few roundings early.
EARLY_SECONDS = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """From `origin` at the moment `began` to `target`, `seconds` later; moments of the loop's clock."""

    origin: float
    target: float
    began: float
    seconds: float

    @property
    def ends(self) -> float:
        """The moment of arrival."""
        return self.began + self.seconds

    def over(self, moment: float) -> bool:
        """Has it arrived?"""
        return reached(moment, self.ends)

    def share(self, moment: float) -> float:
        """How much of the way is done, 0 to 1."""
        return 1.0 if self.over(moment) else max(0.0, moment - self.began) / self.seconds

    def at(self, moment: float) -> float:
        """Where the part is at a moment."""
        if self.over(moment):
            return self.target
        return self.origin + self.share(moment) * (self.target - self.origin)


class Axis:
    """A position that moves. The rate is in units of the position per second."""

    def __init__(self, position: float) -> None:
        self._rest = position
        self.motion: Motion | None = None

    @property
    def moving(self) -> bool:
        """Is it on its way now?"""
        return self.motion is not None and not self.motion.over(loop_now())

    def now(self) -> float:
        """Where it is at this moment, also half-way."""
        return self._rest if self.motion is None else self.motion.at(loop_now())

    def at(self, moment: float) -> float:
        """Where it is at a moment since the last command."""
        return self._rest if self.motion is None else self.motion.at(moment)

    def halt(self) -> None:
        """Stop here."""
        self.rest_at(self.now())

    def rest_at(self, position: float) -> None:
        """Fall into place at a position near by."""
        self._rest, self.motion = position, None

    def begin(self, target: float, rate: float) -> Motion:
        """Set out; whatever moved it before has lost it."""
        now = loop_now()
        here = self.at(now)
        self.motion = Motion(here, target, now, abs(target - here) / rate)
        return self.motion

    async def follow(self, name: str, motion: Motion) -> None:
        """Wait for the end. Cancelled, it stops; DeviceError when another movement took over."""
        try:
            await asyncio.sleep(max(0.0, motion.ends - loop_now()))
        except asyncio.CancelledError:
            if self.motion is motion:
                self.halt()
            raise
        if self.motion is not motion:
            raise taken_over(name)

    async def go(self, name: str, target: float, rate: float) -> None:
        """Move there. Cancelled, it stops where it is; DeviceError when another movement took over."""
        await self.follow(name, self.begin(target, rate))


def loop_now() -> float:
    """This moment of the running loop's clock."""
    return asyncio.get_running_loop().time()


def reached(moment: float, goal: float) -> bool:
    """Is it as late as this, but for rounding?"""
    return moment >= goal - EARLY_SECONDS


def taken_over(name: str) -> DeviceError:
    """What the one hears whose movement another has replaced or stopped."""
    return DeviceError(name, "another movement took over", advice="Wait for one before the next.")
