"""What a person can set about triggers."""

from dataclasses import dataclass
from typing import Literal

FilterChange = Literal["never", "new", "always"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """Which triggers are on; a number that is 0 is off.

    start: before the first sub of a night; resume: when a night that had subs goes on.
    filter_change: "never" (offsets alone), "new" (a filter whose focus is not known) or "always".
    subs: lights of the plan since the last run; minutes: since its end; celsius: change of the mean of
    `readings` readings against the one at the last focus; hfr_percent: growth in the same filter.
    """

    start: bool = True
    resume: bool = True
    filter_change: FilterChange = "new"
    flip: bool = True
    centring: bool = False
    subs: int = 0
    minutes: float = 0.0
    celsius: float = 0.0
    readings: int = 1
    hfr_percent: float = 0.0
