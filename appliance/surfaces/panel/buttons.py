"""From edges to what a person meant: pressed, pressed twice, held. Pure: moments are seconds of any clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

DOUBLE_SECONDS = 0.6  # between two presses that are meant as one


class Kind(Enum):
    """What was done to one button, or to several together (HELD only)."""

    DOWN = "down"
    TWICE = "twice"
    HELD = "held"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Gesture:
    """`buttons` are those that are meant: one, or for HELD all that had to be held."""

    kind: Kind
    buttons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hold:
    """These buttons and no others, down for so long, are one gesture."""

    buttons: frozenset[str]
    seconds: float


class Presses:
    """One person's fingers. Tell it every edge by `edge`, and ask `due` at the moment that `alarm` gives.

    DOWN comes at once, for a second press soon after the first TWICE instead of it. HELD comes once for as
    long as the same buttons stay down.
    """

    def __init__(self, holds: Iterable[Hold]) -> None:
        self._holds = tuple(holds)
        self._down: frozenset[str] = frozenset()
        self._since = 0.0  # these very buttons are down
        self._held = False
        self._last: tuple[str, float] = "", 0.0

    @property
    def down(self) -> frozenset[str]:
        """The buttons that are pressed now."""
        return self._down

    @property
    def alarm(self) -> float | None:
        """When `due` has something to say, if nothing changes before; None: never."""
        hold = self._hold()
        return None if hold is None else self._since + hold.seconds

    def edge(self, button: str, pressed: bool, at: float) -> list[Gesture]:
        """What it means that a button went down or up; the same news twice means nothing."""
        if pressed is (button in self._down):
            return []
        found = self.due(at)
        self._down = self._down | {button} if pressed else self._down - {button}
        self._since, self._held = at, False
        if not pressed:
            return [*found, Gesture(Kind.UP, frozenset({button}))]
        twice = self._last[0] == button and at - self._last[1] <= DOUBLE_SECONDS
        self._last = ("", 0.0) if twice else (button, at)
        return [*found, Gesture(Kind.TWICE if twice else Kind.DOWN, frozenset({button}))]

    def due(self, at: float) -> list[Gesture]:
        """A hold that is complete by now."""
        hold = self._hold()
        if hold is None or at < self._since + hold.seconds:
            return []
        self._held = True
        return [Gesture(Kind.HELD, hold.buttons)]

    def _hold(self) -> Hold | None:
        """The one that these fingers are about to complete."""
        if self._held:
            return None
        return next((hold for hold in self._holds if hold.buttons == self._down), None)
