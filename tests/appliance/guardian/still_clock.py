"""The guardian's clock without real time: sleeping moves it."""

from collections.abc import Callable

from appliance.guardian.clock import Clock


class StillClock(Clock):
    """`during` is called with the time whenever somebody waits."""

    def __init__(self, during: Callable[[float], None] = lambda _: None) -> None:
        super().__init__(lambda: None)
        self.time, self.during = 1000.0, during

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        ends = self.time + max(seconds, 0.001)
        while self.time < ends:
            self.time = min(ends, self.time + 0.02)
            self.alive()
            self.during(self.time)
