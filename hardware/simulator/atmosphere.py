"""What the air does: a pure function of the world, its faults and UTC, the same whoever asks in what order.

A forecast stands before the weather model's own course, quantity by quantity; faults come on top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from random import Random

from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.forecast import told
from hardware.simulator.world import World

# A bank of clouds thickens and thins over so long.
CLOUD_EDGE_SECONDS = 180.0
# Slow changes: a few waves of 20 minutes to 4 hours.
SHORTEST_WAVE, LONGEST_WAVE, WAVES = 1200.0, 14_400.0, 4


@dataclass(frozen=True, slots=True)
class Air:
    """The weather at one moment; `cloud_mag` and `seeing_arcsec` as in WeatherPoint."""

    celsius: float
    humidity_percent: float
    wind_m_s: float
    rain_mm_h: float
    cloud_mag: float
    seeing_arcsec: float


def air(world: World, faults: Faults, utc_unix: float) -> Air:
    """Everything at once."""
    return Air(
        celsius=celsius(world, utc_unix),
        humidity_percent=_base(world, "humidity_percent", utc_unix),
        wind_m_s=_base(world, "wind_m_s", utc_unix) + faults.amount(FaultKind.WIND, utc_unix),
        rain_mm_h=rain_mm_h(world, faults, utc_unix),
        cloud_mag=cloud_mag(world, faults, utc_unix),
        seeing_arcsec=seeing_arcsec(world, utc_unix),
    )


def rain_mm_h(world: World, faults: Faults, utc_unix: float) -> float:
    """Millimetres an hour."""
    return _base(world, "rain_mm_h", utc_unix) + faults.amount(FaultKind.RAIN, utc_unix)


def celsius(world: World, utc_unix: float) -> float:
    """Air temperature: a daily wave, warmest at 15 h local solar time, and a slow wander about it."""

    def course() -> float:
        weather, hour = world.weather, utc_unix / 3600 + world.site.longitude_deg / 15
        wave = weather.swing_celsius * cos((hour - 15) * pi / 12)
        return weather.mean_celsius + wave + weather.wander_celsius * wander(world.seed, "air", utc_unix)

    return _told_or(world, "celsius", utc_unix, course)


def seeing_arcsec(world: World, utc_unix: float) -> float:
    """Full width at half maximum of a star at the zenith through perfect optics."""
    weather = world.weather

    def course() -> float:
        return weather.seeing_arcsec * (1 + weather.seeing_wander * wander(world.seed, "seeing", utc_unix))

    return _told_or(world, "seeing_arcsec", utc_unix, course)


def cloud_mag(world: World, faults: Faults, utc_unix: float) -> float:
    """Magnitudes that clouds take from the stars; a bank (fault) comes and goes over its edges."""
    banks = faults.all_active(FaultKind.CLOUDS, utc_unix)
    edges = (
        (bank.amount, min(utc_unix - bank.begins, bank.begins + bank.seconds - utc_unix)) for bank in banks
    )
    thick = sum(amount * min(1.0, inside / CLOUD_EDGE_SECONDS) for amount, inside in edges)
    return _base(world, "cloud_mag", utc_unix) + thick


def wander(seed: int, label: str, utc_unix: float) -> float:
    """A slow, smooth course between -1 and 1 about 0, its own for every label."""
    return sum(sin(utc_unix * rate + phase) for rate, phase in _waves(seed, label)) / WAVES


@lru_cache(maxsize=256)
def _waves(seed: int, label: str) -> tuple[tuple[float, float], ...]:
    random = Random(f"{seed} {label}")
    periods = (
        SHORTEST_WAVE * (LONGEST_WAVE / SHORTEST_WAVE) ** ((wave + random.random()) / WAVES)
        for wave in range(WAVES)
    )
    return tuple((2 * pi / period, 2 * pi * random.random()) for period in periods)


def _base(world: World, quantity: str, utc_unix: float) -> float:
    return _told_or(world, quantity, utc_unix, lambda: float(getattr(world.weather, quantity)))


def _told_or(world: World, quantity: str, utc_unix: float, course: Callable[[], float]) -> float:
    known = told(world.forecast, quantity, utc_unix) if world.forecast else None
    return course() if known is None else known
