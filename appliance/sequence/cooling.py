"""Cooling and warming the camera, gently: a ramp spares the sensor window and the seals.

Stop leaves the cooler at the last temperature it was told: cold and steady is the safe state, and
whoever stopped may go on or call `warm`. CoolingFailed leaves it so too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from appliance.bus import Publish, Said
from appliance.errors import BadProfile, CoolingFailed
from hardware.devices import Camera, Cooler

SOURCE = "cooling"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingSettings:
    """BadProfile for values that cannot work.

    degrees_per_minute: the ramp. tolerance, stable_seconds: cooled means this close (°C) for so long.
    limit_seconds: how long after the end of the ramp the sensor may still be on its way.
    warm_celsius: warming ends here, or earlier where the air is colder. poll_seconds: between
    readings. say_seconds: between progress lines.
    """

    degrees_per_minute: float = 5.0
    tolerance: float = 0.5
    stable_seconds: float = 20.0
    limit_seconds: float = 300.0
    warm_celsius: float = 15.0
    poll_seconds: float = 2.0
    say_seconds: float = 30.0

    def __post_init__(self) -> None:
        positive = ("degrees_per_minute", "tolerance", "limit_seconds", "poll_seconds", "say_seconds")
        for name in positive:
            if getattr(self, name) <= 0:
                raise BadProfile(f"cooling.{name}", "must be above 0")
        if self.stable_seconds < 0:
            raise BadProfile("cooling.stable_seconds", "must not be negative")


async def cool(camera: Camera, celsius: float, publish: Publish, settings: CoolingSettings) -> float | None:
    """Ramp to a temperature and wait until it is held; returns the sensor's, None without a cooler.

    Raises CoolingFailed when the sensor is still off `limit_seconds` after the ramp, else DeviceError.
    """
    if camera.cooler is None:
        _say(publish, f"{camera.name} has no cooler; going on at the temperature it has.")
        return None
    ramp = _Ramp(camera.cooler, await camera.cooler.celsius(), celsius, publish, settings)
    minutes = ramp.seconds / 60
    _say(publish, f"Cooling from {ramp.start:.1f} °C to {celsius:.1f} °C in about {minutes:.0f} min.")
    good_since: float | None = None

    def held(now: float, sensor: float) -> bool:
        nonlocal good_since
        if abs(sensor - celsius) > settings.tolerance:
            good_since = None
        elif good_since is None:
            good_since = now
        return good_since is not None and now - good_since >= settings.stable_seconds

    sensor, reached = await ramp.follow("Cooling", held)
    if not reached:
        power = await _power(camera.cooler)
        raise CoolingFailed(
            f"{camera.name} did not reach {celsius:.1f} °C in time: it is at {sensor:.1f} °C{power}."
        )
    _say(publish, f"Cooled: {sensor:.1f} °C, steady.")
    return sensor


async def warm(camera: Camera, publish: Publish, settings: CoolingSettings) -> float | None:
    """Ramp up to `warm_celsius`, then switch the cooler off; returns the sensor's °C, None without one.

    In colder air the sensor cannot get there: the cooler then goes off when its power reaches 0, or
    at the time limit. Raises DeviceError only.
    """
    cooler = camera.cooler
    if cooler is None:
        _say(publish, f"{camera.name} has no cooler; nothing to warm.")
        return None
    start = await cooler.celsius()
    ramp = _Ramp(cooler, start, max(start, settings.warm_celsius), publish, settings)
    sensor = await _warm_up(ramp, settings) if ramp.seconds > 0 else start
    await cooler.off()
    _say(publish, f"Warmed: {sensor:.1f} °C, cooler off.")
    return sensor


async def _warm_up(ramp: "_Ramp", settings: CoolingSettings) -> float:
    def warm_enough(_: float, sensor: float) -> bool:
        return sensor >= ramp.end - settings.tolerance

    ramp.say(f"Warming from {ramp.start:.1f} °C to {ramp.end:.1f} °C in about {ramp.seconds / 60:.0f} min.")
    sensor, _ = await ramp.follow("Warming", warm_enough, until_idle=True)
    return sensor


class _Ramp:
    """A setpoint that moves steadily from `start` to `end` while the sensor follows."""

    def __init__(
        self, cooler: Cooler, start: float, end: float, publish: Publish, settings: CoolingSettings
    ) -> None:
        self._cooler, self._publish, self._settings = cooler, publish, settings
        self.start, self.end = start, end
        self.seconds = abs(end - start) / settings.degrees_per_minute * 60
        self._told: float | None = None
        self._worked = False

    def say(self, text: str) -> None:
        _say(self._publish, text)

    async def follow(
        self, doing: str, there: Callable[[float, float], bool], *, until_idle: bool = False
    ) -> tuple[float, bool]:
        """Ramp until `there(now, sensor)`; False with it when the time limit came first.

        `until_idle`: also there when the cooler reports no power although the setpoint is warmer.
        """
        clock = asyncio.get_running_loop().time
        began = said = clock()
        while True:
            now = clock()
            await self._tell(now - began)
            sensor = await self._cooler.celsius()
            if there(now, sensor) or (until_idle and await self._idle(sensor)):
                return sensor, True
            if now - began > self.seconds + self._settings.limit_seconds:
                return sensor, False
            if now - said >= self._settings.say_seconds:
                said = now
                _say(
                    self._publish,
                    f"{doing}: {sensor:.1f} °C{await _power(self._cooler)}, to {self.end:.1f} °C.",
                )
            await asyncio.sleep(self._settings.poll_seconds)

    async def _tell(self, elapsed: float) -> None:
        part = min(1.0, elapsed / self.seconds) if self.seconds > 0 else 1.0
        setpoint = round(self.start + part * (self.end - self.start), 1)
        # Whole degrees are fine enough for a ramp, and spare the camera's USB line.
        if (
            self._told is None
            or abs(setpoint - self._told) >= 1.0
            or (part == 1.0 and setpoint != self._told)
        ):
            await self._cooler.aim(setpoint)
            self._told = setpoint

    async def _idle(self, sensor: float) -> bool:
        """True when the cooler worked, has stopped, and the air cannot warm the sensor to its setpoint."""
        power = await self._cooler.power_percent()
        # Some drivers report 0 always: that alone must not switch off a cold camera.
        self._worked = self._worked or (power is not None and power > 0)
        told = self._told if self._told is not None else self.end
        return self._worked and power == 0 and told > sensor + self._settings.tolerance


async def _power(cooler: Cooler) -> str:
    power = await cooler.power_percent()
    return "" if power is None else f" with the cooler at {power:.0f} %"


def _say(publish: Publish, text: str) -> None:
    publish(Said(source=SOURCE, text=text))
