"""The twilight sky as a light that fades or grows steadily: S(t) = S0 · 10^(k t).

A constant light would be wrong by −2 % in 13 s at dusk and by +20 % in 100 s at dawn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

LN10 = math.log(10)
# How fast twilight changes with the Sun's altitude, decades per degree: 0.094 a minute was measured
# where the Sun sinks 0.21 degrees a minute (Tyson and Gal 1993, AJ 105, 1206).
DECADES_PER_DEGREE = 0.45
SLOWEST = 0.003  # decades per minute; below it the exponential is a constant within any exposure
# What is believed of the rate before anything was measured, and of one level (decades).
RATE_ERROR, LEVEL_ERROR = 0.03, 0.006
LEAST_SHARE, MOST_SHARE = 0.25, 2.0  # of the rate expected: more is a cloud


@dataclass(frozen=True, slots=True)
class SkyLight:
    """ADU per second over the bias through a filter of factor 1, at a moment (seconds of any clock).

    A filter of factor F passes 1/F of that. `per_minute` is k: negative at dusk.
    """

    rate: float
    at: float
    per_minute: float

    @property
    def growth(self) -> float:
        """The rate k as k · ln 10 per second, never quite zero."""
        k = math.copysign(max(abs(self.per_minute), SLOWEST), self.per_minute)
        return k * LN10 / 60

    def rate_at(self, moment: float, factor: float = 1.0) -> float:
        """ADU per second then."""
        return self.rate * math.exp(self.growth * (moment - self.at)) / factor

    def exposure(self, adu: float, factor: float, begins: float) -> float | None:
        """Seconds that gather `adu` over the bias when begun then: e = ln(1 + adu·a/S)/a.

        None when it fades too fast ever to reach that.
        """
        inside = 1 + adu * self.growth / self.rate_at(begins, factor)
        return math.log(inside) / self.growth if inside > 0 else None

    def seconds_until(self, adu: float, factor: float, seconds: float, now: float) -> float:
        """How long until an exposure of just so many seconds gathers `adu`; negative when that is past."""
        needed = start_rate(adu, seconds, self.growth)
        return math.log(needed / self.rate_at(now, factor)) / self.growth

    def seen(self, adu: float, seconds: float, begins: float, factor: float) -> "SkyLight":
        """Brought up to what an exposure has gathered over the bias."""
        return replace(self, rate=start_rate(adu, seconds, self.growth) * factor, at=begins)


def start_rate(adu: float, seconds: float, growth: float) -> float:
    """ADU per second at the beginning of an exposure that gathers `adu`."""
    return adu * growth / math.expm1(growth * seconds)


def measured_rate(expected: float, seen: Sequence[tuple[float, float]]) -> float:
    """The rate k in decades per minute from (moment in seconds, ADU per second) of one filter.

    The line through them, held to what was expected as firmly as that is known; a cloud cannot turn it.
    """
    if not seen:
        return expected
    minutes = [moment / 60 for moment, _ in seen]
    decades = [math.log10(rate) for _, rate in seen]
    middle, level = sum(minutes) / len(seen), sum(decades) / len(seen)
    weight = (LEVEL_ERROR / RATE_ERROR) ** 2
    slope = sum((t - middle) * (d - level) for t, d in zip(minutes, decades, strict=True))
    spread = sum((t - middle) ** 2 for t in minutes)
    k = (weight * expected + slope) / (weight + spread)
    return expected * min(max(k / expected, LEAST_SHARE), MOST_SHARE)
