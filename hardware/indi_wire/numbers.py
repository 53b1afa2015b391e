"""Numbers as INDI writes them: decimal, or sexagesimal with colons, semicolons or blanks."""

import re

from hardware.indi_wire.errors import MalformedElement

_PART = r"\d+(?:\.\d*)?|\.\d+"
_SEXAGESIMAL = re.compile(rf"([+-]?)\s*({_PART})[:; ]+({_PART})(?:[:; ]+({_PART}))?")
_LONGEST = 64


def number(text: str) -> float:
    """The value of a number's text: "-12:30:36" is -12.51. MalformedElement for anything else.

    NaN and infinities are let through, since drivers send them for what they do not know.
    """
    text = text.strip()
    if len(text) <= _LONGEST and text.isascii() and "_" not in text:
        try:
            return float(text)
        except ValueError:
            pass
        if parts := _SEXAGESIMAL.fullmatch(text):
            sign, whole, minutes, seconds = parts.groups()
            value = float(whole) + float(minutes) / 60 + float(seconds or 0) / 3600
            return -value if sign == "-" else value
    raise MalformedElement(f"{text[:_LONGEST]!r} is no number")
