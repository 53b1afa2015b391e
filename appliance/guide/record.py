"""The last half hour of guiding as the page draws it: on the sky, by UTC, whichever guider it was."""

import asyncio
import math
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from appliance.errors import DeviceError
from appliance.observer import Observer
from appliance.rig import Rig
from hardware.devices import GuideMark, GuideStep, GuideTrace

KEPT = 1800
EVERY_SECONDS = 5.0
RECENT = 60  # steps that the RMS is of


@dataclass(frozen=True, slots=True)
class Entry:
    """A step, or a mark (`what` is not ""). `at` is UTC in seconds since 1970, `number` grows by one.

    `ra` and `dec` are arcseconds, or pixels where the guider does not know its scale.
    """

    number: int
    at: float
    what: str = ""
    ra: float = 0.0
    dec: float = 0.0
    ra_ms: float = 0.0
    dec_ms: float = 0.0
    snr: float | None = None


@dataclass(frozen=True, slots=True)
class Rms:
    """Of the last minutes' steps, each axis and both together; in the unit of the steps."""

    ra: float
    dec: float
    total: float


class GuideRecord:
    """One per box with a guider; `run` it for as long as the box lives."""

    def __init__(self, rig: Rig, observer: Observer) -> None:
        self._rig, self._observer = rig, observer
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._trace: GuideTrace | None = None
        self._seen = 0
        self.newest = 0

    @property
    def profile(self) -> str:
        """The guider's own, "" where it has none or is away."""
        return "" if self._trace is None else self._trace.profile

    @property
    def on_sky(self) -> bool:
        """Arcseconds, not pixels?"""
        return self._trace is not None and self._trace.arcsec_per_px is not None

    async def run(self) -> None:
        """Take what the guider tells before it forgets it."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_SECONDS)

    def look(self) -> None:
        """Take what is new; a guider that was opened again begins a trace of its own."""
        trace: GuideTrace | None = None
        with suppress(DeviceError):
            trace = None if self._rig.guider is None else self._rig.guider.trace
        if trace is None:
            return
        if trace is not self._trace:
            self._trace, self._seen = trace, 0
        # The loop's clock is the entries'; a person's is UTC.
        utc = self._observer.unix() - asyncio.get_running_loop().time()
        for one in trace.after(self._seen):
            self.newest += 1
            self._entries.append(_entry(self.newest, one, utc, trace.arcsec_per_px or 1.0))
        self._seen = trace.count

    def after(self, number: int) -> tuple[Entry, ...]:
        """What is newer than that number; everything for one that is beyond the newest."""
        since = 0 if number > self.newest else number
        return tuple(one for one in self._entries if one.number > since)

    def rms(self) -> Rms | None:
        """None before the first step; steps before the last start or dither count, too."""
        steps = [one for one in self._entries if not one.what][-RECENT:]
        if not steps:
            return None
        ra, dec = (sum(value * value for value in axis) / len(steps) for axis in _axes(steps))
        return Rms(round(math.sqrt(ra), 3), round(math.sqrt(dec), 3), round(math.sqrt(ra + dec), 3))


def _axes(steps: list[Entry]) -> tuple[list[float], list[float]]:
    return [one.ra for one in steps], [one.dec for one in steps]


def _entry(number: int, one: GuideStep | GuideMark, utc: float, scale: float) -> Entry:
    at = round(one.at + utc, 2)
    if isinstance(one, GuideMark):
        return Entry(number, at, one.what.value)
    ra, dec = round(scale * one.ra_px, 3), round(scale * one.dec_px, 3)
    return Entry(number, at, "", ra, dec, round(one.ra_ms), round(one.dec_ms), one.snr)
