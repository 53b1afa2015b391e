"""On which side of the pier the telescope is, from what can be trusted most.

INDI's sense: WEST points east, with hour angles from -12 h to 0; EAST those from 0 to 12 h. The rule
holds below the pole too, where the meridian is crossed the other way, from EAST to WEST.
A German mount chooses its side when it is sent somewhere, by the hour angle. What it says of its side
afterwards may be made up; a camera that has turned by 180° cannot be.
"""

from dataclasses import dataclass

from hardware.devices import PierSide

MINUTES_PER_DEGREE = 4 / 1.00273791  # of solar time while the sky turns by a degree
TURN_TOLERANCE_DEG = 5.0
PLAUSIBLE_MINUTES = 240.0


def natural_side(hour_angle_deg: float) -> PierSide:
    """Where a German mount stands for an apparent hour angle (degrees), counterweights down."""
    return PierSide.EAST if hour_angle_deg % 360 < 180 else PierSide.WEST


def other(side: PierSide) -> PierSide:
    """The opposite side."""
    return PierSide.WEST if side is PierSide.EAST else PierSide.EAST


def minutes_past(hour_angle_deg: float, side: PierSide) -> float:
    """Minutes since this side's meridian was passed, negative before it: -838 to 598.

    A telescope that is on the side up to 2 h before its time (it flipped early) has the whole way before it.
    """
    crossing = 180.0 if side is PierSide.EAST else 0.0
    past = (hour_angle_deg - crossing + 210) % 360 - 210
    return past * MINUTES_PER_DEGREE


def may_stay(hour_angle_deg: float, minutes: float) -> bool:
    """Sent so little past the meridian a mount may stay on the side that it came from."""
    return 0 <= minutes_past(hour_angle_deg, other(natural_side(hour_angle_deg))) < minutes


def turned(before_deg: float, after_deg: float) -> bool | None:
    """Has the camera been turned by 180° between two solved position angles? None: neither 180° nor 0."""
    difference = abs((after_deg - before_deg + 180) % 360 - 180)
    if difference <= TURN_TOLERANCE_DEG:
        return False
    return True if difference >= 180 - TURN_TOLERANCE_DEG else None


@dataclass(slots=True)
class Pier:
    """What is believed. `side` None: not known, and a slew is due before anything is exposed.

    `told` is the mount's own word at the last slew; `proof` the position angle of the newest solved
    frame (degrees) and the side it was taken on.
    """

    side: PierSide | None = None
    told: PierSide | None = None
    proof: tuple[float, PierSide] | None = None

    def slewed(self, hour_angle_deg: float, told: PierSide | None, latest_minutes: float) -> None:
        """After a slew to an hour angle. A little past the meridian a mount may have stayed where it was."""
        natural = natural_side(hour_angle_deg)
        stayed = may_stay(hour_angle_deg, latest_minutes)
        self.side, self.told = (told if stayed and told else natural), told

    def solved(self, position_angle_deg: float) -> None:
        """A frame was solved: it tells the side, if an earlier one can be compared with it."""
        if self.side is None:
            return
        if self.proof is not None:
            is_turned = turned(self.proof[0], position_angle_deg)
            if is_turned is not None:
                self.side = other(self.proof[1]) if is_turned else self.proof[1]
        self.proof = (position_angle_deg, self.side)

    def doubt(self) -> None:
        """Nobody knows any more; a proof of before still is one, because cameras stay as they are mounted."""
        self.side = self.told = None

    def minutes_past(self, hour_angle_deg: float) -> float:
        """Minutes past the meridian of the side it is on; where that is not known, of the worse one.

        Nothing tracks on through the pier for longer than PLAUSIBLE_MINUTES, so farther it cannot be.
        """
        if self.side is not None:
            return minutes_past(hour_angle_deg, self.side)
        either = [minutes_past(hour_angle_deg, side) for side in PierSide]
        return max(past for past in either if past < PLAUSIBLE_MINUTES)
