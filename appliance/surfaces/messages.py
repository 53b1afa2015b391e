"""What the box says of itself."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving(State):
    """The box is being shut down: the rig is left safe, then the power goes off. `on` False: it stays."""

    on: bool
