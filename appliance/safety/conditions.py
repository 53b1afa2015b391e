"""The second verdict: is it any use going on? It has the sequence wait, and has no say over the roof."""

from collections.abc import Callable

from appliance.bus import Publish, Said
from appliance.observer import Observer
from appliance.safety.messages import ConditionsState
from appliance.safety.verdict import Opinion

SOURCE = "conditions"
BAD, GOOD = "conditions.bad", "conditions.good"
UNHEARD = "not every sensor has been heard yet"


class Conditions:
    """Its state now; `hold` is called with why to wait, in plain words, and with "" when nothing is why."""

    def __init__(self, observer: Observer, publish: Publish) -> None:
        self._observer, self._publish = observer, publish
        self.hold: Callable[[str], None] = lambda _: None
        self.state = ConditionsState(source=SOURCE, good=None)

    def begin(self) -> None:
        """There are sources: before they have been heard nothing is begun."""
        self._publish(self.state)
        self.hold(UNHEARD)

    def take(self, opinion: Opinion) -> None:
        """Publish what has changed, and hold the sequence or let it go on."""
        old = self.state
        if (opinion.good, opinion.reasons) == (old.good, old.reasons):
            return
        changed = opinion.good is not old.good
        since = self._observer.unix() if changed else old.since
        self.state = ConditionsState(
            source=SOURCE, good=opinion.good, reasons=opinion.reasons, since=since
        )  # fmt: skip
        self._publish(self.state)
        self.hold("" if opinion.good else "; ".join(opinion.reasons) or UNHEARD)
        if changed:
            self._say(old.good)

    def _say(self, before: bool | None) -> None:
        if self.state.good is False:
            text = f"The conditions are not good: {'; '.join(self.state.reasons)}."
            self._publish(Said(source=SOURCE, text=text, code=BAD))
        elif before is False:
            self._publish(Said(source=SOURCE, text="The conditions are good again.", code=GOOD))
