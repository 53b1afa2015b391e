"""What a guider saw and did lately: one step per look at its star, and marks between them; bounded."""

from collections import deque
from dataclasses import dataclass
from enum import Enum

KEPT = 900  # half an hour of looks every two seconds


class Marked(Enum):
    """What happened between two steps, in words for a person."""

    GUIDING = "guiding"
    CALIBRATING = "calibrating"
    DITHER = "dither"
    SETTLED = "settled"
    NOT_SETTLED = "not settled"
    LOST = "star lost"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One look at the star, at a moment of the loop's clock.

    `ra_px` and `dec_px` are how far it stood from its place, in pixels of the guide camera; `ra_ms` and
    `dec_ms` the pulse that followed, in milliseconds, west and north positive. `snr`: None where not told.
    """

    at: float
    ra_px: float
    dec_px: float
    ra_ms: float = 0.0
    dec_ms: float = 0.0
    snr: float | None = None


@dataclass(frozen=True, slots=True)
class GuideMark:
    """Something other than a step, at a moment of the loop's clock."""

    at: float
    what: Marked


class GuideTrace:
    """One per guider. `arcsec_per_px` None: not known; `profile` is the guider's own, "" for none."""

    def __init__(self, arcsec_per_px: float | None = None, profile: str = "") -> None:
        self.arcsec_per_px, self.profile = arcsec_per_px, profile
        self._entries: deque[GuideStep | GuideMark] = deque(maxlen=KEPT)
        self.count = 0
        """How many there have been, those included that are not kept any more."""

    def add(self, entry: GuideStep | GuideMark) -> None:
        """The newest; a mark that says again what the last entry says is left out."""
        last = self._entries[-1] if self._entries else None
        if isinstance(entry, GuideMark) and isinstance(last, GuideMark) and last.what is entry.what:
            return
        self._entries.append(entry)
        self.count += 1

    def after(self, count: int) -> tuple[GuideStep | GuideMark, ...]:
        """What is new since `count` was so many; what is kept no more is missing."""
        new = max(0, min(self.count - count, len(self._entries)))
        return tuple(self._entries)[len(self._entries) - new :]
