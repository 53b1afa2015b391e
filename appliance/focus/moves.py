"""Moves of the focuser that are no focus run, as the bus hears of them."""

from dataclasses import dataclass

from appliance.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusMoved(Event):
    """The focuser was moved on purpose, from `origin` to `position` (steps)."""

    origin: int
    position: int
    why: str
