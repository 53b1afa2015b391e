"""The alarm of a mount that does not turn to the other side of the pier: it stands still."""

from appliance.bus import Alarm, NeedsPerson
from appliance.errors import FlipFailed
from appliance.sequence.night import Night

SOURCE = "flip"


def raise_alarm(night: Night, failure: FlipFailed) -> None:
    """It stands until the telescope is known to point where it shall, or the night ends."""
    night.down.add(SOURCE)
    night.publish(Alarm(source=SOURCE, text=failure.sentence))
    text = f"{failure.sentence} {failure.advice}"
    night.publish(NeedsPerson(source=SOURCE, text=text, since=night.observer.unix()))


def end_alarm(night: Night) -> None:
    """It is over, if it was raised."""
    if SOURCE in night.down:
        night.down.discard(SOURCE)
        night.publish(Alarm(source=SOURCE))
        night.publish(NeedsPerson(source=SOURCE))
