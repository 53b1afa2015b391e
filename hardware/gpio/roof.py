"""A roof on the header: two relays, two limit switches, and no belief in anything but those."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from hardware.devices import RoofState, Slaving
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported, LimitsContradict
from hardware.gpio.inputs import Input
from hardware.gpio.motor import RoofMotor, reached
from hardware.gpio.roof_rules import Motor, Stand, Verdict, decide, where
from hardware.wiring import RoofWiring, Switch

# The switches are looked at so often while it moves, should an edge have been missed.
LOOK_SECONDS = 0.2
ADVICE = {
    Verdict.OVERTIME: "Look what blocks it, and at its limit switch; raise motor_seconds if it is slow.",
    Verdict.STALLED: "Look what blocks it, at the motor's power, and at its limit switch.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Movement:
    goal: Motor
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class GpioRoof:
    """Satisfies Roof. Whatever ends a movement, the relays are off before the caller hears of it."""

    slaving: Slaving | None = None

    def __init__(self, name: str, factory: Any, wiring: RoofWiring) -> None:
        self.name, self._wiring = name, wiring
        self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
        self._movement: _Movement | None = None
        with ExitStack() as opened:
            self._motor = RoofMotor(name, factory, wiring)
            opened.callback(self._motor.release)
            self._open = self._limit(factory, wiring.open_limit_pin)
            opened.callback(self._open.release)
            self._closed = self._limit(factory, wiring.closed_limit_pin)
            opened.pop_all()

    @property
    def lost(self) -> bool:
        return self._motor.lost or self._open.lost or self._closed.lost

    async def state(self) -> RoofState:
        """LimitsContradict while both limit switches are on."""
        self._notice_the_end()
        known = where(self._open.active(), self._closed.active(), self._motor.runs)
        if known is None:
            raise LimitsContradict(self.name, Verdict.CONTRADICTION.value)
        return known

    async def open(self) -> None:
        """DeviceRefused while it is closing, `close` while it is opening: its motor must stand first."""
        await self._go(Motor.OPENING)

    async def close(self) -> None:
        await self._go(Motor.CLOSING)

    async def stop(self) -> None:
        """Relays off at once; whoever commanded a movement hears DeviceError.

        DeviceUnsupported when its controller has no way to be stopped.
        """
        self._abandon()
        if not self._motor.can_stop:
            raise DeviceUnsupported(
                self.name, "its controller cannot be stopped", advice="Wire its stop button: stop_pin."
            )

    def release(self) -> None:
        """Relays off, and all pins given back."""
        for part in (self._motor, self._open, self._closed):
            part.release()

    async def _go(self, goal: Motor) -> None:
        going = self._movement
        if going is None:
            await self._move(goal)
        elif going.goal is goal:
            await self._join(going)
        else:
            raise DeviceRefused(
                self.name, "it moves the other way", advice="Stop it, or wait until it stands, and try again."
            )

    async def _move(self, goal: Motor) -> None:
        mine = self._movement = _Movement(goal)
        try:
            while (verdict := self._step(mine)) is Verdict.GOES_ON and self._movement is mine:
                await self._some_time()
            self._conclude(verdict, goal)
        except BaseException:
            if self._movement is mine:
                self._abandon()
            raise
        finally:
            if self._movement is mine:
                self._movement = None
            mine.ended.set()

    async def _join(self, going: _Movement) -> None:
        """Who finds it on its way there waits for the same end, and stops it when cancelled."""
        try:
            await going.ended.wait()
        except asyncio.CancelledError:
            if self._movement is going:
                self._abandon()
            raise
        self._conclude(decide(self._stand(going.goal)).verdict, going.goal)

    async def _some_time(self) -> None:
        """Until a limit switch turns, and LOOK_SECONDS at most."""
        self._news.clear()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    def _step(self, movement: _Movement) -> Verdict:
        """Look at the switches and do what the rules say, at this very moment."""
        self._notice_the_end()
        if movement is not self._movement:
            return Verdict.GOES_ON  # it has been stopped: nothing may run on its behalf
        decision = decide(self._stand(movement.goal))
        if decision.verdict is Verdict.ARRIVED:
            self._motor.at_end()
        elif decision.motor is Motor.OFF:
            if self._motor.runs is not Motor.OFF:
                self._halt()
        elif decision.motor is not self._motor.runs:
            self._motor.run(decision.motor)
        return decision.verdict

    def _stand(self, goal: Motor) -> Stand:
        wiring, now, since = self._wiring, self._loop.time(), self._motor.since
        return Stand(
            goal=goal,
            open_limit=self._open.active(),
            closed_limit=self._closed.active(),
            motor=self._motor.runs,
            overtime=reached(now, since + wiring.motor_seconds),
            overdue=reached(now, since + wiring.leave_seconds),
            rested=self._motor.rested(goal, wiring.reverse_pause_seconds),
        )

    def _conclude(self, verdict: Verdict, goal: Motor) -> None:
        if verdict is Verdict.ARRIVED:
            return
        if verdict is Verdict.CONTRADICTION:
            raise LimitsContradict(self.name, verdict.value)
        said = "it was stopped on its way" if verdict is Verdict.GOES_ON else verdict.value
        raise DeviceError(self.name, f"{said} ({goal.value})", advice=ADVICE.get(verdict))

    def _abandon(self) -> None:
        """Nobody wants it to move any more."""
        self._movement = None
        self._news.set()
        self._halt()

    def _halt(self) -> None:
        """Off, if that can be done; else it is still believed to run."""
        if self._motor.can_stop:
            self._motor.run(Motor.OFF)

    def _notice_the_end(self) -> None:
        """A motor that nobody can stop has stopped by itself at its end, or when its time is over."""
        motor, movement = self._motor, self._movement
        if motor.can_stop or motor.runs is Motor.OFF or (movement and movement.goal is motor.runs):
            return
        end = self._open if motor.runs is Motor.OPENING else self._closed
        if end.active() or reached(self._loop.time(), motor.since + self._wiring.motor_seconds):
            motor.at_end()

    def _limit(self, factory: Any, pin: int) -> Input:
        wiring = self._wiring
        switch = Switch(pin, wiring.limit_active, wiring.limit_pull, wiring.debounce_seconds)
        return Input(self.name, factory, switch, quick=True, tell=lambda _: self._news.set())
