"""A bench of wires: gpiozero's mock pins, with a roof's motor and limit switches between them.

Physics are computed when a relay switches and when the roof reaches a switch; on the loop's clock.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.devices import DeviceSpec

OPEN, CLOSE, STOP, OPEN_LIMIT, CLOSED_LIMIT = 5, 6, 13, 17, 27
ROOF = {"open_pin": "GPIO5", "close_pin": 6.0, "open_limit_pin": "BOARD11", "closed_limit_pin": "GPIO27"}


def spec(name: str, **setup: Any) -> DeviceSpec:
    return DeviceSpec("gpio", name, setup)


class WiredPin(MockPWMPin):  # type: ignore[misc]
    """It tells the bench when it switches a relay; a closed contact holds it against its pull."""

    bench: "Electrics | None" = None
    sensed: Callable[[], bool] | None = None

    def _get_state(self) -> Any:
        """What the pin reads; a sensor on it is looked at at this moment."""
        return self.sensed() if self.sensed and self.function == "input" else super()._get_state()

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        if self.bench:
            self.bench.press()

    def _change_state(self, value: Any) -> Any:
        changed = super()._change_state(value)
        if changed and self.bench and self.function == "output":
            self.bench.switched()
        return changed


class Electrics:
    """`place` of the roof: 0 closed, 1 open; its switches close to ground within `reach` of the ends.

    `hold`: the motor turns while a relay is on. Else it is a controller: a push starts it, it stops by
    itself at the ends, and at a push on its stop button.
    """

    def __init__(
        self, seconds: float = 20.0, place: float = 0.0, reach: float = 0.02, hold: bool = True
    ) -> None:
        self.factory = MockFactory(pin_class=WiredPin)
        self.seconds, self.reach, self.hold = seconds, reach, hold
        self.jammed = self.stuck_closed_switch = False
        self.direction, self.log = 0, list[tuple[float, int]]()
        self.both_on = False
        self._place, self._since = place, 0.0
        self._timers: list[asyncio.TimerHandle] = []
        self.limits = {1.0: self.factory.pin(OPEN_LIMIT), 0.0: self.factory.pin(CLOSED_LIMIT)}
        for number in (OPEN, CLOSE, STOP, OPEN_LIMIT, CLOSED_LIMIT):
            self.factory.pin(number).bench = self
        self.press()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def place(self) -> float:
        if not self.direction or self.jammed:
            return self._place
        gone = self.direction * (self.now - self._since) / self.seconds
        return min(max(self._place + gone, 0.0), 1.0)

    def relays(self) -> tuple[bool, bool]:
        """Which of the relays for opening and closing are on."""
        return self._on(OPEN), self._on(CLOSE)

    def _on(self, number: int) -> bool:
        pin = self.factory.pin(number)
        return pin.function == "output" and bool(pin.state)

    def switched(self) -> None:
        """A relay has changed: the motor turns another way from here."""
        opening, closing = self.relays()
        self.both_on |= opening and closing
        if self.hold or opening or closing:
            self._turn(opening - closing)
        elif self._on(STOP):
            self._turn(0)

    def _turn(self, direction: int) -> None:
        if direction == self.direction:
            return
        self._place, self._since, self.direction = self.place, self.now, direction
        self.log.append((self.now, direction))
        for timer in self._timers:
            timer.cancel()
        loop, here = asyncio.get_running_loop(), self._place
        gone = [self.reach, 1 - self.reach, 0.0, 1.0]
        self._timers = [
            loop.call_later(abs(mark - here) * self.seconds + 1e-4, self.press)
            for mark in gone
            if direction and (mark - here) * direction >= 0
        ]

    def press(self) -> None:
        """The switches as the roof stands now; the controller stops at an end."""
        place = self.place if self.direction else self._place
        for end, pin in self.limits.items():
            on = abs(place - end) <= self.reach or (end == 0.0 and self.stuck_closed_switch)
            pin.drive_low() if on else pin.drive_high()
        if not self.hold and self.direction and place in {0.0, 1.0}:
            self._turn(0)
