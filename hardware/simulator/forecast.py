"""A timeline of weather, as a forecast or a weather file gives it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeatherPoint:
    """The weather at one moment (UTC, seconds since 1970); None where it says nothing of a quantity.

    `cloud_mag` is the light clouds take, in magnitudes; `seeing_arcsec` the full width at half maximum of a
    star at the zenith.
    """

    utc_unix: float
    celsius: float | None = None
    humidity_percent: float | None = None
    wind_m_s: float | None = None
    rain_mm_h: float | None = None
    cloud_mag: float | None = None
    seeing_arcsec: float | None = None


def told(points: tuple[WeatherPoint, ...], quantity: str, utc_unix: float) -> float | None:
    """One quantity at a moment: linear between the points that tell it, held outside.

    `points` are in order of time; None when none of them tells it.
    """
    before: tuple[float, float] | None = None
    for point in points:
        value: float | None = getattr(point, quantity)
        if value is None:
            continue
        if point.utc_unix <= utc_unix:
            before = point.utc_unix, value
        elif before is None:
            return value
        else:
            share = (utc_unix - before[0]) / (point.utc_unix - before[0])
            return before[1] + share * (value - before[1])
    return before[1] if before else None
