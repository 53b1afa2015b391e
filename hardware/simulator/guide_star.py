"""The star that the simulated guider holds: when it can be seen; and what the guider remembers."""

from dataclasses import dataclass

from hardware.devices import J2000, PierSide
from hardware.simulator import atmosphere
from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.true_time import TrueTime
from hardware.simulator.world import World

LOOK_SECONDS = 10.0  # how exactly it is known when a star went


@dataclass(slots=True)
class GuideStar:
    """There is one wherever the telescope points, except behind clouds and in the night's bad luck."""

    world: World
    faults: Faults
    utc: TrueTime

    def visible(self, moment: float) -> bool:
        """Can the guider see one?"""
        utc = self.utc(moment)
        if self.faults.active(FaultKind.GUIDE_STAR_LOST, utc):
            return False
        return atmosphere.cloud_mag(self.world, self.faults, utc) < self.world.guider.lost_mag

    def last_seen(self, since: float, moment: float) -> float:
        """To LOOK_SECONDS."""
        while moment > since and not self.visible(moment):
            moment -= LOOK_SECONDS
        return max(moment, since)


@dataclass(slots=True)
class GuideBench:
    """What the guiding program knows and does, whoever told it: it lives on when the controller dies.

    `calibrated_on` the side of the pier; `locked`: where the star was to be before a pause.
    """

    calibrated_on: PierSide | None = None
    calibrating: bool = False
    paused: bool = False
    settling: bool = False
    locked: J2000 | None = None
