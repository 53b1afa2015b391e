"""Roof, park sensor and buzzer on the Pi's own pins.

The roof's rules are the controller's: never both relays, a pause before the motor may turn the other way,
off at the limit, off after its time, off when the telescope leaves its park position.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from appliance.guardian import pins
from appliance.guardian.clock import Clock
from appliance.guardian.problems import Trouble
from appliance.guardian.rig import StillParked

LOOK_SECONDS = 0.02
MOTOR_SECONDS, PAUSE_SECONDS, PULSE_SECONDS = 60.0, 2.0, 0.5  # as in the profile


class Input(Protocol):
    """A line that is read."""

    def get(self) -> bool: ...


class Relay(Protocol):
    """A line that is driven."""

    def set(self, active: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class RoofLines:
    """The roof's wiring; `stop` only where the motor is told by pulses."""

    opening: Relay
    closing: Relay
    stop: Relay | None
    open_limit: Input | None
    closed_limit: Input


@dataclass(frozen=True, slots=True)
class RoofTimes:
    """Seconds; `pulse` None: the relay is held while the roof moves."""

    motor: float
    pause: float
    pulse: float | None


class GpioSensor:
    """Satisfies ParkSensor."""

    def __init__(self, line: Input) -> None:
        self._line = line

    def parked(self) -> bool:
        return self._line.get()


class GpioRoof:
    """Satisfies Roof. Its relays are off from the moment it is made."""

    def __init__(self, name: str, lines: RoofLines, times: RoofTimes, clock: Clock) -> None:
        self.name, self._lines, self._times, self._clock = name, lines, times, clock
        self._rested = clock.now()
        self._relays_off()

    def closed(self) -> bool:
        closed = self._lines.closed_limit.get()
        if closed and self._lines.open_limit is not None and self._lines.open_limit.get():
            raise Trouble(f"{self.name}: both limit switches are on")
        return closed

    def close(self, within: float, still_parked: StillParked) -> None:
        if self.closed():
            return
        # The motor may have been opening when the controller died.
        self._clock.sleep(max(0.0, self._rested + self._times.pause - self._clock.now()))
        try:
            self._press(self._lines.closing)
            self._until_closed(min(within, self._times.motor), still_parked)
        except BaseException:
            self.stop()
            raise
        self._relays_off()

    def stop(self) -> None:
        self._relays_off()
        if self._lines.stop is not None and self._times.pulse is not None:
            self._press(self._lines.stop)
        self._rested = self._clock.now()

    def _until_closed(self, within: float, still_parked: StillParked) -> None:
        ends = self._clock.now() + within
        while not self.closed():
            if not still_parked():
                raise Trouble(f"{self.name} was stopped: the telescope is not parked any more")
            if self._clock.now() >= ends:
                raise Trouble(f"{self.name} is not closed after {within:g} s of its motor")
            self._clock.sleep(LOOK_SECONDS)

    def _press(self, relay: Relay) -> None:
        """Hold it, or press it as long as a button."""
        relay.set(True)
        if self._times.pulse is not None:
            try:
                self._clock.sleep(self._times.pulse)
            finally:
                relay.set(False)

    def _relays_off(self) -> None:
        for relay in (self._lines.opening, self._lines.closing, self._lines.stop):
            if relay is not None:
                relay.set(False)


def gpio_roof(chip: Path, name: str, setup: Mapping[str, Any], clock: Clock) -> GpioRoof:
    """By the keys of the profile's [roof.setup]; Trouble when a key or a line is missing."""
    active = setup.get("relay_active", "high")
    try:
        lines = RoofLines(
            opening=pins.output(chip, setup["open_pin"], active),
            closing=pins.output(chip, setup["close_pin"], active),
            stop=pins.output(chip, setup["stop_pin"], active) if "stop_pin" in setup else None,
            open_limit=pins.sensor(chip, setup, "open_limit_pin", "limit_") if _has_open(setup) else None,
            closed_limit=pins.sensor(chip, setup, "closed_limit_pin", "limit_"),
        )
        times = RoofTimes(
            float(setup.get("motor_seconds", MOTOR_SECONDS)),
            float(setup.get("reverse_pause_seconds", PAUSE_SECONDS)),
            float(setup.get("pulse_seconds", PULSE_SECONDS)) if setup.get("mode") == "pulse" else None,
        )
    except KeyError as missing:
        raise Trouble(f"{name}: its setup has no {missing.args[0]}") from missing
    return GpioRoof(name, lines, times, clock)


def _has_open(setup: Mapping[str, Any]) -> bool:
    return "open_limit_pin" in setup


class Buzzer:
    """An active buzzer behind a line; None is none. It never stands in the way of anything.

    `take` gives the line, and is called when it first has to sound: until then the roof comes first.
    """

    def __init__(self, take: Callable[[], Relay] | None) -> None:
        self._take = take
        self._line: Relay | None = None

    def sound(self, on: bool) -> None:
        """Loud or quiet."""
        with contextlib.suppress(Trouble):
            if self._line is None and on and self._take is not None:
                self._line = self._take()
            if self._line is not None:
                self._line.set(on)
