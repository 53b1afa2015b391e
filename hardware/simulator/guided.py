"""What a guider adds to where the mount alone would point: a function of time, as the axes are.

While it sees its star, the star stands where it was locked; from the moment it was last seen, and after
guiding has ended, the mount goes on by itself with what had been corrected until then.
"""

from collections.abc import Callable
from typing import Protocol

from hardware.devices import J2000
from hardware.simulator.sphere import on_sphere, wrapped
from hardware.simulator.tracking import Tracking

LEFT_BEHIND_SECONDS = 0.5  # the sky runs away from a mount that stands still, faster than pulses follow
HALVINGS = 40
Offsets = tuple[float, float]


class Star(Protocol):
    """Whether there is a star to be seen."""

    def last_seen(self, since: float, moment: float) -> float:
        """The last moment of the loop's clock between these two when it was; `since` when it was not."""
        ...


class Guided:
    """Mutable: one per rig. `alone` is where the mount points without any of this."""

    def __init__(self, motor: Tracking, alone: Callable[[float], J2000]) -> None:
        self.star: Star | None = None
        self._motor, self._alone = motor, alone
        self._offset: Offsets = (0.0, 0.0)
        self._lock: J2000 | None = None
        self._since = self._run = 0.0

    @property
    def on(self) -> bool:
        """Does it hold a star, or would if it saw one?"""
        return self._lock is not None

    def sees(self, moment: float) -> bool:
        """Is the star that it holds there?"""
        return self.on and self._last_seen(moment) >= moment

    def held(self, moment: float) -> J2000:
        """Where the telescope points."""
        alone = self._alone(moment)
        if self._lock is None or moment < self._since:
            return _moved(alone, self._offset)
        seen = self._last_seen(moment)
        if seen >= moment:
            return self._lock
        return _moved(alone, _apart(self._alone(seen), self._lock))

    def hold(self, moment: float, at: J2000 | None = None) -> None:
        """Hold the star from now on where it is, or at a place near it."""
        here = at or self.held(moment)
        self._lock, self._since, self._run = here, moment, self._motor.seconds(moment)

    def let_go(self, moment: float) -> J2000 | None:
        """Correct no more; what has been corrected stays. Returns where the star was to be."""
        if self._lock is None:
            return None
        lock, self._offset = self._lock, _apart(self._alone(moment), self.held(moment))
        self._lock = None
        return lock

    def forget(self) -> None:
        """The mount goes elsewhere, by its own encoders."""
        self._lock, self._offset = None, (0.0, 0.0)

    def _last_seen(self, moment: float) -> float:
        until = self._followed_until(moment)
        return until if self.star is None else self.star.last_seen(self._since, until)

    def _followed_until(self, moment: float) -> float:
        """Until when the mount has tracked: `moment` when it still does."""
        if self._behind(moment) <= LEFT_BEHIND_SECONDS:
            return moment
        first, last = self._since, moment
        for _ in range(HALVINGS):
            middle = (first + last) / 2
            first, last = (middle, last) if self._behind(middle) <= LEFT_BEHIND_SECONDS else (first, middle)
        return first

    def _behind(self, moment: float) -> float:
        return moment - self._since - (self._motor.seconds(moment) - self._run)


def _apart(here: J2000, there: J2000) -> Offsets:
    return wrapped(there.ra_deg - here.ra_deg), there.dec_deg - here.dec_deg


def _moved(here: J2000, offset: Offsets) -> J2000:
    if offset == (0.0, 0.0):
        return here
    return on_sphere(here.ra_deg + offset[0], here.dec_deg + offset[1])
