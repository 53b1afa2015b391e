"""What the triggers tell the bus."""

from dataclasses import dataclass
from typing import Literal

from appliance.bus import State

Marker = Literal["off", "gathering", "armed", "due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusTriggers(State):
    """How far the triggers are.

    `marker` is the temperature's: it gathers `readings` of `wanted`, then it is armed, and due when the mean
    `celsius` is too far from `reference`; off where the plan does not ask for it.

    `subs`: lights since the last run; `since`: when that ended (UTC since 1970), None before the first;
    `asap`: a run is asked for by a person; `paused`: no trigger starts one.

    `every_subs`, `every_minutes`, `on_celsius` and `on_hfr_percent` are where the plan's triggers fire, 0 for
    those that are off; `hfr_percent`: how much the stars have grown since the run, None while too few tell.
    """

    marker: Marker = "off"
    readings: int = 0
    wanted: int = 0
    celsius: float | None = None
    reference: float | None = None
    subs: int = 0
    since: float | None = None
    asap: bool = False
    paused: bool = False
    every_subs: int = 0
    every_minutes: float = 0.0
    on_celsius: float = 0.0
    on_hfr_percent: float = 0.0
    hfr_percent: float | None = None
