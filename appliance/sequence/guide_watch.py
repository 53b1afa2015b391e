"""What the guider does now, whoever told it: looked up every few seconds, published when it changes."""

import asyncio
from dataclasses import dataclass

from appliance.bus import Bus, State
from appliance.errors import DeviceError
from appliance.observer import Observer
from appliance.rig import Rig
from hardware.devices import GuideState, GuideStatus

AWAY, SETTLING = "away", "settling"  # beside the words of GuideState
ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidingNow(State):
    """`doing` is a word of GuideState, "settling" after a start or dither, "away" while it is not connected.

    `rms_px` (guide camera) and `rms_arcsec` as in GuideStatus, to a hundredth; `lost_since` is since when the
    star is lost, UTC in seconds since 1970, None while it is not.
    """

    doing: str
    rms_px: float | None = None
    rms_arcsec: float | None = None
    lost_since: float | None = None


async def watch_guiding(rig: Rig, observer: Observer, bus: Bus, every: float) -> None:
    """For as long as the box runs; for rigs with a guider."""
    before: GuidingNow | None = None
    while True:
        now = guiding_now(await _asked(rig), observer.unix(), before)
        if now != before:
            bus.publish(now)
        before = now
        await asyncio.sleep(every)


def guiding_now(status: GuideStatus | None, utc_unix: float, before: GuidingNow | None) -> GuidingNow:
    """As it is to be shown; `status` None: the guider is away."""
    if status is None:
        return GuidingNow(source="guider", doing=AWAY)
    lost = status.state is GuideState.LOST
    since = before.lost_since if before is not None and before.lost_since is not None else utc_unix
    return GuidingNow(
        source="guider", doing=SETTLING if status.settling else status.state.value,
        rms_px=_short(status.rms_px), rms_arcsec=_short(status.rms_arcsec),
        lost_since=since if lost else None,
    )  # fmt: skip


async def _asked(rig: Rig) -> GuideStatus | None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return None if rig.guider is None else await rig.guider.status()
    except (DeviceError, TimeoutError):
        return None  # whoever needs it will say so


def _short(value: float | None) -> float | None:
    """A hundredth is more than anybody reads, and keeps the noise from being news."""
    return None if value is None else round(value, 2)
