"""What has happened since the last focus run: what the rules look at, and any run starts anew."""

from dataclasses import dataclass, field

from appliance.focus.triggers.decisions import Trigger
from appliance.focus.triggers.thermometer import Thermometer


@dataclass(slots=True)
class Counters:
    """Moments are UTC seconds. `at`: when the last run ended, or the first look of a night without one.

    `asked`: runs that something has called for, by the rule's name. `step` counts subs by step key,
    `hfr` has them by filter, oldest first.
    """

    at: float | None = None
    asked: dict[str, Trigger] = field(default_factory=dict)
    subs: int = 0
    step: dict[str, int] = field(default_factory=dict)
    hfr: dict[str, list[float]] = field(default_factory=dict)
    thermometer: Thermometer = field(default_factory=Thermometer)

    def since(self, now: float) -> float:
        """Seconds since the last run."""
        return 0.0 if self.at is None else now - self.at

    def ran(self, now: float, *, found: bool) -> None:
        """A run has ended, found or not: everything is counted from here; only a found one moves the
        temperature that is compared with.
        """
        self.at, self.subs = now, 0
        self.asked, self.step, self.hfr = {}, {}, {}
        self.thermometer.ran(found=found)
