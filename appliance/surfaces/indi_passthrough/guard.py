"""What an INDI command asks for, by its property: pure rules over the command and the driver's last word.

The names are those of INDI's standard properties. What is not known to be harmless counts, on a mount, as
a slew, and is not taken at all by a roof.
"""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.safety.interlock import ALWAYS, Command
from appliance.surfaces.indi_passthrough.vectors import Known
from hardware.indi_wire import Element, WireError, number

Find = Callable[[str, str], Known | None]
"""The driver's last word on one property of the command's device: (device, name)."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Whoever has the device may do it."""


@dataclass(frozen=True, slots=True)
class Stops:
    """Nobody is ever kept from it; `roof`: it is the roof that stops."""

    roof: bool = False


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """It is as asked for: it is answered with what is so, and not done again."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The interlock is asked for this; the movement lasts while the property is Busy."""

    command: Command


@dataclass(frozen=True, slots=True)
class OnlyLent:
    """For a client that a person has lent the device to."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """No client may do it; why, and what to do instead."""

    reason: str
    advice: str


Asks = Plain | Stops | AlreadySo | Moves | OnlyLent | Never
PLAIN = Plain()


@dataclass(frozen=True, slots=True)
class Used:
    """What the box uses the devices of the INDI server for.

    `kinds` are the profile's by INDI's name, `outputs` the properties that its outputs are switched by;
    `roof` is any roof's name in the profile, `clears` whether it may move over any telescope.
    """

    kinds: dict[str, frozenset[str]]
    outputs: frozenset[tuple[str, str]] = frozenset()
    roof: str = ""
    clears: bool = True

    def has(self, device: str, kind: str) -> bool:
        return kind in self.kinds.get(device, ())


SETTLED = "It is set by Nightbox's profile."
PLACE_AND_TIME = frozenset({"TIME_UTC", "GEOGRAPHIC_COORD"})
# What decides where a parked telescope stands, what locks what, and who else may move it.
POLICIES = frozenset({
    "TELESCOPE_PARK_OPTION", "TELESCOPE_PARK_POSITION", "DOME_PARK_OPTION", "DOME_PARK_POSITION",
    "DOME_POLICY", "MOUNT_POLICY", "DOME_SHUTTER_PARK_POLICY", "DOME_PARAMS", "DOME_MEASUREMENTS",
    "DM_OTA_SIDE", "USEJOYSTICK", "JOYSTICKSETTINGS", "JOYSTICK_LOCK_AXIS", "MOTION_CONTROL_MODE",
    "WEATHER_OVERRIDE", "SAFETY_OVERRIDE", "Presets", "DOME_GOTO", "GOTO",
})  # fmt: skip
# How a driver reaches its device, and what it remembers.
DRIVERS = frozenset({
    "CONFIG_PROCESS", "SIMULATION", "DEVICE_PORT", "DEVICE_BAUD_RATE", "DEVICE_AUTO_SEARCH",
    "DEVICE_PORT_SCAN", "SYSTEM_PORTS", "CONNECTION_MODE", "DEVICE_ADDRESS", "DEVICE_LAN_SEARCH",
    "CONNECTION_TYPE", "ACTIVE_DEVICES", "CONNECTION",
})  # fmt: skip
HARMLESS = frozenset({
    "POLLING_PERIOD", "DEBUG", "DEBUG_LEVEL", "LOGGING_LEVEL", "LOG_OUTPUT", "FILE_DEBUG", "ON_COORD_SET",
    "TELESCOPE_SLEW_RATE", "GUIDE_RATE", "TELESCOPE_TRACK_MODE", "TELESCOPE_TRACK_RATE", "TELESCOPE_INFO",
    "APPLY_SCOPE_CONFIG", "SCOPE_CONFIG_NAME", "TELESCOPE_REVERSE_MOTION", "PEC", "SAT_TLE_TEXT",
    "SAT_PASS_WINDOW", "DOME_SPEED", "DOME_BACKLASH_TOGGLE", "DOME_BACKLASH_STEPS", "WEATHER_REFRESH",
})  # fmt: skip
STOPS = {"TELESCOPE_ABORT_MOTION": Stops(), "CAP_ABORT": Stops(), "DOME_ABORT_MOTION": Stops(roof=True)}
COORDINATES = frozenset({"EQUATORIAL_EOD_COORD", "EQUATORIAL_COORD", "HORIZONTAL_COORD"})
# Turning a dome moves no shutter. Of a roof without one it opens or closes it, and what speaks against
# closing it speaks against opening it, too.
TURNS = frozenset({"DOME_MOTION", "ABS_DOME_POSITION", "REL_DOME_POSITION", "DOME_AUTOSYNC", "DOME_SYNC"})


def asks(used: Used, find: Find, command: Element) -> Asks:
    """What this new*Vector asks for."""
    device, name = command.device, command.name
    if name in STOPS:
        return STOPS[name]
    if (device, name) in used.outputs:
        return Never("Nightbox's outputs are switched by it", "Use the device Nightbox Outputs, or the page.")
    cared_for = device in used.kinds or name in POLICIES
    if cared_for and (settled := _settled(used, find, command)) is not None:
        return settled
    if name in HARMLESS:
        return PLAIN
    if name.startswith("DOME_") or used.has(device, "roof"):
        return _roof(used, find, command)
    if name == "CAP_PARK":
        return Moves(Command.CLOSE_COVER if on(command) == {"PARK"} else Command.OPEN_COVER)
    if name.startswith("TELESCOPE_") or name in COORDINATES or used.has(device, "mount"):
        return _mount(used, command)
    return PLAIN


def on(command: Element) -> set[str]:
    """The switches that it wants on."""
    return {name for name, text in command.values() if text == "On"}


def _settled(used: Used, find: Find, command: Element) -> Asks | None:
    """What is not for a client to change on a device that the night depends on."""
    device, name = command.device, command.name
    if name in PLACE_AND_TIME:
        return Never("place and time are Nightbox's", SETTLED)
    if name in POLICIES:
        return Never("the safety of telescope and roof depends on it", SETTLED)
    if name == "CONNECTION" and on(command) == {"CONNECT"}:
        known = find(device, name)
        return AlreadySo() if known is not None and known.members.get("CONNECT") == "On" else PLAIN
    if name in DRIVERS:
        reason = "the night depends on how its driver is set"
        is_vital = used.kinds.get(device, frozenset()) & {"mount", "roof", "cover"}
        return Never(reason, SETTLED) if is_vital else OnlyLent(reason)
    return None


def _mount(used: Used, command: Element) -> Asks:
    asked = _mount_command(command)
    if asked is None or asked in ALWAYS:
        return PLAIN if asked is None else Moves(asked)
    if used.roof and not used.clears and not used.has(command.device, "mount"):
        return Never(f"it is not the mount that {used.roof} looks after", "Put it into the profile.")
    return Moves(asked)


def _mount_command(command: Element) -> Command | None:
    """None for what only ends a movement."""
    name, wanted = command.name, on(command)
    if name == "TELESCOPE_PARK":
        return Command.PARK if wanted == {"PARK"} else Command.UNPARK
    if name == "TELESCOPE_TRACK_STATE":
        return Command.STOP_TRACKING if wanted == {"TRACK_OFF"} else Command.TRACK
    if name.startswith("TELESCOPE_MOTION_"):
        return Command.SLEW if wanted else None
    if name.startswith("TELESCOPE_TIMED_GUIDE_"):
        return None if all(_is_zero(text) for _, text in command.values()) else Command.TRACK
    return Command.SLEW


def _is_zero(text: str) -> bool:
    try:
        return number(text) == 0
    except WireError:
        return False


def _roof(used: Used, find: Find, command: Element) -> Asks:
    device, name, wanted = command.device, command.name, on(command)
    if not used.has(device, "roof"):
        return Never("it is not the roof of Nightbox's profile", "Put it into the profile as [roof].")
    if name == "DOME_SHUTTER":
        return Moves(Command.CLOSE_ROOF if wanted == {"SHUTTER_CLOSE"} else Command.OPEN_ROOF)
    if name == "DOME_PARK":
        return Moves(Command.CLOSE_ROOF if wanted == {"PARK"} else Command.OPEN_ROOF)
    if name in TURNS:
        return PLAIN if find(device, "DOME_SHUTTER") is not None else Moves(Command.OPEN_ROOF)
    return Never("it is not known to be harmless for a roof", "Set it where the driver's own settings are.")
