"""Where focus was found in each filter, and what follows from it for the others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.focus.compensation import CompensationSettings, shift


@dataclass(frozen=True, slots=True)
class Mark:
    """A focus that was found: steps, °C (None when unknown), UTC seconds."""

    position: int
    celsius: float | None
    at: float


@dataclass(slots=True)
class Marks:
    """`offsets` are the profile's, in steps against the reference filter."""

    offsets: Mapping[str, int]
    found: dict[str, Mark] = field(default_factory=dict)

    def between(self, old: str, new: str) -> int | None:
        """Steps from focus in one filter to that in another, None where the profile does not say."""
        if old == new:
            return 0
        if old not in self.offsets or new not in self.offsets:
            return None
        return self.offsets[new] - self.offsets[old]

    def knows(self, filter_: str) -> bool:
        """Would a run in this filter tell anything that does not follow from another?"""
        return any(self.between(other, filter_) is not None for other in self.found)

    def position(
        self, filter_: str, celsius: float | None = None, follow: CompensationSettings | None = None
    ) -> tuple[int, Mark] | None:
        """Where focus is in this filter by the newest run that tells, and that run's mark.

        With `follow` as it is at this temperature.
        """
        telling = [
            (mark, other) for other, mark in self.found.items() if self.between(other, filter_) is not None
        ]
        if not telling:
            return None
        mark, other = max(telling, key=lambda pair: pair[0].at)
        here = mark.position + (self.between(other, filter_) or 0)
        if follow is not None and celsius is not None and mark.celsius is not None:
            here += shift(follow, mark.celsius, celsius)
        return here, mark
