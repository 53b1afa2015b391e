"""Is the controller alive? Judged by whether its heartbeat changes, on the guardian's own clock."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from appliance.guardian.brief import read_json

RESTLESS_DEATHS = 3  # deaths without an orderly end ...
RESTLESS_SECONDS = 600.0  # ... within so long: starting again does not help


@dataclass(frozen=True, slots=True)
class Beat:
    """The last heartbeat: a counter, whose it is, and whether the rig is at rest: nothing is at stake."""

    counter: int
    pid: int
    started: int
    at_rest: bool

    @property
    def life(self) -> tuple[int, int]:
        """Which controller: the same pid may come again, its start time does not."""
        return self.pid, self.started


def read_beat(path: Path) -> Beat | None:
    """None when there is none, or it is being damaged."""
    raw = read_json(path)
    try:
        return Beat(int(raw["counter"]), int(raw["pid"]), int(raw["started"]), raw["at_rest"] is True)
    except (KeyError, TypeError, ValueError):
        return None


class Judge:
    """Fed with what is read; says why the guardian must act, "" while it need not.

    `restless` counts the lives that began without the one before having ended in order.
    """

    def __init__(self, now: float, *, remembered: bool = False) -> None:
        self._heard = now
        self._last: Beat | None = None
        self._deaths: deque[float] = deque(maxlen=RESTLESS_DEATHS)
        self.guarding = remembered
        """The rig was not at rest by the last word of a controller."""

    def hear(self, beat: Beat | None, now: float) -> None:
        """What the heartbeat file holds now; the same as last time, and None, is silence."""
        if beat is None or beat == self._last:
            return
        before, self._last, self._heard = self._last, beat, now
        if before is not None and not before.at_rest and before.life != beat.life:
            self._deaths.append(now)
        self.guarding = not beat.at_rest
        if beat.at_rest:
            self._deaths.clear()

    def why(self, now: float, silence_seconds: float) -> str:
        """Why the rig must be made safe now; "" when nothing is the matter."""
        if not self.guarding:
            return ""
        if (silent := now - self._heard) >= silence_seconds:
            return f"Nightbox has given no sign of life for {silent:.0f} s"
        recent = [death for death in self._deaths if now - death <= RESTLESS_SECONDS]
        if len(recent) == RESTLESS_DEATHS:
            return f"Nightbox has died {RESTLESS_DEATHS} times within {RESTLESS_SECONDS / 60:.0f} minutes"
        return ""

    @property
    def victim(self) -> Beat | None:
        """Whose life the last heartbeat was."""
        return self._last

    def rest(self, now: float) -> None:
        """The rig is safe, or somebody else's: guard again from the next heartbeat on."""
        self.guarding, self._heard = False, now
        self._deaths.clear()
