"""Spans of time in which something is so, and how often: found by sampling, then narrowed to a second."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.sky.coordinates import Array

DAY = 86400.0
SAMPLING = 600.0  # seconds; shorter appearances than this may be missed
NARROWINGS = 12  # halvings: 600 s / 2^12 = 0.15 s


@dataclass(frozen=True, slots=True)
class Window:
    """From `begins` to `ends`, UTC in seconds since 1970."""

    begins: float
    ends: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Always:
    """It is so all day long: circumpolar, polar night."""


@dataclass(frozen=True, slots=True)
class Never:
    """It is not so at any time of the day: never rises, polar day."""


def windows(height: Callable[[Array], Array], begins: float, ends: float) -> list[Window]:
    """When `height` of UTC moments is above 0 between two moments, clipped to them, in order."""
    moments = np.linspace(begins, ends, max(2, int((ends - begins) / SAMPLING) + 2))
    above = height(moments) > 0
    before = np.flatnonzero(above[1:] != above[:-1])
    edges = _narrow(height, moments[before], moments[before + 1], above[before])
    bounds = [*([begins] if above[0] else []), *edges, *([ends] if above[-1] else [])]
    return [Window(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def _narrow(
    height: Callable[[Array], Array], low: Array, high: Array, above: NDArray[np.bool_]
) -> list[float]:
    """Every change of sign at once, by halving."""
    if not len(low):
        return []
    for _ in range(NARROWINGS):
        middle = (low + high) / 2
        same = (height(middle) > 0) == above
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [float(moment) for moment in (low + high) / 2]


def present_or_next(height: Callable[[Array], Array], utc_unix: float) -> Window | Always | Never:
    """The whole window around the moment, or the next one to begin within a day.

    Always when it stays so for the day before and the day after, Never when it is not so for a day.
    """
    found = windows(height, utc_unix - DAY, utc_unix + 2 * DAY)
    for window in found:
        if window.seconds >= 2 * DAY and window.begins <= utc_unix - DAY:
            return Always()
        if window.ends > utc_unix and window.begins <= utc_unix + DAY:
            return window
    return Never()
