"""One line of a rehearsed night's timeline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`what` happens at `at` (UTC, seconds since 1970), until `ends` where it lasts.

    `kind`: "sky", "target", "subs", "focus", "flip", "slew", "centre", "deed", "wait", "trouble", "fault".
    """

    at: float
    kind: str
    what: str
    detail: str = ""
    ends: float | None = None
