"""The Raspberry Pi's 40-pin header: what people call its pins."""

import re

# The ID EEPROM of a HAT is on these: the firmware talks to it while the Pi boots.
RESERVED = {0: "ID_SD", 1: "ID_SC"}
HIGHEST = 27
# Position on the header to the chip's number; the other positions are supply and ground.
BOARD = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9,
    22: 25, 23: 11, 24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26,
    38: 20, 40: 21,
}  # fmt: skip
_NAME = re.compile(r"(GPIO|BCM|BOARD)?(\d{1,3})", re.IGNORECASE)


def gpio_number(pin: object) -> int:
    """The chip's number of a pin written as 17, "17", "GPIO17", "BCM17" or "BOARD11".

    ValueError says in one sentence why it is none that can be used.
    """
    text = f"{pin:g}" if isinstance(pin, float) else str(pin).strip()
    match = None if isinstance(pin, bool) else _NAME.fullmatch(text)
    if match is None:
        raise ValueError(f"{pin!r} is not a pin; write GPIO17, or BOARD11 for its place on the header")
    scheme, number = (match[1] or "").upper(), int(match[2])
    if scheme == "BOARD":
        if number not in BOARD:
            raise ValueError(f"BOARD{number} is not a GPIO; it is supply, ground, or not on the header")
        number = BOARD[number]
    if number > HIGHEST:
        raise ValueError(f"GPIO{number} is not on the header, which has GPIO2 to GPIO{HIGHEST}")
    if number in RESERVED:
        raise ValueError(f"GPIO{number} ({RESERVED[number]}) is kept for the ID memory of HATs")
    return number
