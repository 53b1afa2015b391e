"""The Pi's header: which line a pin of the profile is."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.guardian.chardev import ACTIVE_LOW, INPUT, OUTPUT, PULL, Line, chips
from appliance.guardian.problems import Trouble

HEADER = re.compile(r"pinctrl-(bcm|rp1)|raspberrypi,.*gpio")  # labels of the header's chip, Pi 1 to 5
# The 40-pin header: board number to GPIO number.
BOARD = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9,
    22: 25, 23: 11, 24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip


def offset(pin: object) -> int:
    """GPIO17, 17, BCM17 and BOARD11 are the same; Trouble for what is no pin."""
    found = re.fullmatch(r"(GPIO|BCM|BOARD)?(\d+)", str(pin).removesuffix(".0").upper())
    if found is None:
        raise Trouble(f"{pin!r} is no pin")
    number = int(found[2])
    if found[1] != "BOARD":
        return number
    if number not in BOARD:
        raise Trouble(f"{pin!r} is no GPIO")
    return BOARD[number]


def header_chip(dev: Path = Path("/dev")) -> Path:
    """The chip behind the header; Trouble when this machine has none."""
    found = [chip for chip in chips(dev) if HEADER.search(chip.label)]
    if not found:
        raise Trouble("this machine has no GPIO header")
    return found[0].path


def output(chip: Path, pin: object, active: object) -> Line:
    """An output, inactive from the start; `active` is "high" or "low"."""
    return Line(chip, offset(pin), OUTPUT | _active(active))


def sensor(chip: Path, setup: Mapping[str, Any], pin: str = "pin", prefix: str = "") -> Line:
    """An input by its keys in the profile's setup; a contact to ground unless they say otherwise."""
    flags = INPUT | _active(setup.get(f"{prefix}active", "low"))
    return Line(chip, offset(setup[pin]), flags | PULL.get(str(setup.get(f"{prefix}pull", "up")), 0))


def _active(level: object) -> int:
    return ACTIVE_LOW if str(level) == "low" else 0
