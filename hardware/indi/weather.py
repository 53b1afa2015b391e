"""An INDI weather station: its readings, and its verdict."""

import re

from hardware.devices import Conditions
from hardware.errors import DeviceError
from hardware.indi.link import State
from hardware.indi.properties import Remote

NEEDS = ("WEATHER_PARAMETERS", "WEATHER_STATUS")
MISSED_UPDATES = 3
_M_S = {"kph": 1 / 3.6, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "mph": 0.44704, "knots": 0.514444, "m/s": 1.0}


class IndiWeather:
    """Satisfies ObservingConditions and SafetyMonitor. Made by IndiOpener."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    @property
    def name(self) -> str:
        return self._remote.name

    @property
    def lost(self) -> bool:
        return self._remote.lost

    async def safe(self) -> bool:
        """Ok and Busy (INDI's "warning": still inside the limits) are safe, Alert is not.

        DeviceError when the station comes to no verdict, or has been silent for three of its periods.
        """
        self._require_fresh()
        verdict = await self._remote.until("WEATHER_STATUS", lambda prop: prop.state is not State.IDLE)
        return verdict.state is not State.ALERT

    async def conditions(self) -> Conditions:
        """DeviceError as in `safe`: an old reading is no reading."""
        self._require_fresh()
        wind = self._reading("WEATHER_WIND_SPEED")
        return Conditions(
            celsius=self._reading("WEATHER_TEMPERATURE"),
            humidity_percent=self._reading("WEATHER_HUMIDITY"),
            wind_m_s=None if wind is None else wind * self._wind_unit(),
            rain_mm_h=self._reading("WEATHER_RAIN_HOUR"),
        )

    def _require_fresh(self) -> None:
        prop = self._remote.get("WEATHER_PARAMETERS")
        if prop.state is State.ALERT:
            raise DeviceError(self.name, "it could not read its sensors")
        update = self._remote.find("WEATHER_UPDATE")
        period = update and update.values.get("PERIOD")
        age = self._remote.age("WEATHER_PARAMETERS")
        if isinstance(period, float) and 0 < period * MISSED_UPDATES < age:
            raise DeviceError(self.name, f"its last reading is {age:.0f} s old")

    def _reading(self, element: str) -> float | None:
        value = self._remote.get("WEATHER_PARAMETERS").values.get(element)
        return value if isinstance(value, float) else None

    def _wind_unit(self) -> float:
        """The unit is in the label only, "Wind (kph)"; INDI's habit is km/h."""
        label = self._remote.get("WEATHER_PARAMETERS").labels.get("WEATHER_WIND_SPEED", "")
        unit = re.search(r"\(([^)]+)\)", label)
        return _M_S.get(unit.group(1).lower() if unit else "kph", 1 / 3.6)
