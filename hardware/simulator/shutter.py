"""Something that opens and closes, with a switch at each end: a roof, a cover."""

from hardware.simulator.axis import Axis


class Shutter(Axis):
    """An axis from 0 (closed) to 1 (open)."""

    CLOSED, OPEN = 0.0, 1.0

    def __init__(self, start: str) -> None:
        super().__init__(self.OPEN if start == "open" else self.CLOSED)

    @property
    def open(self) -> bool:
        """Is the switch at the open end pressed?"""
        return not self.moving and self.now() >= self.OPEN

    @property
    def closed(self) -> bool:
        """Is the switch at the closed end pressed?"""
        return not self.moving and self.now() <= self.CLOSED

    @property
    def moving_to(self) -> float | None:
        """The end it is on its way to; None at rest."""
        return self.motion.target if self.motion is not None and self.moving else None

    async def go_to(self, name: str, goal: float, seconds: float) -> None:
        """Move to an end; who finds it on its way there joins in, and stops it when cancelled."""
        if self.motion is not None and self.moving_to == goal:
            await self.follow(name, self.motion)
        else:
            await self.go(name, goal, 1 / seconds)
