"""What the camera itself remembers, whoever commands it: its settings, its frames, its temperature."""

from dataclasses import dataclass
from math import copysign, exp

from hardware.simulator.world import CameraModel


@dataclass(slots=True)
class Chip:
    """Mutable, one per simulated rig. `frames` counts exposures: it seeds their noise.

    The cooler is a first-order lag: the distance to the goal shrinks by e every `cooler_lag_seconds`. `aim`
    is what it was told, None when it is off; `turned` the temperature and loop time of that moment.
    With `ramp_celsius_s` it goes there at that rate instead, and nothing else moves it.
    `exposing` is when the last light frame's exposure began and ends or was to end, in loop time.
    """

    gain: int
    offset: int
    frames: int = 0
    aim: float | None = None
    turned: tuple[float, float] | None = None
    exposing: tuple[float, float] = (0.0, 0.0)

    def celsius(self, model: CameraModel, air: float, now: float) -> float:
        """Sensor temperature; that of the air before the cooler was first used."""
        if model.ramp_celsius_s > 0:
            return self._ramped(model, now)
        if self.turned is None:
            return air
        start, since = self.turned
        goal = air if self.aim is None else min(air, max(self.aim, air - model.cooler_reach_celsius))
        return goal + (start - goal) * exp((since - now) / model.cooler_lag_seconds)

    def _ramped(self, model: CameraModel, now: float) -> float:
        start, since = self.turned or (model.ramp_start_celsius, now)
        way = 0.0 if self.aim is None else self.aim - start
        return start + copysign(min(abs(way), model.ramp_celsius_s * (now - since)), way)

    def turn(self, model: CameraModel, air: float, now: float, aim: float | None) -> None:
        """Give the cooler a new aim, or switch it off (None)."""
        self.turned = self.celsius(model, air, now), now
        self.aim = aim
