"""The sharpness of the newest frames, whoever took them: of looks by hand and of subs."""

from collections import deque
from dataclasses import dataclass

from appliance.bus import Bus, State
from appliance.byhand.look_messages import FocusLook
from appliance.observer import Observer
from appliance.sequence.messages import SubSaved
from appliance.sequence.vitals import FocuserState

MOST = 100


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """`at` in UTC seconds since 1970; HFR in pixels; position (steps) and °C None when unknown."""

    at: float
    hfr: float
    position: int | None
    celsius: float | None
    sub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusTrend(State):
    """The newest MOST frames, oldest first."""

    frames: tuple[TrendPoint, ...] = ()


async def watch_trend(bus: Bus, observer: Observer) -> None:
    """Gather them for as long as the box lives."""
    frames: deque[TrendPoint] = deque(maxlen=MOST)
    focuser, frame = FocuserState(source="focuser", position=0, celsius=None), 0
    is_known = False
    with bus.subscribe(FocusLook, SubSaved, FocuserState) as mailbox:
        async for message in mailbox:
            point = None
            match message:
                case FocuserState():
                    focuser, is_known = message, True
                case SubSaved(hfr=float(hfr)):
                    position = focuser.position if is_known else None
                    point = TrendPoint(observer.unix(), hfr, position, focuser.celsius, sub=True)
                case FocusLook(frame=number, hfr=hfr) if number != frame:
                    frame = number
                    if hfr is not None:
                        point = TrendPoint(observer.unix(), hfr, message.position, message.celsius)
                case _:
                    pass
            if point is not None:
                frames.append(point)
                bus.publish(FocusTrend(source="focus", frames=tuple(frames)))
