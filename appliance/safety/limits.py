"""What a weather station measures, against a table of limits; what is beyond one comes back with care."""

from dataclasses import dataclass
from math import log10

from appliance.profile import LimitsSection
from appliance.safety.readings import Reading
from appliance.safety.verdict import Objection
from hardware.devices import Conditions

# A humidity sensor is not better than that, and a tenth of 90 % would be the difference of night and day.
HUMIDITY_POINTS = 3.0


@dataclass(frozen=True, slots=True)
class _Limit:
    """One quantity's limit and where it is good again; `least`: it must be more than that, not less."""

    quantity: str
    limit: float
    clear: float
    words: str
    unit: str
    least: bool = False

    def beyond(self, value: float, before: bool) -> bool:
        limit = self.clear if before else self.limit
        return value < limit if self.least else value > limit

    def reading(self, value: float, before: bool) -> Reading:
        """For a person; `before`: was it beyond its limit at the last reading?"""
        shown = f"{value:.0f}" if self.unit == "%" else f"{value:.1f}"
        limit = f"{self.limit:g} {self.unit} {'needed' if self.least else 'allowed'}"
        return Reading(self.words, f"{shown} {self.unit}", limit, self.beyond(value, before))

    def text(self, value: float) -> str:
        if not self.limit:
            return f"{self.words}, {value:.1f} {self.unit}"
        shown = f"{value:.0f}" if self.unit == "%" else f"{value:.1f}"
        said = f"{self.words} {shown} {self.unit}"
        if self.beyond(value, before=False):
            return f"{said}, {self.limit:g} {'needed' if self.least else 'allowed'}"
        return f"{said}, not yet {'above' if self.least else 'below'} {self.clear:.3g}"


class Limits:
    """One table's limits, and which of them were exceeded at the last reading.

    `after` is the hold-off in seconds of all but rain, which has its own.
    """

    def __init__(self, table: LimitsSection, after: float) -> None:
        self._limits, self._after, self._rain_after = _limits(table), after, table.rain_after_seconds
        self._beyond: set[str] = set()

    @property
    def quantities(self) -> frozenset[str]:
        """The fields of Conditions that are limited."""
        return frozenset(one.quantity for one in self._limits)

    def limit_of(self, quantity: str) -> float | None:
        """Where the table draws the line, None where it does not."""
        return next((one.limit for one in self._limits if one.quantity == quantity), None)

    @property
    def beyond(self) -> frozenset[str]:
        """The quantities that were too much at the last reading, or are not yet well within."""
        return frozenset(self._beyond)

    def readings(self, now: Conditions) -> tuple[Reading, ...]:
        """What is limited and measured, after `objections` has judged the same."""
        every = ((one, getattr(now, one.quantity)) for one in self._limits)
        return tuple(
            one.reading(value, one.quantity in self._beyond) for one, value in every if value is not None
        )

    def objections(self, now: Conditions) -> tuple[Objection, ...]:
        """What is beyond its limit, or not yet well within it again; what is not measured does not count."""
        found = []
        for one in self._limits:
            value: float | None = getattr(now, one.quantity)
            if value is None or not one.beyond(value, one.quantity in self._beyond):
                self._beyond.discard(one.quantity)
                continue
            self._beyond.add(one.quantity)
            after = self._rain_after if one.quantity == "rain_mm_h" else self._after
            found.append(Objection(one.quantity, one.text(value), after))
        return tuple(found)


def _limits(table: LimitsSection) -> tuple[_Limit, ...]:
    """Of a magnitude the hysteresis is a share of the light: 15 % are 0.15 mag/arcsec²."""
    share = table.hysteresis_percent / 100
    rows = (
        ("rain_mm_h", table.max_rain_mm_h, "rain", "mm/h"),
        ("wind_m_s", table.max_wind_m_s, "wind", "m/s"),
        ("gust_m_s", table.max_gust_m_s, "gusts", "m/s"),
        ("cloud_percent", table.max_cloud_percent, "clouds", "%"),
    )
    most = [
        _Limit(quantity, limit, limit * (1 - share), words, unit)
        for quantity, limit, words, unit in rows
        if limit is not None
    ]
    if (humid := table.max_humidity_percent) is not None:
        clear = humid - min(HUMIDITY_POINTS, humid * share)
        most.append(_Limit("humidity_percent", humid, clear, "humidity", "%"))
    if (dark := table.min_sky_quality) is not None:
        clear = dark + 2.5 * log10(1 + share)
        most.append(_Limit("sky_quality", dark, clear, "sky", "mag/arcsec²", least=True))
    return tuple(most)


MEASURED = {
    "rain_mm_h": "rain", "wind_m_s": "wind", "gust_m_s": "gusts", "humidity_percent": "humidity",
    "cloud_percent": "clouds", "sky_quality": "the sky's darkness",
}  # fmt: skip
