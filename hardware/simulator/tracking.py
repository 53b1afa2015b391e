"""Following the sky, as a function of time: what the motor was told, where it must stop, when it fails.

The motor runs from one command to the next in legs. Within a leg its running time follows from the clock,
the faults of the night and the room that is left before the mount's limit; nothing is counted up.
"""

from dataclasses import dataclass
from math import inf

from hardware.simulator.axis import EARLY_SECONDS
from hardware.simulator.spans import Span, covered
from hardware.simulator.true_time import TrueTime


@dataclass(frozen=True, slots=True)
class Leg:
    """From the moment `begins`, with `before` seconds tracked in all; `room` seconds to the limit."""

    begins: float
    before: float
    on: bool
    room: float


class Tracking:
    """Mutable: the motor's orders. What it did by a moment of the loop's clock follows from them.

    In the spans `failing` (UTC) it stands still and does not know.
    """

    def __init__(self, utc: TrueTime, failing: tuple[Span, ...]) -> None:
        self._utc, self._failing = utc, failing
        self._legs = [Leg(-inf, 0.0, on=False, room=inf)]

    def seconds(self, moment: float) -> float:
        """For how long the motor has really run until now, in the whole night."""
        return self._run(self._leg(moment), moment)

    def ordered(self, moment: float) -> bool:
        """Is it on, as far as the mount knows? Not once it stopped at its limit."""
        leg = self._leg(moment)
        return leg.on and self._run(leg, moment) - leg.before < leg.room - EARLY_SECONDS

    def real(self, moment: float) -> bool:
        """Does the motor run?"""
        utc = self._utc(moment)
        return self.ordered(moment) and not any(begins <= utc < ends for begins, ends in self._failing)

    def order(self, moment: float, on: bool, room: float) -> None:
        """From now on, run or not; orders given for later are void."""
        self._legs = [Leg(moment, self.seconds(moment), on, room)]

    def order_later(self, moment: float, on: bool, room: float) -> None:
        """The same for a moment still to come, after what holds until then."""
        self._legs.append(Leg(moment, self.seconds(moment), on, room))

    def _leg(self, moment: float) -> Leg:
        return next((leg for leg in reversed(self._legs) if leg.begins <= moment), self._legs[0])

    def _run(self, leg: Leg, moment: float) -> float:
        if not leg.on:
            return leg.before
        since = max(0.0, moment - leg.begins)
        if self._failing:
            began = self._utc(leg.begins)
            since -= covered(self._failing, began, began + since)
        return leg.before + min(leg.room, since)
