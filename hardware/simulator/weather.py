"""The simulated weather station, and the safety monitor that reads it."""

from hardware.asked import Asked
from hardware.devices import Conditions
from hardware.simulator.sky import Sky


class SimulatedWeather(Asked):
    """It reads the air (atmosphere.py): world, forecast and faults.

    The share of the starlight that clouds take is what it calls their cover.
    """

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def conditions(self) -> Conditions:
        sky, air = self._sky, self._sky.air
        model = sky.world.weather
        return Conditions(
            celsius=air.celsius,
            humidity_percent=air.humidity_percent,
            wind_m_s=air.wind_m_s,
            rain_mm_h=air.rain_mm_h,
            gust_m_s=air.wind_m_s * model.gust_factor,
            cloud_percent=cloud_percent(air.cloud_mag),
            sky_quality=sky.zenith_mag if model.measures_darkness else None,
        )


def cloud_percent(cloud_mag: float) -> float:
    """The share of the light that clouds take, 0 to 100, from the magnitudes."""
    return float(100 * (1 - 10 ** (-0.4 * cloud_mag)))


class SimulatedSafetyMonitor(Asked):
    """Safe when it is dry and calm."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def safe(self) -> bool:
        return monitor_says_safe(self._sky)


def monitor_says_safe(sky: Sky) -> bool:
    """The safety monitor's word on the air of this moment."""
    air, limits = sky.air, sky.world.weather
    dry = air.rain_mm_h <= 0 and air.humidity_percent <= limits.safe_humidity_percent
    return dry and air.wind_m_s <= limits.safe_wind_m_s
