"""Temperature as the triggers see it: the mean of the newest readings, once there are enough of them."""

from collections import deque
from dataclasses import dataclass, field
from statistics import fmean


@dataclass(slots=True)
class Thermometer:
    """°C. `reference` is what it was at the last focus that was found; None until it is known."""

    reference: float | None = None
    _readings: deque[float] = field(default_factory=deque)

    def read(self, celsius: float | None, wanted: int) -> None:
        """Another reading; the mean is over `wanted` of them. None is a reading that failed."""
        if celsius is None:
            return
        self._readings.append(celsius)
        while len(self._readings) > wanted:
            self._readings.popleft()
        if self.reference is None and len(self._readings) >= wanted:
            self.reference = fmean(self._readings)  # a night that asked for no first run counts from here

    @property
    def gathered(self) -> int:
        """Readings since the last run, at most as many as are wanted."""
        return len(self._readings)

    @property
    def mean(self) -> float | None:
        """Of what there is, None before the first reading."""
        return fmean(self._readings) if self._readings else None

    def change(self, wanted: int) -> float | None:
        """Against the reference; None until it is armed."""
        if self.reference is None or len(self._readings) < wanted:
            return None
        return fmean(self._readings) - self.reference

    def ran(self, *, found: bool) -> None:
        """A focus run has ended: readings are gathered anew, and one that found focus moves the reference."""
        if self._readings and (found or self.reference is None):
            self.reference = fmean(self._readings)
        self._readings.clear()
