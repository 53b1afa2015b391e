"""What the outputs tell the bus."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True)
class OutputNow:
    """One output as the page shows it: `percent` None while it does not answer; `why` in plain words."""

    name: str
    label: str
    mode: str
    percent: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsState(State):
    """Every output of the profile, in its order."""

    outputs: tuple[OutputNow, ...]
