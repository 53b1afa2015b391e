"""What past runs would have a person set: offered with error bars, never applied by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.focus.drift import Drift, Estimate

AGREES = 2.0  # sigmas within which the profile's value is as good as the found one
COEFFICIENT = "focus.temperature.steps_per_celsius"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A value for the profile at the place `key`: `set_to` is what to write there.

    `found`, with one sigma, is steps per °C for the coefficient, whose `filter` is "", else the steps of a
    filter's focus from that in `against`, which has `base` in the profile. `told` is what the profile has, in
    the unit of `found`, None for nothing.
    """

    key: str
    found: Estimate
    set_to: float
    told: float | None
    filter: str = ""
    against: str = ""
    base: int = 0

    def agrees(self, value: float) -> bool:
        """Is that value as good as the found one?"""
        return abs(self.found.value - value) <= AGREES * self.found.error

    @property
    def sentence(self) -> str:
        """For the log."""
        found = self.found
        if not self.filter:
            return (
                f"By {found.runs} focus runs the focus moves {found.value:+.1f} ± {found.error:.1f} steps per"
                f" °C; to use it, set {self.key} = {found.value:.1f}."
            )
        return (
            f"By {found.runs} focus runs in {self.filter} its focus is {found.value:+.0f} ± {found.error:.0f}"
            f" steps from that in {self.against}; to use it, set focus.filters.offsets"
            f" {self.filter} = {self.set_to:.0f} (with {self.against} = {self.base})."
        )


def offers(drift: Drift, steps_per_celsius: float, offsets: Mapping[str, int]) -> list[Offer]:
    """One for each value that the runs know clearly and the profile does not have."""
    return [*_coefficient(drift.coefficient, steps_per_celsius), *_offsets(drift, offsets)]


def _coefficient(found: Estimate | None, told: float) -> Iterator[Offer]:
    if found is None or not found.clear:
        return
    offer = Offer(key=COEFFICIENT, found=found, set_to=round(found.value, 1), told=told)
    if not offer.agrees(told):
        yield offer


def _offsets(drift: Drift, told: Mapping[str, int]) -> Iterator[Offer]:
    base = told.get(drift.reference, 0)
    for name, found in sorted(drift.offsets.items()):
        known = told.get(name)
        as_told = None if known is None else known - base
        offer = Offer(
            key=f"focus.filters.offsets.{name}", found=found, set_to=base + round(found.value), told=as_told,
            filter=name, against=drift.reference, base=base,
        )  # fmt: skip
        if found.clear and (as_told is None or not offer.agrees(as_told)):
            yield offer
