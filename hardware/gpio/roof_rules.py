"""What a roof's limit switches and motor allow: from how it stands to what the motor shall do next. Pure."""

from dataclasses import dataclass
from enum import Enum

from hardware.devices import RoofState


class Motor(Enum):
    """What the motor does."""

    OFF = "off"
    OPENING = "opening"
    CLOSING = "closing"


class Verdict(Enum):
    """What has become of a movement."""

    GOES_ON = "goes on"
    ARRIVED = "arrived"
    CONTRADICTION = "both limit switches are on"
    OVERTIME = "the motor ran for too long"
    STALLED = "it did not leave its end"


@dataclass(frozen=True, slots=True)
class Stand:
    """How the roof stands. `goal` is OPENING or CLOSING.

    `overtime`: the motor has run for as long as it may; `overdue`: it should have left its end by now;
    `rested`: it was off long enough to turn the other way.
    """

    goal: Motor
    open_limit: bool
    closed_limit: bool
    motor: Motor
    overtime: bool
    overdue: bool
    rested: bool

    @property
    def arrived(self) -> bool:
        """Is the switch at the goal's end on?"""
        return self.open_limit if self.goal is Motor.OPENING else self.closed_limit

    @property
    def behind(self) -> bool:
        """Is the switch at the other end on?"""
        return self.closed_limit if self.goal is Motor.OPENING else self.open_limit


@dataclass(frozen=True, slots=True)
class Decision:
    """What the motor shall do now, and what that means for the movement."""

    motor: Motor
    verdict: Verdict


def decide(stand: Stand) -> Decision:
    """The next step of a movement; every verdict but GOES_ON ends it, with the motor off."""
    if stand.open_limit and stand.closed_limit:
        return Decision(Motor.OFF, Verdict.CONTRADICTION)
    if stand.arrived:
        return Decision(Motor.OFF, Verdict.ARRIVED)
    if stand.motor is stand.goal:
        return _running(stand)
    if stand.motor is not Motor.OFF or not stand.rested:
        return Decision(Motor.OFF, Verdict.GOES_ON)
    return Decision(stand.goal, Verdict.GOES_ON)


def _running(stand: Stand) -> Decision:
    if stand.overtime:
        return Decision(Motor.OFF, Verdict.OVERTIME)
    if stand.behind and stand.overdue:
        return Decision(Motor.OFF, Verdict.STALLED)
    return Decision(stand.goal, Verdict.GOES_ON)


def where(open_limit: bool, closed_limit: bool, motor: Motor) -> RoofState | None:
    """What can be said of the roof; None when its switches contradict each other.

    Never by time and never by what was commanded: between its ends a roof that stands is UNKNOWN.
    """
    if open_limit and closed_limit:
        return None
    if open_limit and motor is not Motor.CLOSING:
        return RoofState.OPEN
    if closed_limit and motor is not Motor.OPENING:
        return RoofState.CLOSED
    return RoofState.UNKNOWN if motor is Motor.OFF else RoofState.MOVING
