"""The simulated weather station, and the safety monitor that reads it."""

from hardware.devices import Conditions
from hardware.simulator.sky import Sky


class SimulatedWeather:
    """Temperature follows the time of day; the rest is what the world says."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def conditions(self) -> Conditions:
        weather = self._sky.world.weather
        return Conditions(self._sky.celsius, weather.humidity_percent, weather.wind_m_s, weather.rain_mm_h)


class SimulatedSafetyMonitor:
    """Safe when it is dry and calm."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def safe(self) -> bool:
        weather = self._sky.world.weather
        dry = weather.rain_mm_h <= 0 and weather.humidity_percent <= weather.safe_humidity_percent
        return dry and weather.wind_m_s <= weather.safe_wind_m_s
