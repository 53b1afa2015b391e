"""INDI's XML on the wire, for our own client and for the passthrough: knows no device and no socket.

A connection's bytes go through an ElementScanner, which finds where elements begin and end and leaves every
byte as it was; what has to be understood goes through `parse_element`. Neither trusts what it reads: the
only error is WireError, memory is bounded, and no byte is looked at twice. A command that was judged is to be
sent on as `encode` writes it, not as it came: then the driver reads in it what we have read.
"""

from hardware.indi_wire.commands import enable_blob, get_properties, message, ping
from hardware.indi_wire.element import Element, Member, parse_element, parse_start
from hardware.indi_wire.encode import encode
from hardware.indi_wire.errors import MalformedElement, TooLong, WireError
from hardware.indi_wire.numbers import number
from hardware.indi_wire.scanner import BLOB, ElementScanner, Piece

__all__ = [
    "BLOB",
    "Element",
    "ElementScanner",
    "MalformedElement",
    "Member",
    "Piece",
    "TooLong",
    "WireError",
    "enable_blob",
    "encode",
    "get_properties",
    "message",
    "number",
    "parse_element",
    "parse_start",
    "ping",
]
