"""How high things stand through a night, sampled for drawings: the Sun's darkness, the Moon, targets."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from appliance.sky.coordinates import Array, observe
from appliance.sky.moon import moon_altitude_deg
from appliance.sky.twilight import Twilight, sun_altitude_deg
from appliance.sky.windows import Window
from hardware.devices import J2000, Site

STEP_SECONDS = 300.0
# Moments (UTC, seconds since 1970) and degrees of altitude.
Piece = list[tuple[float, float]]


def darkness_bands(site: Site, within: Window) -> Iterator[tuple[str, Window]]:
    """From day to night and back, five minutes fine: "day", "civil" (to -12°), "nautical", "night"."""
    moments = np.arange(within.begins, within.ends, STEP_SECONDS)
    sun = sun_altitude_deg(site, moments)

    def look(index: int) -> str:
        if sun[index] > Twilight.SUNSET.value:
            return "day"
        if sun[index] > Twilight.NAUTICAL.value:
            return "civil"
        return "nautical" if sun[index] > Twilight.ASTRONOMICAL.value else "night"

    for kind, group in groupby(range(len(moments)), key=look):
        every = list(group)
        begins, ends = moments[every[0]], min(moments[every[-1]] + STEP_SECONDS, within.ends)
        yield kind, Window(float(begins), float(ends))


def moon_curve(site: Site, within: Window) -> list[Piece]:
    """The parts of the Moon's altitude that are above the horizon."""
    moments = np.arange(within.begins, within.ends + 1, STEP_SECONDS)
    return _above(moments, moon_altitude_deg(site, moments))


def target_curve(position: J2000, site: Site, within: Window) -> list[Piece]:
    """The parts of a target's altitude that are above the horizon."""
    steps = max(2, int(within.seconds / STEP_SECONDS) + 1)
    moments = np.linspace(within.begins, within.ends, steps)
    return _above(moments, observe(position, site, moments)[0])


def _above(moments: Array, heights: Array) -> list[Piece]:
    pairs = [(float(at), float(height)) for at, height in zip(moments, heights, strict=True)]
    return [list(group) for up, group in groupby(pairs, key=lambda pair: pair[1] >= 0) if up]
