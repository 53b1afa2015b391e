"""What work by hand tells the bus."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True, kw_only=True)
class HandState(State):
    """The camera in a person's or a script's hand. `doing`: "", "preview" or "capture".

    `number` of `total` is being taken (a loop has no total, 0); moments are UTC in seconds since 1970.
    `file` is the newest saved frame, `hfr` (pixels) and `stars` are of the newest frame, None when unknown.
    """

    doing: str = ""
    loop: bool = False
    number: int = 0
    total: int = 0
    seconds: float = 0.0
    exposing_since: float | None = None
    exposing_until: float | None = None
    file: str = ""
    hfr: float | None = None
    stars: int | None = None
