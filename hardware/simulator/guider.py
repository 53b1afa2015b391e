"""The simulated guider: a program with a camera of its own, which holds a star while it sees one."""

import asyncio
from math import cos, radians, sqrt
from random import Random

from hardware.devices import (
    J2000,
    GuideMark,
    GuideState,
    GuideStatus,
    GuideStep,
    GuideTrace,
    Marked,
    Settle,
)
from hardware.errors import DeviceError, DeviceRefused
from hardware.simulator.axis import loop_now
from hardware.simulator.guide_star import GuideBench
from hardware.simulator.guided import Guided
from hardware.simulator.sides import other
from hardware.simulator.sky import Sky
from hardware.simulator.sphere import on_sphere
from hardware.simulator.world import GuiderModel

LOOK_SECONDS = 2.0
LONGEST_SECONDS = 300.0  # so much of a time when nobody asked is made up for
MS_PER_PX = 400.0
SEEN = {
    GuideState.GUIDING: Marked.GUIDING, GuideState.CALIBRATING: Marked.CALIBRATING,
    GuideState.LOST: Marked.LOST, GuideState.PAUSED: Marked.PAUSED, GuideState.STOPPED: Marked.STOPPED,
}  # fmt: skip


class SimulatedGuider:
    """As PHD2 behaves, without its wire. Calibrated on the other side of the pier it drives its star away."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._random = Random(sky.world.seed)
        self._noise = Random(sky.world.seed)  # of its own: who looks changes no dither
        self.trace = GuideTrace(sky.world.guider.arcsec_per_px, "Simulator")
        self._next_look, self._looked = 0.0, False

    @property
    def _model(self) -> GuiderModel:
        return self._sky.world.guider

    @property
    def _bench(self) -> GuideBench:
        return self._sky.guide

    @property
    def _guided(self) -> Guided:
        return self._sky.axes.guided

    async def status(self) -> GuideStatus:
        state = self._state()
        self._look(state, loop_now())
        if state is not GuideState.GUIDING:
            return GuideStatus(state)
        rms = self._model.rms_px
        return GuideStatus(state, rms, rms * self._model.arcsec_per_px, self._bench.settling)

    def _look(self, state: GuideState, now: float) -> None:
        """What it has seen since somebody asked last."""
        if state is not GuideState.GUIDING or not self._looked:
            self._next_look = now
            self._mark(SEEN[state])
        self._looked = state is GuideState.GUIDING
        self._catch_up(now)

    def _catch_up(self, now: float) -> None:
        self._next_look = max(self._next_look, now - LONGEST_SECONDS)
        while self._looked and self._next_look <= now:
            ra, dec = (self._noise.gauss(0.0, self._model.rms_px / sqrt(2)) for _ in range(2))
            step = GuideStep(self._next_look, ra, dec, MS_PER_PX * ra, MS_PER_PX * dec, 25.0)
            self.trace.add(step)
            self._next_look += LOOK_SECONDS

    def _mark(self, what: Marked) -> None:
        self._catch_up(loop_now())
        self.trace.add(GuideMark(loop_now(), what))

    def _state(self) -> GuideState:
        if self._bench.calibrating:
            return GuideState.CALIBRATING
        if self._bench.paused:
            return GuideState.PAUSED
        if not self._guided.on:
            return GuideState.STOPPED
        seen = self._sky.visible and self._guided.sees(loop_now())
        return GuideState.GUIDING if seen else GuideState.LOST

    async def start(self, settle: Settle) -> None:
        self._end()
        await asyncio.sleep(self._model.find_seconds)
        if not self._star_there():
            raise DeviceError(self.name, "no star was found")
        await self._calibrate()
        if self._bench.calibrated_on is not self._sky.axes.pier_side:
            await asyncio.sleep(settle.within)
            raise DeviceError(self.name, "not settled: the star ran away, driven the wrong way")
        self._guided.hold(loop_now())
        try:
            await self._settle(settle)
        except asyncio.CancelledError:
            self._end()
            raise

    async def stop(self) -> None:
        self._end()

    async def pause(self) -> None:
        if self._guided.on:
            self._bench.locked = self._guided.let_go(loop_now())
        self._bench.paused = True

    async def resume(self) -> None:
        locked, self._bench.paused, self._bench.locked = self._bench.locked, False, None
        if locked is not None and self._star_there():
            self._guided.hold(loop_now(), locked)

    async def dither(self, pixels: float, ra_only: bool, settle: Settle) -> None:
        if (state := self._state()) is not GuideState.GUIDING:
            raise DeviceRefused(self.name, f"it cannot dither: {state.value}")
        here, step = self._guided.held(loop_now()), pixels * self._model.arcsec_per_px / 3600
        ra = step * (2 * self._random.random() - 1)
        dec = 0.0 if ra_only else step * (2 * self._random.random() - 1)
        there = on_sphere(here.ra_deg + ra / max(cos(radians(here.dec_deg)), 0.01), here.dec_deg + dec)
        self._mark(Marked.DITHER)
        self._guided.hold(loop_now(), J2000(there.ra_deg, there.dec_deg))
        await self._settle(settle)

    async def flip_calibration(self) -> None:
        if self._bench.calibrated_on is None:
            raise DeviceError(self.name, "could not flip calibration: there is none")
        self._bench.calibrated_on = other(self._bench.calibrated_on)

    async def forget_calibration(self) -> None:
        self._bench.calibrated_on = None

    def _star_there(self) -> bool:
        sky = self._sky
        return sky.visible and sky.axes.really_tracking and sky.guide_star.visible(loop_now())

    async def _calibrate(self) -> None:
        bench = self._bench
        if bench.calibrated_on is not None:
            return
        bench.calibrating = True
        try:
            await asyncio.sleep(self._model.calibrate_seconds)
        finally:
            bench.calibrating = False
        if not self._star_there():
            raise DeviceError(self.name, "the calibration failed: the star was lost")
        bench.calibrated_on = self._sky.axes.pier_side

    async def _settle(self, settle: Settle) -> None:
        self._bench.settling = True
        try:
            await asyncio.sleep(min(settle.seconds, settle.within))
        finally:
            self._bench.settling = False
        if settle.seconds > settle.within or self._state() is not GuideState.GUIDING:
            self._mark(Marked.NOT_SETTLED)
            raise DeviceError(self.name, f"not settled within {settle.within:g} s")
        self._mark(Marked.SETTLED)

    def _end(self) -> None:
        if self._guided.on:
            self._guided.let_go(loop_now())
        self._bench.paused, self._bench.locked = False, None
