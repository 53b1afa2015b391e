"""What the outputs tell the bus."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True)
class OutputNow:
    """One output as the page shows it: `percent` None while it does not answer; `why` in plain words.

    `spread` is how many °C what it warms is above the dew point, None while nobody knows; `set_percent` what
    it has in the mode "fixed"; `dew`: may it go by the dew point?
    """

    name: str
    label: str
    mode: str
    percent: float | None
    why: str
    spread: float | None = None
    set_percent: float = 0.0
    dew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsState(State):
    """Every output of the profile, in its order."""

    outputs: tuple[OutputNow, ...]
