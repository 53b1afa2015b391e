"""What the heaters go by: the air, the tube, and how much the battery still holds."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.bus import Publish, Said
from appliance.errors import DeviceError
from appliance.outputs.dew import dew_point_celsius
from appliance.profile import Profile
from appliance.rig import Rig
from hardware.devices import Power

SOURCE = "outputs"
EVERY_SECONDS = 30.0
ASK_SECONDS = 20.0
FRESH_SECONDS = 300.0  # air does not change faster than that
BACK_PERCENT = 5.0  # so much above the limit before heaters go on again


@dataclass(frozen=True, slots=True)
class _Reading:
    """The weather's word at a moment of the loop's clock."""

    at: float
    celsius: float
    dew_point: float


class Surroundings:
    """Asks again and again, and tells `changed` each time; the last good answer holds for five minutes."""

    def __init__(self, profile: Profile, rig: Rig, publish: Publish, changed: Callable[[], None]) -> None:
        self._rig, self._publish, self._changed = rig, publish, changed
        self._weather = profile.weather is not None
        self._wanted = any(output.mode == "dew" for output in profile.output)
        supply = profile.power_device
        self._shed_below = supply.shed_below_percent if supply else 0.0
        self._reading: _Reading | None = None
        self._tube: float | None = None
        self._silent_since: float | None = None
        self._complained = False
        self.saving = False
        """The battery is low and feeds the box: nothing is heated."""

    @property
    def has_weather(self) -> bool:
        return self._weather

    @property
    def shed_below(self) -> float:
        return self._shed_below

    def spread(self, probe: str) -> float | None:
        """How far the air, or the tube at the focuser, is above the dew point; None when nobody knows."""
        reading = self._reading
        if reading is None or _now() - reading.at > FRESH_SECONDS:
            return None
        tube = self._tube if probe == "focuser" else None
        return (reading.celsius if tube is None else tube) - reading.dew_point

    async def run(self) -> None:
        """For as long as the box runs."""
        self._silent_since = _now()
        while True:
            await self._look()
            self._changed()
            await asyncio.sleep(EVERY_SECONDS)

    def want_weather(self) -> None:
        """Somebody goes by the dew point: its silence is worth a line."""
        self._wanted = True

    async def _look(self) -> None:
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                await self._ask_weather()
        self._judge_silence()
        self._tube = None
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                self._tube = await self._rig.focuser.celsius() if self._rig.focuser else None
        if self._shed_below:
            with suppress(DeviceError, TimeoutError):
                async with asyncio.timeout(ASK_SECONDS):
                    await self._ask_power()

    async def _ask_weather(self) -> None:
        await self._rig.bring("weather")
        if (station := self._rig.weather) is None:
            return
        air = await station.conditions()
        if air.celsius is not None and air.humidity_percent is not None:
            dew_point = dew_point_celsius(air.celsius, air.humidity_percent)
            self._reading = _Reading(_now(), air.celsius, dew_point)

    async def _ask_power(self) -> None:
        await self._rig.bring("power")
        if (supply := self._rig.power) is not None:
            self._judge_power(await supply.power())

    def _judge_power(self, power: Power) -> None:
        percent, limit = power.battery_percent, self._shed_below + (BACK_PERCENT if self.saving else 0.0)
        low = percent is not None and not power.mains and percent < limit
        if low and not self.saving:
            self._say(
                f"The battery is at {percent:.0f} %: nothing is heated below {self._shed_below:g}.", "warning"
            )
        elif self.saving and not low:
            self._say("There is power again: heaters are on again.")
        self.saving = low

    def _judge_silence(self) -> None:
        """Said once when it begins to matter, once when it is over."""
        if not (self._weather and self._wanted):
            return
        heard = self._reading.at if self._reading else self._silent_since
        silent = heard is not None and _now() - heard > FRESH_SECONDS
        if silent and not self._complained:
            self._say(
                "No temperature and humidity for 5 minutes: dew heaters are at their fallback.", "warning",
                "Look at the weather station; one that does not measure both cannot guide dew heaters.",
            )  # fmt: skip
        elif self._complained and not silent:
            self._say("Dew heaters go by the dew point again.")
        self._complained = silent

    def _say(self, text: str, level: str = "info", advice: str = "") -> None:
        self._publish(Said(source=SOURCE, text=text, level=level, advice=advice))


def _now() -> float:
    return asyncio.get_running_loop().time()
