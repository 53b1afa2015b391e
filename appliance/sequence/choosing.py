"""Which target when: the first of the plan that is up, unless it is left alone for a while."""

import math
from dataclasses import dataclass, field

from appliance.sequence.progress import Work
from appliance.sequence.taking import Turn
from appliance.sequence.tonight import Tonight

PAUSE_MINUTES = (5.0, 10.0, 20.0)  # after the first trouble, the second, and every further one in a row


@dataclass(slots=True)
class Choice:
    """What is known of the targets tonight. Moments are UTC seconds, targets are their index in the plan."""

    sky: Tonight
    _not_before: dict[int, float] = field(default_factory=dict)
    _left: dict[int, tuple[int, int]] = field(default_factory=dict)
    _resting: set[int] = field(default_factory=set)
    _again: dict[int, float] = field(default_factory=dict)

    def turn(self, left: list[Work], now: float) -> Turn | None:
        """The turn of the first that is up; it yields when one before it opens again."""
        yields = math.inf
        for work in left:
            window = self.sky.window(work.index, now)
            if window is not None and self._open_from(work) <= now:
                return Turn(work, window.ends, yields)
            yields = min(yields, self.opens(work, now))
        return None

    def opens(self, work: Work, now: float) -> float:
        """When there is use in it next, after now; infinity when there is none tonight."""
        after = max(now, self._open_from(work))
        if self.sky.window(work.index, after) is not None:
            return after
        return self.sky.rises(work.index, max(now, after - 1.0))

    def next(self, left: list[Work], now: float) -> tuple[float, Work]:
        """Whichever opens first, and when."""
        return min(((self.opens(one, now), one) for one in left), key=lambda pair: pair[0])

    def rests(self, work: Work) -> bool:
        """Is it left because of a trouble, not because it is low?"""
        return work.index in self._resting

    def repeats(self, work: Work, moment: float) -> None:
        """Its next repetition begins then, and not before."""
        self._again[work.index] = moment

    def repeating(self, work: Work, now: float) -> bool:
        """Does it wait for the time of its next repetition, and for nothing else?"""
        return self._again.get(work.index, 0.0) > now >= self._not_before.get(work.index, 0.0)

    def not_before(self, work: Work, moment: float) -> None:
        """No use before then, without any trouble."""
        self._not_before[work.index] = moment
        self._resting.discard(work.index)

    def leave(self, work: Work, saved: int, now: float) -> tuple[float, bool]:
        """Leave it for some minutes, which are returned, and True for the first time in a row.

        `saved` counts its subs: one more since the last trouble, and the row begins anew.
        """
        before, times = self._left.get(work.index, (saved, 0))
        times = times if before == saved else 0
        minutes = PAUSE_MINUTES[min(times, len(PAUSE_MINUTES) - 1)]
        self._left[work.index] = saved, times + 1
        self._not_before[work.index] = now + 60 * minutes
        self._resting.add(work.index)
        return minutes, times == 0

    def _open_from(self, work: Work) -> float:
        return max(self._not_before.get(work.index, 0.0), self._again.get(work.index, 0.0))
