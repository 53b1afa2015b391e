"""Moments of a night as a person writes them: "21:30", "dusk+00:30", "meridian-01:00"."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import AfterValidator

Anchor = Literal["clock", "dusk", "dawn", "rise", "set", "meridian"]
DAY = 86400
RELATIVE = re.compile(r"(dusk|dawn|rise|set|meridian)(?:([+-])(\d{1,2}):(\d{2}))?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?UTC|(Z)|([+-])(\d{1,2}):(\d{2}))?")
WHAT_FITS = (
    '"21:30" (UTC), "21:30+01:00" (with its zone), or dusk, dawn, rise, set or meridian, as in "dusk+00:30"'
)


@dataclass(frozen=True, slots=True)
class Moment:
    """`seconds` after an anchor, negative before it; of the clock, seconds after midnight UTC."""

    of: Anchor
    seconds: float


def parse_moment(text: str) -> Moment:
    """ValueError says what would fit."""
    if relative := RELATIVE.fullmatch(text):
        anchor, sign, hours, minutes = relative.groups()
        return Moment(cast(Anchor, anchor), _signed(sign, hours, minutes) if sign else 0.0)
    if clock := CLOCK.fullmatch(text):
        hours, minutes, seconds, _, sign, zone_hours, zone_minutes = clock.groups()
        if int(hours) < 24 and int(minutes) < 60 and int(seconds or 0) < 60:
            zone = _signed(sign, zone_hours, zone_minutes) if sign else 0.0
            local = 3600 * int(hours) + 60 * int(minutes) + int(seconds or 0)
            return Moment("clock", (local - zone) % DAY)
    raise ValueError(f"it is no moment; write {WHAT_FITS}")


def _signed(sign: str, hours: str, minutes: str) -> float:
    if int(minutes) >= 60:
        raise ValueError(f"it is no moment; write {WHAT_FITS}")
    return (-1.0 if sign == "-" else 1.0) * (3600 * int(hours) + 60 * int(minutes))


def _checked(text: str) -> str:
    if text:
        parse_moment(text)
    return text


def _of_the_night(text: str) -> str:
    if text and parse_moment(text).of in {"rise", "set", "meridian"}:
        raise ValueError("only a target rises, sets or crosses the meridian; write a clock time, dusk, dawn")
    return text


MomentText = Annotated[str, AfterValidator(_checked)]  # "" where there is none
NightMoment = Annotated[str, AfterValidator(_checked), AfterValidator(_of_the_night)]
