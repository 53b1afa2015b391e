"""The relays of a roof's motor: never two at once."""

import asyncio
from contextlib import suppress
from typing import Any

from hardware.errors import DeviceLost, DeviceRefused
from hardware.gpio.debounce import EARLY_SECONDS
from hardware.gpio.pins import Claimed, output_pin
from hardware.gpio.roof_rules import Motor
from hardware.wiring import NONE, RoofWiring


class RoofMotor(Claimed):
    """One relay for each direction. Mode "hold": energised while it moves. Mode "pulse": a push on the
    button of a controller that goes on by itself; `stop_pin`, where there is one, is its stop button.
    """

    def __init__(self, name: str, factory: Any, wiring: RoofWiring) -> None:
        super().__init__(name)
        self._loop, self._pulse = asyncio.get_running_loop(), wiring.pulse_seconds
        self._pushes = wiring.mode == "pulse"
        # Who moved it before us, and whether it stands, is not known: as if it had stopped just now.
        self.runs, self.since, self._last = Motor.OFF, self._loop.time(), Motor.OFF
        self._release: asyncio.TimerHandle | None = None
        if wiring.stop_pin != NONE and not self._pushes:
            raise DeviceRefused(name, 'stop_pin is for mode = "pulse" only', advice="Take stop_pin out.")
        pins = {Motor.OPENING: wiring.open_pin, Motor.CLOSING: wiring.close_pin, Motor.OFF: wiring.stop_pin}
        self._relays: dict[Motor, Any] = {}
        high = wiring.relay_active == "high"
        try:
            for direction, pin in pins.items():
                if pin != NONE:
                    self._relays[direction] = self._hold(output_pin(factory, name, pin, active_high=high))
        except BaseException:
            self.release()
            raise

    @property
    def can_stop(self) -> bool:
        """False for a controller that, once pushed, runs to its end."""
        return not self._pushes or Motor.OFF in self._relays

    def rested(self, direction: Motor, pause: float) -> bool:
        """May it turn this way? At once if it did so last, else after a pause."""
        return self._last is direction or reached(self._loop.time(), self.since + pause)

    def run(self, direction: Motor) -> None:
        """Switch the relays, all others off first; OFF stops the roof even when another moved it."""
        if direction is not self.runs:
            self.runs, self.since = direction, self._loop.time()
            self._last = self._last if direction is Motor.OFF else direction
        self._all_off()
        if relay := self._relays.get(direction):
            self._set(relay, 1)
            if self._pushes:
                self._release = self._loop.call_later(self._pulse, self._all_off)

    def at_end(self) -> None:
        """The roof is at its end: a controller that goes on by itself has stopped it."""
        if not self._pushes:
            self.run(Motor.OFF)
        elif self.runs is not Motor.OFF:
            self.runs, self.since = Motor.OFF, self._loop.time()

    def release(self) -> None:
        with suppress(DeviceLost):
            self._all_off()
        super().release()

    def _all_off(self) -> None:
        self._forget_release()
        failed = []
        for relay in self._relays.values():
            try:
                self._set(relay, 0)
            except DeviceLost as lost:  # the others must be tried all the same
                failed.append(lost)
        if failed:
            raise failed[0]

    def _forget_release(self) -> None:
        if self._release:
            self._release.cancel()
            self._release = None


def reached(now: float, moment: float) -> bool:
    """Is it as late as this, but for rounding?"""
    return now >= moment - EARLY_SECONDS
