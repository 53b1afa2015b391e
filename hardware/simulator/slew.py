"""One slew of the simulated mount, as a function of time."""

from dataclasses import dataclass

from hardware.simulator.axis import reached

Offsets = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Slew:
    """One movement of both axes: moments of the loop's clock, and how its end scatters."""

    began: float
    arrives: float
    settled: float
    scatter_from: Offsets
    scatter_to: Offsets

    def scatter(self, moment: float) -> Offsets:
        """Degrees off in right ascension and declination, growing along the way."""
        if reached(moment, self.arrives):
            return self.scatter_to
        share = max(0.0, moment - self.began) / (self.arrives - self.began)
        (ra, dec), (ra_to, dec_to) = self.scatter_from, self.scatter_to
        return ra + share * (ra_to - ra), dec + share * (dec_to - dec)
