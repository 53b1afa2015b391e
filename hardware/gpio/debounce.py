"""From a contact that bounces to one answer. Pure: moments are given, of any one clock, in seconds."""

# So many edges over so long without a rest between them are no contact: a loose wire, a pin that floats.
FLUTTER_EDGES, FLUTTER_SECONDS = 20, 1.0
# A timer may be that early: clocks are rounded.
EARLY_SECONDS = 1e-6


class Debounce:
    """`level` is the answer; it turns to `quick` at the first edge, away from it after `seconds` of rest."""

    def __init__(self, level: bool, quick: bool, seconds: float) -> None:
        self.level, self._quick, self._seconds = level, quick, seconds
        self._raw = level
        self._last: float | None = None
        self._restless_since, self._edges = 0.0, 0

    @property
    def rests_at(self) -> float | None:
        """When to `look` again, None when there is nothing to wait for."""
        return None if self._last is None else self._last + self._seconds

    def edge(self, raw: bool, now: float) -> bool:
        """The pin is seen at a level; True when this turned the answer."""
        before = self.level
        if raw is not self._raw:
            self.look(now)
            self._raw, self._last = raw, now
            self._restless_since = self._restless_since if self._edges else now
            self._edges += 1
            if raw is self._quick:
                self.level = raw
        self.look(now)
        return self.level is not before

    def look(self, now: float) -> bool:
        """Some time has passed; True when this turned the answer."""
        if self.rests_at is None or now < self.rests_at - EARLY_SECONDS:
            return False
        before, self.level = self.level, self._raw
        self._last, self._edges = None, 0
        return self.level is not before

    def flutters(self, now: float) -> bool:
        """Has it not come to rest for too long?"""
        self.look(now)
        return self._edges >= FLUTTER_EDGES and now - self._restless_since >= FLUTTER_SECONDS
