"""One rehearsed night, given whole: nothing else decides how it goes."""

from dataclasses import dataclass
from pathlib import Path

from appliance.plan import Plan
from appliance.profile import Profile
from hardware.simulator.faults import Faults
from hardware.simulator.sky import NO_FAULTS
from hardware.simulator.world import World

# A night that has not ended by then never will.
LONGEST_SECONDS = 26 * 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A rig (its profile, every device simulated), a plan, a beginning (UTC since 1970) and what goes wrong.

    `folder` is where the night's files go; it must be empty. The same scenario gives the same night.
    """

    profile: Profile
    plan: Plan
    world: World
    begins: float
    folder: Path
    faults: Faults = NO_FAULTS

    @property
    def fast(self) -> bool:
        """Star lists instead of pixels."""
        return self.world.fidelity == "fast"
