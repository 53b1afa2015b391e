"""Cooling and warming the camera, gently: a ramp spares the sensor window and the seals.

Stop leaves the cooler at the last temperature it was told: cold and steady is the safe state, and
whoever stopped may go on or call `warm`. CoolingFailed leaves it so too.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from appliance.bus import Publish, Said, State
from appliance.errors import BadProfile, CoolingFailed
from hardware.devices import Camera, Cooler

SOURCE = "cooling"
OFF_SECONDS = (2.0, 8.0, 20.0, 60.0, 120.0, 300.0)  # after each time it is told to go off
AT_REST_PERCENT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolerAim(State):
    """Where the camera is being taken, °C, not the ramp on the way; None once the cooler is off."""

    celsius: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingSettings:
    """BadProfile for values that cannot work.

    degrees_per_minute: the ramp. tolerance, stable_seconds: cooled means this close (°C) for so long.
    limit_seconds: how long after the end of the ramp the sensor may still be on its way.
    warm_celsius: warming ends here, or earlier where the air is colder: once the sensor has not
    become warmer for `stall_seconds`. poll_seconds: between readings. say_seconds: between progress lines.
    """

    degrees_per_minute: float = 5.0
    tolerance: float = 0.5
    stable_seconds: float = 20.0
    limit_seconds: float = 300.0
    warm_celsius: float = 15.0
    stall_seconds: float = 30.0
    poll_seconds: float = 2.0
    say_seconds: float = 30.0

    def __post_init__(self) -> None:
        for name in ("degrees_per_minute", "tolerance", "limit_seconds", "stall_seconds", "poll_seconds",
                     "say_seconds"):  # fmt: skip
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
    ramp.announce("Cooling")
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

    In colder air the sensor cannot get there: the cooler then goes off when the sensor becomes no
    warmer, or at the time limit. Raises CoolingFailed when it goes on cooling all the same, else DeviceError.
    """
    cooler = camera.cooler
    if cooler is None:
        _say(publish, f"{camera.name} has no cooler; nothing to warm.")
        return None
    start = await cooler.celsius()
    ramp = _Ramp(cooler, start, max(start, settings.warm_celsius), publish, settings)
    sensor = await _warm_up(ramp, settings) if ramp.seconds > 0 else start
    await _switch_off(camera.name, cooler)
    publish(CoolerAim(source=SOURCE, celsius=None))
    _say(publish, f"Warmed: {sensor:.1f} °C, cooler off.")
    return sensor


async def _switch_off(name: str, cooler: Cooler) -> None:
    """Off, and looked at: a cooler that did not hear it is told again."""
    for wait in OFF_SECONDS:
        await cooler.off()
        await asyncio.sleep(wait)
        power = await cooler.power_percent()
        if power is None or power < AT_REST_PERCENT:
            return
    said = f"The cooler of {name} was told to go off and still works with {power:.0f} %."
    raise CoolingFailed(said, advice="Switch the camera's power off by hand when it is warm.")


async def _warm_up(ramp: "_Ramp", settings: CoolingSettings) -> float:
    def warm_enough(_: float, sensor: float) -> bool:
        return sensor >= ramp.end - settings.tolerance

    ramp.announce("Warming")
    sensor, _ = await ramp.follow("Warming", warm_enough, until_idle=True)
    return sensor


class _Standstill:
    """Since when has the sensor become no warmer, although its setpoint is?"""

    def __init__(self) -> None:
        self._warmest, self._since = -math.inf, 0.0

    def seconds(self, now: float, sensor: float, told: float, tolerance: float) -> float:
        """How long; 0 when it is where it should be, or has just risen."""
        if sensor >= min(self._warmest + tolerance / 2, told - tolerance):
            self._warmest, self._since = sensor, now
        return now - self._since


class _Ramp:
    """A setpoint that moves steadily from `start` to `end` while the sensor follows."""

    def __init__(
        self, cooler: Cooler, start: float, end: float, publish: Publish, settings: CoolingSettings
    ) -> None:
        self._cooler, self._publish, self._settings = cooler, publish, settings
        self.start, self.end = start, end
        self.seconds = abs(end - start) / settings.degrees_per_minute * 60
        self._told: float | None = None
        self._standstill = _Standstill()

    def announce(self, doing: str) -> None:
        """Say what is about to happen, and how long it takes."""
        way = f"{doing} from {self.start:.1f} °C to {self.end:.1f} °C"
        _say(self._publish, f"{way} in about {_duration(self.seconds)}.")

    async def follow(
        self, doing: str, there: Callable[[float, float], bool], *, until_idle: bool = False
    ) -> tuple[float, bool]:
        """Ramp until `there(now, sensor)`; False with it when the time limit came first.

        `until_idle`: also there when the sensor comes no nearer, because only the air warms it.
        """
        self._publish(CoolerAim(source=SOURCE, celsius=self.end))
        clock = asyncio.get_running_loop().time
        began = said = clock()
        while True:
            now = clock()
            await self._tell(now - began)
            sensor = await self._cooler.celsius()
            if there(now, sensor) or (until_idle and self._idle(now, sensor)):
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

    def _idle(self, now: float, sensor: float) -> bool:
        """True when the cooler has no work left: the setpoint is warmer than the air can make the sensor.

        The power does not tell: some drivers report 0 always, and any cooler rests after a warmer setpoint.
        """
        told = self._told if self._told is not None else self.end
        standstill = self._standstill.seconds(now, sensor, told, self._settings.tolerance)
        return standstill >= self._settings.stall_seconds


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


async def _power(cooler: Cooler) -> str:
    power = await cooler.power_percent()
    return "" if power is None else f" with the cooler at {power:.0f} %"


def _say(publish: Publish, text: str) -> None:
    publish(Said(source=SOURCE, text=text, routine=True))
