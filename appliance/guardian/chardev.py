"""Linux's GPIO character device, second version, by ioctl: the structures of linux/gpio.h, packed by hand.

Every line is requested by itself; the kernel gives it back when the descriptor is closed or we die.
"""

import fcntl
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from appliance.guardian.problems import Trouble

CONSUMER = b"nightbox-guardian"
_LINES_MAX, _ATTRIBUTES_MAX = 64, 10
# gpiochip_info: name, label, lines
CHIP_INFO = struct.Struct("=32s32sI")
# gpio_v2_line_attribute and, behind it, the mask of gpio_v2_line_config_attribute
ATTRIBUTE = struct.Struct("=II QQ")
# gpio_v2_line_config up to its attributes: flags, num_attrs, padding[5]
CONFIG = struct.Struct("=QI20x")
# gpio_v2_line_request around the config: offsets[64], consumer[32]; num_lines, event_buffer_size, fd
REQUEST_HEAD = struct.Struct("=64I32s")
REQUEST_TAIL = struct.Struct("=II20xi")
# gpio_v2_line_values: bits, mask
VALUES = struct.Struct("=QQ")
REQUEST_BYTES = (
    REQUEST_HEAD.size + CONFIG.size + _ATTRIBUTES_MAX * ATTRIBUTE.size + REQUEST_TAIL.size
)  # 592, as the kernel has it
_WRITE, _READ, _TYPE = 1, 2, 0xB4

ACTIVE_LOW, INPUT, OUTPUT = 1 << 1, 1 << 2, 1 << 3
PULL = {"up": 1 << 8, "down": 1 << 9, "none": 1 << 10}
_OUTPUT_VALUES = 2  # GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES


def _ioctl(direction: int, number: int, size: int) -> int:
    """_IOC of asm-generic/ioctl.h, the same on x86-64 and both ARMs."""
    return direction << 30 | size << 16 | _TYPE << 8 | number


GET_CHIP_INFO = _ioctl(_READ, 0x01, CHIP_INFO.size)
GET_LINE = _ioctl(_READ | _WRITE, 0x07, REQUEST_BYTES)
GET_VALUES = _ioctl(_READ | _WRITE, 0x0E, VALUES.size)
SET_VALUES = _ioctl(_READ | _WRITE, 0x0F, VALUES.size)


def request(offset: int, flags: int) -> bytes:
    """A gpio_v2_line_request for one line; an output begins inactive."""
    attributes = b""
    if flags & OUTPUT:
        attributes = ATTRIBUTE.pack(_OUTPUT_VALUES, 0, 0, 1)  # value 0 for the line of mask 1
    config = CONFIG.pack(flags, 1 if attributes else 0)
    offsets = (offset, *([0] * (_LINES_MAX - 1)))
    return (
        REQUEST_HEAD.pack(*offsets, CONSUMER)
        + config
        + attributes.ljust(_ATTRIBUTES_MAX * ATTRIBUTE.size, b"\0")
        + REQUEST_TAIL.pack(1, 0, -1)
    )


def granted(answer: bytes | bytearray) -> int:
    """The line's descriptor in the kernel's answer."""
    fd: int = REQUEST_TAIL.unpack_from(answer, REQUEST_BYTES - REQUEST_TAIL.size)[2]
    return fd


@dataclass(frozen=True, slots=True)
class Chip:
    """One /dev/gpiochipN."""

    path: Path
    label: str
    lines: int


class Line:
    """One line, held until `close`; Trouble when it is not there or somebody else has it.

    Values are logical: True is active, whatever the voltage.
    """

    def __init__(self, chip: Path, offset: int, flags: int) -> None:
        self._where = f"{chip.name} line {offset}"
        buffer = bytearray(request(offset, flags))
        try:
            handle = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.ioctl(handle, GET_LINE, buffer)
            finally:
                os.close(handle)
        except OSError as refused:
            raise Trouble(f"{self._where} cannot be used: {refused.strerror}") from refused
        self._fd = granted(buffer)

    def get(self) -> bool:
        """Active now."""
        return bool(VALUES.unpack(self._call(GET_VALUES, VALUES.pack(0, 1)))[0] & 1)

    def set(self, active: bool) -> None:
        """Drive an output."""
        self._call(SET_VALUES, VALUES.pack(int(active), 1))

    def close(self) -> None:
        """Give it back."""
        os.close(self._fd)

    def _call(self, what: int, data: bytes) -> bytes:
        try:
            return fcntl.ioctl(self._fd, what, data)
        except OSError as failed:
            raise Trouble(f"{self._where} does not answer: {failed.strerror}") from failed


def chips(folder: Path = Path("/dev")) -> list[Chip]:
    """Every GPIO chip that can be opened."""
    found = []
    for path in sorted(folder.glob("gpiochip*")):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            _, label, lines = CHIP_INFO.unpack(fcntl.ioctl(handle, GET_CHIP_INFO, bytes(CHIP_INFO.size)))
            found.append(Chip(path, label.rstrip(b"\0").decode("ascii", "replace"), lines))
        except OSError:
            continue
        finally:
            os.close(handle)
    return found
