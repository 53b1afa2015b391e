"""A guider that is PHD2."""

import asyncio
import math
from collections import deque
from contextlib import suppress
from typing import Any

from hardware.devices import (
    GuideMark,
    GuideState,
    GuideStatus,
    GuideStep,
    GuideTrace,
    Marked,
    Settle,
)
from hardware.errors import DeviceError, DeviceLost, DeviceRefused
from hardware.phd2.link import LOST, Event, Link

CONNECT_SECONDS = 60.0  # for PHD2 to connect to its camera and mount
CALIBRATION_SECONDS = 600.0  # and to choose a star
MARGIN_SECONDS = 10.0  # PHD2 gives up settling by itself; this is for the case that it does not say so
STOP_SECONDS = 30.0  # the exposure under way may be long
POLL_SECONDS = 0.5
STEPS = 60  # the last minutes of guiding tell how well it goes
# PHD2's words for what it does; it loops or has a star selected without sending any pulse.
STATES = {
    "Stopped": GuideState.STOPPED, "Selected": GuideState.STOPPED, "Looping": GuideState.STOPPED,
    "Calibrating": GuideState.CALIBRATING, "Guiding": GuideState.GUIDING, "LostLock": GuideState.LOST,
    "Paused": GuideState.PAUSED,
}  # fmt: skip
MARKS = {
    "StartGuiding": Marked.GUIDING, "StartCalibration": Marked.CALIBRATING, "GuidingDithered": Marked.DITHER,
    "StarLost": Marked.LOST, "Paused": Marked.PAUSED, "GuidingStopped": Marked.STOPPED,
}  # fmt: skip
ENDS = {"SettleDone", "CalibrationFailed", "GuidingStopped", LOST}


class Phd2Guider:
    """Satisfies Guider over an open link; made by the opener, which links `hear` to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._link: Link | None = None
        self._steps: deque[tuple[float, float]] = deque(maxlen=STEPS)
        self.trace = GuideTrace()
        self._settling = False
        self._alert = ""
        self._end: asyncio.Future[Event] | None = None

    async def connect(self, host: str, port: int) -> None:
        """DeviceMissing when PHD2 is not there, DeviceError when its own gear cannot be connected."""
        self._link = await Link.open_(self.name, host, port, self.hear)
        try:
            if not await self._ask("get_connected"):
                await self._ask("set_connected", [True], CONNECT_SECONDS)
            scale = await self._ask("get_pixel_scale")
        except BaseException:
            await self.close()
            raise
        self.trace.arcsec_per_px = float(scale) if scale else None
        self.trace.profile = await self._profile()

    async def _profile(self) -> str:
        """PHD2's own, by its name; for people only."""
        try:
            told = await self._ask("get_profile")
        except DeviceLost:
            raise
        except DeviceError:
            return ""
        return str(told.get("name", "")) if isinstance(told, dict) else ""

    async def close(self) -> None:
        """PHD2 goes on with what it does."""
        if self._link is not None:
            await self._link.close()

    @property
    def lost(self) -> bool:
        return self._link is None or self._link.lost

    def hear(self, event: Event) -> None:
        """One event of PHD2."""
        kind = event["Event"]
        self._note(kind, event)
        if kind == "GuideStep":
            self._steps.append((_number(event, "RADistanceRaw"), _number(event, "DECDistanceRaw")))
        elif kind in {"SettleBegin", "Settling"}:
            self._settling = True
        elif kind == "StartGuiding":
            self._steps.clear()
        elif kind == "Alert":
            self._alert = str(event.get("Msg", ""))
        if kind in ENDS:
            self._settling = False
            if self._end is not None and not self._end.done():
                self._end.set_result(event)

    def _note(self, kind: str, event: Event) -> None:
        now = asyncio.get_running_loop().time()
        if kind == "GuideStep":
            self.trace.add(_step(event, now))
        elif kind == "SettleDone":
            what = Marked.NOT_SETTLED if event.get("Status") else Marked.SETTLED
            self.trace.add(GuideMark(now, what))
        elif kind in MARKS:
            self.trace.add(GuideMark(now, MARKS[kind]))

    async def status(self) -> GuideStatus:
        state = STATES.get(str(await self._ask("get_app_state")), GuideState.STOPPED)
        rms = self._rms() if state is GuideState.GUIDING else None
        scale = self.trace.arcsec_per_px
        on_sky = None if rms is None or scale is None else rms * scale
        return GuideStatus(state, rms, on_sky, self._settling and state is GuideState.GUIDING)

    async def start(self, settle: Settle) -> None:
        try:
            if (await self.status()).state is GuideState.PAUSED:
                await self._ask("set_paused", [False])
            self._steps.clear()
            await self._settled(
                "guide", {"settle": _settle(settle), "recalibrate": False}, settle, CALIBRATION_SECONDS
            )
        except asyncio.CancelledError:
            with suppress(DeviceError):  # gone, there is nobody to stop
                await self._ask("stop_capture")
            raise

    async def stop(self) -> None:
        await self._ask("stop_capture")
        limit = asyncio.timeout(STOP_SECONDS)
        try:
            async with limit:
                # While paused PHD2 says so whether it captures or not.
                while (state := (await self.status()).state) is not GuideState.STOPPED:
                    if state is GuideState.PAUSED:
                        await self._ask("set_paused", [False])
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as late:
            raise DeviceError(
                self.name, f"PHD2 still guides {STOP_SECONDS:g} s after it was stopped"
            ) from late

    async def pause(self) -> None:
        await self._ask("set_paused", [True, "full"])

    async def resume(self) -> None:
        await self._ask("set_paused", [False])

    async def dither(self, pixels: float, ra_only: bool, settle: Settle) -> None:
        if (state := (await self.status()).state) is not GuideState.GUIDING:
            raise DeviceRefused(self.name, f"it cannot dither: {state.value}")
        params = {"amount": pixels, "raOnly": ra_only, "settle": _settle(settle)}
        await self._settled("dither", params, settle, 0.0)

    async def flip_calibration(self) -> None:
        await self._ask("flip_calibration")

    async def forget_calibration(self) -> None:
        await self._ask("clear_calibration")

    async def _settled(self, method: str, params: Event, settle: Settle, more: float) -> None:
        """Ask, and wait for SettleDone: `settle.within` and `more` seconds."""
        limit = asyncio.timeout(settle.within + more + MARGIN_SECONDS)
        try:
            async with limit:
                while self._settling:  # PHD2 refuses a second request meanwhile
                    await self._next_end()
                self._alert = ""
                end = self._expect()
                await self._ask(method, params)
                event = await end
        except TimeoutError as late:
            raise DeviceError(self.name, f"PHD2 did not say that it has settled{self._said()}") from late
        self._judge(event)

    def _expect(self) -> "asyncio.Future[Event]":
        if self._end is None or self._end.done():
            self._end = asyncio.get_running_loop().create_future()
        return self._end

    async def _next_end(self) -> None:
        await asyncio.shield(self._expect())

    def _judge(self, event: Event) -> None:
        match event["Event"]:
            case "SettleDone" if not event.get("Status"):
                return
            case "SettleDone":
                problem = f"not settled: {event.get('Error') or 'PHD2 does not say why'}"
            case "CalibrationFailed":
                problem = f"the calibration failed: {event.get('Reason') or 'PHD2 does not say why'}"
            case "GuidingStopped":
                problem = "guiding was stopped"
            case _:
                raise DeviceLost(self.name, "the connection to PHD2 broke")
        raise DeviceError(self.name, f"{problem}{self._said()}", advice=LOOK)

    def _said(self) -> str:
        return f" (PHD2: {self._alert})" if self._alert else ""

    async def _ask(self, method: str, params: object = None, within: float | None = None) -> Any:
        if self._link is None:
            raise DeviceLost(self.name, "PHD2 is not connected")
        if within is None:
            return await self._link.ask(method, params)
        return await self._link.ask(method, params, within)

    def _rms(self) -> float | None:
        if not self._steps:
            return None
        return math.sqrt(sum(ra * ra + dec * dec for ra, dec in self._steps) / len(self._steps))


LOOK = "Look at PHD2: its star, its exposure, its calibration."


def _settle(settle: Settle) -> dict[str, float]:
    """PHD2 takes whole seconds or fractions alike."""
    return {"pixels": settle.pixels, "time": settle.seconds, "timeout": settle.within}


def _step(event: Event, now: float) -> GuideStep:
    """A pulse to the east, or to the south, counts negative."""
    ra, dec = _number(event, "RADuration"), _number(event, "DECDuration")
    return GuideStep(
        now, _number(event, "RADistanceRaw"), _number(event, "DECDistanceRaw"),
        -ra if event.get("RADirection") == "East" else ra,
        -dec if event.get("DECDirection") == "South" else dec,
        _number(event, "SNR") if "SNR" in event else None,
    )  # fmt: skip


def _number(event: Event, key: str) -> float:
    value = event.get(key, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0
