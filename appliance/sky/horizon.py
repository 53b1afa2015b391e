"""The line of trees and houses: the altitude a target must be above, by azimuth."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from appliance.errors import BadInput
from appliance.sky.coordinates import Array


@dataclass(frozen=True, slots=True)
class Horizon:
    """`minimum_deg` everywhere, and above the line through `points` of (azimuth, altitude), degrees."""

    minimum_deg: float = 0.0
    points: tuple[tuple[float, float], ...] = ()

    def altitude_deg(self, azimuth_deg: ArrayLike) -> Array:
        """The lowest usable altitude at each azimuth; the line is straight between its points."""
        azimuth = np.asarray(azimuth_deg, dtype=np.float64)
        if not self.points:
            return np.full_like(azimuth, self.minimum_deg)
        where, height = zip(*self.points, strict=True)
        line = np.interp(azimuth, where, height, period=360.0)
        return np.asarray(np.maximum(self.minimum_deg, line))


def read_horizon(text: str, minimum_deg: float = 0.0, field: str = "horizon") -> Horizon:
    """A horizon from lines of "azimuth altitude" in degrees; "#" starts a comment.

    So Skychart and NINA keep theirs, the numbers parted by blanks, tabs, "," or ";". A text that starts with
    "[" is MountWizzard's, which NINA reads too: a JSON list of pairs, the altitude first.
    BadInput names the first line or point that is not two numbers in 0..360 and -90..90.
    """
    text = text.removeprefix("\ufeff").strip("\r\n")
    points = _pairs(text, field) if text.lstrip().startswith("[") else _lines(text, field)
    return Horizon(minimum_deg, tuple(sorted(points)))


def _lines(text: str, field: str) -> list[tuple[float, float]]:
    points = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].replace(",", " ").replace(";", " ").split()
        if words:
            points.append(_point(words, f"{field} line {number}"))
    return points


def _pairs(text: str, field: str) -> list[tuple[float, float]]:
    try:
        pairs: list[Any] = json.loads(text)
    except ValueError as wrong:
        raise BadInput(field, f"begins like JSON and is none: {wrong}") from wrong
    points = []
    for number, pair in enumerate(pairs, start=1):
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadInput(f"{field} point {number}", f"{pair!r} is not a pair of altitude and azimuth")
        altitude, azimuth = pair
        points.append(_point([str(azimuth), str(altitude)], f"{field} point {number}"))
    return points


def _point(words: list[str], where: str) -> tuple[float, float]:
    try:
        azimuth, altitude = map(float, words)
    except ValueError:
        raise BadInput(where, f"{' '.join(words)!r} is not an azimuth and an altitude in degrees") from None
    if not (0 <= azimuth <= 360 and -90 <= altitude <= 90):
        raise BadInput(where, f"azimuth {azimuth:g} or altitude {altitude:g} is out of range")
    return azimuth % 360, altitude
