"""Times of this night, as a person writes them in a file."""

import re
from datetime import UTC, datetime, time

DAY_SECONDS = 86400.0
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def clock_seconds(written: object) -> int:
    """Seconds since midnight of a "23:40" or "23:40:15"; ValueError says what was expected."""
    text = written.isoformat("seconds") if isinstance(written, time) else written
    if not isinstance(text, str) or not (match := _CLOCK.fullmatch(text.strip())):
        raise ValueError('it must be a UTC time such as "23:40"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def next_at(clock: int, after_unix: float) -> float:
    """The first moment from `after_unix` on (UTC, seconds since 1970) with this time of day."""
    return after_unix + (clock - after_unix) % DAY_SECONDS


def nearest_at(clock: int, unix: float) -> float:
    """The moment with this time of day that is at most half a day away."""
    return next_at(clock, unix - DAY_SECONDS / 2)


def iso_unix(text: str) -> float:
    """UTC seconds since 1970 of an ISO time, which is UTC when it does not say; ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
