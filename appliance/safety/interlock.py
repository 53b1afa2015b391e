"""What must never happen: pure rules over what is so now and what is asked for.

Every way in asks them (guarded.py), so no page, script, sequence or safety action of ours can move the roof
onto the telescope or the telescope into the roof, or open either to the rain or the Sun. The rules as a
table, and what is promised by them, are in docs/safety.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Command(Enum):
    """What can be asked of mount, roof and cover; the words fit after "it will not"."""

    OPEN_ROOF = "open"
    CLOSE_ROOF = "close"
    STOP_ROOF = "stop"
    UNPARK = "unpark"
    SLEW = "slew"
    TRACK = "track"
    STOP_TRACKING = "stop tracking"
    PARK = "park"
    OPEN_COVER = "open the cover"
    CLOSE_COVER = "close the cover"


class RoofIs(Enum):
    """Where the roof is. ABSENT: the rig has none; BETWEEN: it stands half-way.

    FAULT: what it says cannot be so, such as both end switches pressed; SILENT: it does not answer.
    """

    ABSENT = "absent"
    OPEN = "open"
    CLOSED = "closed"
    MOVING = "moving"
    BETWEEN = "half-way"
    FAULT = "faulty"
    SILENT = "silent"


class ParkSwitch(Enum):
    """The switch that the parked telescope presses; ABSENT when the rig has none."""

    PRESSED = "pressed"
    RELEASED = "released"
    UNKNOWN = "unknown"
    ABSENT = "absent"


class MountIs(Enum):
    """What the mount does, by its own word; STILL: not parked, but it does not move either."""

    PARKED = "parked"
    STILL = "still"
    TRACKING = "tracking"
    SLEWING = "slewing"
    UNKNOWN = "unknown"


class Verdict(Enum):
    """May the telescope be open? UNKNOWN: not yet known; UNWATCHED: the rig has nothing that could tell."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is so now.

    `clears_telescope`: the profile declares that the roof touches the telescope in no position of either.
    `roof_moves` and `mount_moves`: a command of ours to it is under way. `daylight`: the Sun is above its
    limit; `daylight_asked`: a person wants the sky open all the same. `battery_low`: the box runs on a
    battery too empty to open the roof. `stopped_by_hand`: a person stopped the roof a moment ago.
    `overridden`: who asks holds the override button and looks at the roof.
    """

    roof: RoofIs
    switch: ParkSwitch
    mount: MountIs
    verdict: Verdict
    clears_telescope: bool = False
    roof_moves: bool = False
    mount_moves: bool = False
    daylight: bool = False
    daylight_asked: bool = False
    battery_low: bool = False
    stopped_by_hand: bool = False
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Which rule speaks against it, and what a person can do."""

    reason: str
    advice: str


Answer = Allowed | Refused
Rule = Callable[[Situation, Command], Refused | None]

ALLOWED = Allowed()
# Nothing may ever keep anybody from these.
ALWAYS = frozenset({Command.PARK, Command.STOP_TRACKING, Command.STOP_ROOF, Command.CLOSE_COVER})
ROOF_MOVES = frozenset({Command.OPEN_ROOF, Command.CLOSE_ROOF})
LEAVES = frozenset({Command.UNPARK, Command.SLEW, Command.TRACK})
OPENS = frozenset({Command.OPEN_ROOF, Command.OPEN_COVER})

STOP_FIRST = "Stop it first, or wait until it stands, then try again."
WAIT = "Wait until it has ended, then try again."
WAIT_SAFE = "Wait until it is safe; the safety line says what is not."
LOOK_AT_ROOF = "Look at the roof, its end switches and its power; hold the override button to move it."
PARK_FIRST = "Park the telescope, look at it, and move the roof by hand if need be."
LOOK_AT_SWITCH = "Look at the telescope, and check the switch and its cable."
ADD_SENSOR = "Add [park_sensor] to the profile, or declare there that the roof clears the telescope."
OPEN_FIRST = "Open the roof first, with the telescope parked."
WAIT_DARK = "Wait for the evening, or ask for it in daylight: then keep the Sun out of the telescope."
CHARGE = "Charge the battery or connect the mains, or lower roof.min_battery_percent_to_open."
WAIT_MINUTE = "Wait a minute, or move it with the page's or the panel's own roof buttons."


def decide(now: Situation, command: Command) -> Answer:
    """May this be done now? The first rule that speaks against it is told."""
    if command in ALWAYS:
        return ALLOWED
    for rule in OVERRIDDEN_RULES if now.overridden and command in ROOF_MOVES else RULES:
        if refused := rule(now, command):
            return refused
    return ALLOWED


def _no_roof(now: Situation, command: Command) -> Refused | None:
    if command in ROOF_MOVES and now.roof is RoofIs.ABSENT:
        return Refused("there is no roof", "Add [roof] to the profile.")
    return None


def _roof_in_motion(now: Situation, command: Command) -> Refused | None:
    """No motor is reversed without a stop, and nobody's movement is taken over."""
    if command in ROOF_MOVES and (now.roof_moves or now.roof is RoofIs.MOVING):
        return Refused("it is being moved already", STOP_FIRST)
    return None


def _roof_fault(now: Situation, command: Command) -> Refused | None:
    if command in ROOF_MOVES and now.roof is RoofIs.FAULT:
        return Refused("what it says of itself cannot be so", LOOK_AT_ROOF)
    return None


def _roof_silent(now: Situation, command: Command) -> Refused | None:
    if command in ROOF_MOVES and now.roof is RoofIs.SILENT:
        return Refused("it does not say where it is", LOOK_AT_ROOF)
    return None


def _stopped_by_hand(now: Situation, command: Command) -> Refused | None:
    """Who stopped it may stand in its way: the motor must not start again by itself at once."""
    if command in ROOF_MOVES and now.stopped_by_hand:
        return Refused("a person has stopped it a moment ago", WAIT_MINUTE)
    return None


def _unsafe(now: Situation, command: Command) -> Refused | None:
    """Nothing is opened or begun when it is not safe."""
    if now.verdict is Verdict.UNSAFE and _exposes(now, command):
        return Refused("it is not safe", WAIT_SAFE)
    return None


def _unknown(now: Situation, command: Command) -> Refused | None:
    """Nor before it is known."""
    if now.verdict is Verdict.UNKNOWN and _exposes(now, command):
        return Refused("it is not known yet whether it is safe", WAIT_SAFE)
    return None


def _daylight(now: Situation, command: Command) -> Refused | None:
    if now.daylight and not now.daylight_asked and command in OPENS and _exposes(now, command):
        return Refused("it is day", WAIT_DARK)
    return None


def _battery(now: Situation, command: Command) -> Refused | None:
    """What is opened must be closed again before the battery is empty."""
    if now.battery_low and command is Command.OPEN_ROOF:
        return Refused("the battery is too empty to open and surely close it again", CHARGE)
    return None


def _telescope_moves(now: Situation, command: Command) -> Refused | None:
    moves = now.mount_moves or now.mount in {MountIs.SLEWING, MountIs.TRACKING}
    return Refused("the telescope is moving", WAIT) if moves and _touches(now, command) else None


def _no_sensor(now: Situation, command: Command) -> Refused | None:
    """A mount's own word is not enough: many believe that they are parked after a power cut."""
    if now.switch is ParkSwitch.ABSENT and _touches(now, command):
        return Refused("there is no park sensor to see the telescope", ADD_SENSOR)
    return None


def _sensor_silent(now: Situation, command: Command) -> Refused | None:
    if now.switch is ParkSwitch.UNKNOWN and _touches(now, command):
        return Refused("the park sensor does not answer", LOOK_AT_SWITCH)
    return None


def _sensor_released(now: Situation, command: Command) -> Refused | None:
    if now.switch is ParkSwitch.RELEASED and _touches(now, command):
        return Refused("the park sensor does not see the parked telescope", PARK_FIRST)
    return None


def _under_moving_roof(now: Situation, command: Command) -> Refused | None:
    """The telescope leaves its place only under an open sky."""
    moves = now.roof_moves or now.roof is RoofIs.MOVING
    return Refused("the roof is moving", WAIT) if moves and _is_under(now, command) else None


def _under_closed_roof(now: Situation, command: Command) -> Refused | None:
    closed = now.roof is RoofIs.CLOSED and not now.roof_moves
    return Refused("the roof is closed", OPEN_FIRST) if closed and _is_under(now, command) else None


def _under_doubtful_roof(now: Situation, command: Command) -> Refused | None:
    doubtful = now.roof in {RoofIs.BETWEEN, RoofIs.FAULT, RoofIs.SILENT} and not now.roof_moves
    return (
        Refused("the roof is not known to be open", OPEN_FIRST)
        if doubtful and _is_under(now, command)
        else None
    )


def _exposes(now: Situation, command: Command) -> bool:
    """Would it open the telescope to the sky, or point it there? Under a closed roof a cover is harmless."""
    if command is Command.OPEN_COVER:
        return now.roof is not RoofIs.CLOSED or now.roof_moves
    return command in OPENS or command in LEAVES


def _touches(now: Situation, command: Command) -> bool:
    """Could the roof, moved now, hit the telescope?"""
    return command in ROOF_MOVES and not now.clears_telescope


def _is_under(now: Situation, command: Command) -> bool:
    """Could the telescope, moved now, hit the roof?"""
    return command in LEAVES and now.roof is not RoofIs.ABSENT and not now.clears_telescope


# What even the holder of the override button is told.
OVERRIDDEN_RULES: tuple[Rule, ...] = (_no_roof, _roof_in_motion)
RULES: tuple[Rule, ...] = (
    *OVERRIDDEN_RULES, _roof_fault, _roof_silent, _stopped_by_hand, _unsafe, _unknown, _daylight, _battery,
    _telescope_moves, _no_sensor, _sensor_silent, _sensor_released,
    _under_moving_roof, _under_closed_roof, _under_doubtful_roof,
)  # fmt: skip
