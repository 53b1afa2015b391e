"""Alpaca's safety monitors and weather stations. They can only be asked."""

from hardware.alpaca.base import AlpacaDevice
from hardware.asked import Asked
from hardware.devices import Conditions
from hardware.errors import DeviceError

OLD_SECONDS = 300.0
# What each is called there; ASCOM's units are ours: °C, percent, m/s, mm/h, mag/arcsec².
SENSORS = {
    "celsius": "Temperature", "humidity_percent": "Humidity",
    "wind_m_s": "WindSpeed", "rain_mm_h": "RainRate", "gust_m_s": "WindGust", "cloud_percent": "CloudCover",
    "sky_quality": "SkyQuality",
}  # fmt: skip


class AlpacaSafetyMonitor(AlpacaDevice, Asked):
    """Satisfies SafetyMonitor."""

    async def safe(self) -> bool:
        return bool(await self._link.ask(lambda device: device.IsSafe))


class AlpacaWeather(AlpacaDevice, Asked):
    """Satisfies ObservingConditions."""

    async def conditions(self) -> Conditions:
        """DeviceError when its last reading is more than five minutes old."""
        age = await self._link.optional(lambda device: float(device.TimeSinceLastUpdate("")))
        if age is not None and not 0 <= age <= OLD_SECONDS:
            raise DeviceError(
                self.name, "it has not measured yet" if age < 0 else f"its last reading is {age:.0f} s old"
            )
        values = {field: await self._sensor(sensor) for field, sensor in SENSORS.items()}
        return Conditions(**values)

    async def _sensor(self, sensor: str) -> float | None:
        return await self._link.optional(lambda device: float(getattr(device, sensor)))
