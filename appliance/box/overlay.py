"""What can be drawn over a picture that was solved: north, the target, the objects in the field."""

from functools import cache
from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.sky.catalogue import Target, everything
from appliance.solve.wcs import Tan, tan_of
from hardware.devices import J2000

MOST_OBJECTS = 40
SMALL_ARCMIN = 1.0  # where the catalogue has no size


def overlay(wcs: dict[str, float], width: int, height: int, target: Target | None) -> dict[str, Any]:
    """Places are 0-based pixels of the frame, x to the right and y down as its rows are shown.

    `north` and `east` are unit vectors there; `objects` have a radius in pixels.
    """
    tan = tan_of(wcs)
    (a, b), (c, d) = tan.cd
    determinant = a * d - b * c
    scale = abs(determinant) ** 0.5
    told: dict[str, Any] = {
        "scale_arcsec": round(3600 * scale, 4),
        # The inverse of cd takes a step to the north (0, 1), and to the east (1, 0), to pixels.
        "north": _unit(-b / determinant, a / determinant),
        "east": _unit(d / determinant, -c / determinant),
        "objects": _objects(tan, width, height, scale),
        "target": None,
    }
    if target is not None:
        x, y = _pixel(tan, target.position)
        if np.isfinite(x):
            told["target"] = {"name": target.name, "x": round(x, 1), "y": round(y, 1)}
    return told


def _unit(x: float, y: float) -> list[float]:
    length = hypot(x, y)
    return [round(x / length, 5), round(y / length, 5)]


def _pixel(tan: Tan, position: J2000) -> tuple[float, float]:
    x, y = tan.pixels([position.ra_deg], [position.dec_deg])
    return float(x[0]) - 1, float(y[0]) - 1


@cache
def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    every = everything()
    return np.array([one.position.ra_deg for one in every]), np.array([one.position.dec_deg for one in every])


def _objects(tan: Tan, width: int, height: int, scale: float) -> list[dict[str, Any]]:
    """The brightest in the field; those without a magnitude come last."""
    x, y = (axis - 1 for axis in tan.pixels(*_places()))
    inside = np.flatnonzero((x >= 0) & (x < width) & (y >= 0) & (y < height))
    every = everything()
    found = sorted(inside, key=lambda place: _faintness(every[place]))[:MOST_OBJECTS]
    return [
        {
            "name": every[place].name, "kind": every[place].kind, "x": round(float(x[place]), 1),
            "y": round(float(y[place]), 1),
            "radius": round((every[place].size_arcmin or SMALL_ARCMIN) / 120 / scale, 1),
        }
        for place in found
    ]  # fmt: skip


def _faintness(target: Target) -> tuple[bool, float]:
    return target.magnitude is None, target.magnitude or 0.0
