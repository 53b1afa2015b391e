"""Time passing: every wait of the guardian is here, so that its own watchdog is always fed."""

import time
from collections.abc import Callable

SLICE_SECONDS = 0.5  # between two signs of life


class Clock:
    """Monotonic seconds; `alive` is called at least every SLICE_SECONDS of waiting."""

    def __init__(self, alive: Callable[[], None]) -> None:
        self._alive = alive
        self._due: tuple[float, Callable[[], None]] | None = None

    def now(self) -> float:
        """Seconds, never set back, whatever happens to the time of day."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so long."""
        ends = self.now() + seconds
        while (left := ends - self.now()) > 0:
            self.alive()
            time.sleep(min(left, SLICE_SECONDS))
        self.alive()

    def alive(self) -> None:
        """Whoever waits in another way (for a socket, for a process) calls this meanwhile."""
        self._alive()
        if self._due is not None and self.now() >= self._due[0]:
            call, self._due = self._due[1], None
            call()

    def at(self, moment: float, call: Callable[[], None]) -> None:
        """Call once when that moment has come, whatever is waited for then; the last call counts."""
        self._due = (moment, call)

    def forget(self) -> None:
        """Call nothing any more."""
        self._due = None
