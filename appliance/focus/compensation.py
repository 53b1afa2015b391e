"""Temperature compensation: how far the focuser must follow the temperature since the last focus. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationSettings:
    """`steps_per_celsius` is c = d(position) / d(temperature): negative for a tube that must be drawn out as
    it cools. Nothing moves while the temperature is less than `min_celsius` from where it moved last.
    """

    steps_per_celsius: float
    min_celsius: float = 0.5


@dataclass(slots=True)
class Compensation:
    """What has been followed since the last focus; °C and steps.

    All is computed from `reference`, the temperature of the last focus: fractions of a step are never lost,
    and many small moves end where one large one would. `applied` is what has been moved since.
    """

    reference: float | None = None
    applied: int = 0
    moved_at: float | None = None

    def due(self, settings: CompensationSettings, celsius: float | None) -> int:
        """Steps to move now, 0 for none; the first temperature of a night without focus is its reference."""
        if celsius is None:
            return 0
        if self.reference is None or self.moved_at is None:
            self.focused(celsius)
            return 0
        if abs(celsius - self.moved_at) < settings.min_celsius:
            return 0
        return shift(settings, self.reference, celsius) - self.applied

    def moved(self, steps: int, celsius: float) -> None:
        """The focuser has followed."""
        self.applied, self.moved_at = self.applied + steps, celsius

    def focused(self, celsius: float | None) -> None:
        """Focus was found at this temperature; None: it is not known, the next one is the reference."""
        self.reference, self.moved_at, self.applied = celsius, celsius, 0

    def carried(self, reference: float, steps: int, celsius: float) -> None:
        """A focus of an earlier night counts, and the focuser has been moved by so many steps since."""
        self.reference, self.applied, self.moved_at = reference, steps, celsius


def shift(settings: CompensationSettings, reference: float, celsius: float) -> int:
    """Steps from the focus at one temperature to that at another."""
    return round(settings.steps_per_celsius * (celsius - reference))
