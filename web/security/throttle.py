"""Patience with guesses: each address for itself, and all together. Forgets when it would grow. Pure."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

FREE = 5  # wrong tries of one address before it has to wait
FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0  # seconds; each further wrong try doubles the wait
BURST, EACH = 20, 30.0  # tries of all strangers together, and seconds until there is one more
REMEMBERED = 256  # addresses

T = TypeVar("T")


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    until: float = 0.0


class Throttle:
    """`clock` counts seconds and never goes back. Not for several threads at once.

    An address that has been right before does not share in what strangers use up: nobody is kept out of
    the own box by another's guessing.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._left, self._at = float(BURST), clock()

    def wait(self, who: str) -> float:
        """Seconds until this one may try; 0.0: now, and it counts as wrong until `succeeded` is called."""
        now = self._clock()
        tries = self._tries.get(who) or _Tries()
        if now < tries.until:
            return tries.until - now
        if who not in self._known and (shared := self._take(now)):
            return shared
        tries.failed += 1
        if (over := tries.failed - FREE) >= 0:
            tries.until = now + min(FIRST_WAIT * 2.0 ** min(over, 16), LONGEST_WAIT)
        _remember(self._tries, who, tries)
        return 0.0

    def succeeded(self, who: str) -> None:
        """The try that was just allowed was right."""
        self._tries.pop(who, None)
        if who not in self._known:
            self._left = min(BURST, self._left + 1)
        _remember(self._known, who, None)

    def _take(self, now: float) -> float:
        """One of the tries of all strangers; else the seconds until there is one."""
        self._left = min(BURST, self._left + (now - self._at) / EACH)
        self._at = now
        if self._left < 1:
            return (1 - self._left) * EACH
        self._left -= 1
        return 0.0


def _remember(where: OrderedDict[str, T], who: str, what: T) -> None:
    where[who] = what
    where.move_to_end(who)
    while len(where) > REMEMBERED:
        where.popitem(last=False)
