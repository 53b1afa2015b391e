"""An INDI weather station: its readings, and its verdict."""

import re
from collections.abc import Iterable

from hardware.devices import Conditions
from hardware.errors import DeviceError
from hardware.indi.device import IndiDevice
from hardware.indi.link import Property, State
from hardware.indi.properties import Gone

NEEDS = ("WEATHER_PARAMETERS", "WEATHER_STATUS")
MISSED_UPDATES = 3
OLD_SECONDS = 300.0  # for a station that names no period
NO_PERIOD = 'Have it measure by itself: setup = { "WEATHER_UPDATE.PERIOD" = 30 }, if its driver has that.'
_M_S = {"kph": 1 / 3.6, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "mph": 0.44704, "knots": 0.514444, "m/s": 1.0}


# Each driver has names of its own; where several fit, the label's unit tells what is meant.
RAIN = ("WEATHER_RAIN_RATE", "WEATHER_RAIN_HOUR")
GUST = ("WEATHER_WIND_GUST",)
CLOUD = ("WEATHER_CLOUD_COVER", "WEATHER_CLOUDS", "WEATHER_CLOUD")
DARKNESS = ("WEATHER_SQM", "WEATHER_SKY_QUALITY", "WEATHER_LIGHT", "SKY_QUALITY")
_MAGNITUDES = ("mag", "mpsas")


class IndiWeather(IndiDevice):
    """Satisfies ObservingConditions and SafetyMonitor. Made by IndiOpener."""

    async def safe(self) -> bool:
        """Ok and Busy (INDI's "warning": still inside the limits) are safe, Alert is not.

        DeviceError when the station comes to no verdict, or has been silent for three of its periods; for
        OLD_SECONDS where it has none.
        """
        self._require_fresh()
        verdict = await self._remote.until("WEATHER_STATUS", lambda prop: prop.state is not State.IDLE)
        return verdict.state is not State.ALERT

    async def conditions(self) -> Conditions:
        """DeviceError as in `safe`: an old reading is no reading."""
        self._require_fresh()
        return Conditions(
            celsius=self._reading("WEATHER_TEMPERATURE"),
            humidity_percent=self._reading("WEATHER_HUMIDITY"),
            wind_m_s=self._speed("WEATHER_WIND_SPEED"),
            rain_mm_h=self._first(RAIN),
            gust_m_s=self._speed(*GUST),
            # An infrared sensor's sky temperature stands under the same name.
            cloud_percent=self._first(CLOUD, ("%",)),
            sky_quality=self._first(DARKNESS, _MAGNITUDES),
        )

    async def changed(self) -> None:
        """A new reading or verdict has come, or the station has gone."""
        with self._remote.watch() as watch:
            while True:
                match await watch.next():
                    case Gone():
                        return
                    case Property(name=name) if name in NEEDS:
                        return
                    case _:
                        continue

    def _require_fresh(self) -> None:
        prop = self._remote.get("WEATHER_PARAMETERS")
        if prop.state is State.ALERT:
            raise DeviceError(self.name, "it could not read its sensors")
        update = self._remote.find("WEATHER_UPDATE")
        period = update and update.values.get("PERIOD")
        age = self._remote.age("WEATHER_PARAMETERS")
        # Without a period, or with 0, it measures only when it is asked to: then it must be told to measure.
        every = period if isinstance(period, float) and period > 0 else None
        if age > (OLD_SECONDS if every is None else every * MISSED_UPDATES):
            said = f"its last reading is {age:.0f} s old"
            raise DeviceError(self.name, said, advice=NO_PERIOD if every is None else None)

    def _reading(self, element: str) -> float | None:
        value = self._remote.get("WEATHER_PARAMETERS").values.get(element)
        return value if isinstance(value, float) else None

    def _first(self, elements: Iterable[str], units: tuple[str, ...] = ("",)) -> float | None:
        """The first of the elements that there is, whose label speaks of one of the units."""
        for element in elements:
            value, label = self._reading(element), self._label(element).lower()
            if value is not None and any(unit in label for unit in units):
                return value
        return None

    def _speed(self, element: str) -> float | None:
        """Metres per second. The unit is in the label only, "Wind (kph)"; INDI's habit is km/h."""
        value = self._reading(element)
        unit = re.search(r"\(([^)]+)\)", self._label(element))
        return None if value is None else value * _M_S.get(unit.group(1).lower() if unit else "kph", 1 / 3.6)

    def _label(self, element: str) -> str:
        return self._remote.get("WEATHER_PARAMETERS").labels.get(element, "")
