"""The invariants of a night, and the record of what broke them."""

from collections.abc import Callable
from dataclasses import dataclass

INVARIANTS = {
    "roof": "The roof never moves unless the park sensor says parked.",
    "unsafe": "Unsafe leads to a closed roof (without one: a parked mount) in time, or to an alarm about it.",
    "daylight": "The roof is not left open under the Sun, unless the plan asks for it or an alarm says why.",
    "pause": "No sub begins while the conditions are bad.",
    "exposure": "No exposure while the mount slews or the focuser moves.",
    "files": "Every sub marked saved has a complete file, and every complete file is in the journal once.",
    "counted": "No sub is counted twice, and none is left between planned and saved.",
    "plan": "No sub is taken that the plan does not ask for.",
    "window": "Every sub of a target is taken in its time.",
    "crash": "A crash costs at most one sub: what was saved stays saved, and one exposure is lost.",
    "limit": "The mount never tracks past its limit, nor below the horizon.",
    "focus": "After any failure the focuser is where it was, or at a focus that was found.",
    "owners": "No device is commanded by two at once.",
    "safe end": "The night ends safe: parked, roof closed, camera warm, or an error about that at its end.",
    "leaks": "No task, thread or child process stays behind, and no file open.",
    "bugs": "Nothing fails that has no name: every error is one of ours.",
    "ends": "The night ends.",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that did not hold: its name, when (UTC since 1970), and what was seen."""

    name: str
    at: float
    seen: str

    @property
    def sentence(self) -> str:
        """What should have been."""
        return INVARIANTS[self.name]


class Breaches:
    """What was broken, each name once: the first time tells most."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.found: dict[str, Breach] = {}
        self._now = now

    def note(self, name: str, seen: str) -> None:
        """Record a breach unless its name is recorded already."""
        if name not in INVARIANTS:
            raise KeyError(name)
        self.found.setdefault(name, Breach(name, self._now(), seen))
