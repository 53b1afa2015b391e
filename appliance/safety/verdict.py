"""From what the sources say to a verdict: bad at once or after a hold-off, good again after a while."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf


class Level(Enum):
    """What follows from a bad word: the roof closes, or the sequence waits."""

    SAFETY = "safety"
    CONDITIONS = "conditions"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that speaks against it: which `limit`, in plain words, for how many seconds at least."""

    limit: str
    text: str
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Opinion:
    """The verdict at one moment; `reasons` say why it is not good."""

    good: bool | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against it now, and in how many seconds it counts: 0 when it does."""

    text: str
    counts_in: float


@dataclass(frozen=True, slots=True)
class Account:
    """How one source stands with a judge; seconds of the loop's clock.

    `age`: since it was last heard, None before that. `clear_in`: for how long it must still be well, 0 when
    nothing is waited for, None while something speaks against it.
    """

    age: float | None
    stale_after: float
    doubts: tuple[Doubt, ...] = ()
    clear_in: float | None = 0.0


@dataclass(slots=True)
class _Heard:
    """When a source was last heard (loop time; at first: when listening began), and what it objects to.

    `doubted`: it was bad, and has not been well for `clear` seconds since.
    """

    name: str
    clear: float
    at: float
    doubted: bool
    ever: bool = False
    objections: dict[str, tuple[Objection, float]] = field(default_factory=dict)
    good_since: float | None = None

    def hear(self, objections: Iterable[Objection], now: float) -> None:
        before = self.objections
        self.at, self.ever = now, True
        self.objections = {one.limit: (one, before.get(one.limit, (one, now))[1]) for one in objections}

    def look(self, now: float, stale: float) -> tuple[list[str], bool]:
        """What speaks against it, and whether any of that counts already."""
        if now >= self.at + stale:
            said, counts = [f"{self.name} is silent for {stale:g} s"], True
        else:
            said = [f"{self.name}: {one.text}" for one, _ in self.objections.values()]
            counts = any(now >= since + one.after for one, since in self.objections.values())
        if said or not self.ever:
            self.good_since, self.doubted = None, self.doubted or bool(said)
        elif self.good_since is None:
            self.good_since = now
        if self.good_since is not None and now >= self.good_since + self.clear:
            self.doubted = False
        return said, counts

    def account(self, now: float, stale: float) -> Account:
        """For a person; changes nothing."""
        age = now - self.at if self.ever else None
        if now >= self.at + stale:
            return Account(age, stale, (Doubt(f"silent for {stale:g} s", 0.0),), None)
        doubts = tuple(
            Doubt(one.text, max(0.0, since + one.after - now)) for one, since in self.objections.values()
        )
        if doubts or (self.doubted and self.good_since is None):
            return Account(age, stale, doubts, None)
        left = self.good_since + self.clear - now if self.doubted and self.good_since is not None else 0.0
        return Account(age, stale, (), max(0.0, left))

    def due(self, now: float, stale: float) -> float:
        """When it may mean something else without having said anything."""
        moments = [self.at + stale, *(since + one.after for one, since in self.objections.values())]
        if self.doubted and self.good_since is not None:
            moments.append(self.good_since + self.clear)
        return min((moment for moment in moments if moment > now), default=inf)


class Judge:
    """Weighs the named sources. All moments are of the loop's clock, in seconds.

    `patience`: for how long each source must be well after a bad word. `good` is where it starts: None, or
    False when it was bad a short while ago.
    """

    def __init__(
        self, patience: Mapping[str, float], stale_seconds: float, now: float, *, good: bool | None = None
    ) -> None:
        self._stale, self._good = stale_seconds, good
        self._sources = {name: _Heard(name, clear, now, good is False) for name, clear in patience.items()}

    def hear(self, name: str, objections: Iterable[Objection], now: float) -> None:
        """A source has answered: with what it objects to, nothing when all is well."""
        self._sources[name].hear(objections, now)

    def look(self, now: float) -> Opinion:
        """The verdict now. A source that is silent for `stale_seconds` objects by its silence."""
        looks = [source.look(now, self._stale) for source in self._sources.values()]
        said = tuple(text for texts, _ in looks for text in texts)
        if any(counts for _, counts in looks):
            self._good = False
        elif not said and self._may_be_good():
            self._good = True
        return Opinion(self._good, said or self._waiting())

    def account(self, name: str, now: float) -> Account | None:
        """How that source stands; None for one that this judge does not hear."""
        source = self._sources.get(name)
        return None if source is None else source.account(now, self._stale)

    def due(self, now: float) -> float:
        """The next moment at which a look may tell something else though nobody has said anything."""
        return min((source.due(now, self._stale) for source in self._sources.values()), default=inf)

    def _may_be_good(self) -> bool:
        """Nobody objects; but have all been heard, and is it so for long enough?"""
        every = self._sources.values()
        patient = self._good is None or not any(one.doubted for one in every)
        return patient and all(one.ever for one in every)

    def _waiting(self) -> tuple[str, ...]:
        if self._good is not False:
            return ()
        waits = [source.clear for source in self._sources.values() if source.doubted]
        return (f"all is well again, but not yet for {max(waits, default=0.0) / 60:g} minutes",)
