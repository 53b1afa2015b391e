"""When work can be done tonight: from dusk to dawn, and each target while it is up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from appliance.errors import NeverDark
from appliance.plan import Plan
from appliance.plan import Target as Planned
from appliance.sequence.moments import Passage, moment_of
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import Array
from appliance.sky.horizon import Horizon
from appliance.sky.moon import moon_altitude_deg
from appliance.sky.rise_set import observable
from appliance.sky.twilight import Twilight, darkness, night_date, sun_altitude_deg
from appliance.sky.windows import DAY, Always, Never, Window, windows
from hardware.devices import Site

ANY_SUN_DEG = 91.0  # the Sun is always below
MOON_DOWN_DEG = -0.833  # its upper limb on the horizon: refraction and half its size
NO_HORIZON = Horizon()


def sun_below(plan: Plan) -> float:
    """How low the Sun's centre must be for this plan, degrees of altitude."""
    return ANY_SUN_DEG if plan.night == "any" else Twilight[plan.night.upper()].value


@dataclass(frozen=True, slots=True)
class Tonight:
    """`dark` is when work may be done (UTC seconds); `up`: when each target of the plan can be taken then.

    `night` is the whole dark time, dusk to dawn, whatever of it is past or not to be used.
    """

    dark: Window
    up: tuple[tuple[Window, ...], ...]
    night: Window

    def window(self, index: int, now: float) -> Window | None:
        """The window of a target that is open now."""
        return next((one for one in self.up[index] if one.begins <= now < one.ends), None)

    def rises(self, index: int, now: float) -> float:
        """When a target's next window opens after now, infinity when there is none tonight."""
        return min((one.begins for one in self.up[index] if one.begins > now), default=math.inf)


def tonight(
    plan: Plan, targets: tuple[Target, ...], site: Site, utc_unix: float, horizon: Horizon = NO_HORIZON
) -> Tonight:
    """The present night, or the next one; without dusk and dawn the next 24 hours. After the plan's own `end`
    nothing can be taken any more, but flats at dawn.

    NeverDark where the Sun does not go as low as the plan asks, or its `end` comes before its `begin`.
    """
    night, bounds = _night(plan, site, utc_unix)
    dark = Window(min(max(bounds.begins, utc_unix), bounds.ends), bounds.ends)
    each = zip(plan.sky, targets, strict=True)
    up = [_usable(planned, one, site, horizon, dark, night) for planned, one in each]
    return Tonight(dark, tuple(up), night)


def _night(plan: Plan, site: Site, utc_unix: float) -> tuple[Window, Window]:
    """Dusk to dawn, and what the plan uses of it."""
    night = darkness(site, utc_unix, sun_below(plan))
    if isinstance(night, Never):
        raise NeverDark("night", f"it does not get {plan.night} dark here within a day")
    if isinstance(night, Always):
        night = Window(utc_unix, utc_unix + DAY)
    bounds = Window(moment_of(plan.begin, night), moment_of(plan.end, night))
    if bounds.seconds <= 0:
        raise NeverDark("end", f"{plan.end!r} comes before {plan.begin!r} tonight", advice=BOUNDS)
    return night, bounds


BOUNDS = "Correct begin and end of the plan; nothing was moved."


def _usable(
    planned: Planned, target: Target, site: Site, horizon: Horizon, dark: Window, night: Window
) -> tuple[Window, ...]:
    """When everything that the target asks for is so."""
    if not planned.move:
        up = [dark] if dark.seconds > 0 else []
    elif dark.seconds <= 0:  # what may be used of this night is over
        up = []
    else:
        limit = Horizon(planned.min_altitude_deg, horizon.points)
        passage = Passage(target.position, site, limit)
        own = Window(
            moment_of(planned.begin, night, passage) if planned.begin else -math.inf,
            moment_of(planned.end, night, passage) if planned.end else math.inf,
        )
        up = list(common([own], observable(target.position, site, limit, dark)))
    if not planned.fully_dark:
        return tuple(up)
    return tuple(common(up, _fully_dark(site, dark)))


def _fully_dark(site: Site, within: Window) -> list[Window]:
    def how_dark(moments: Array) -> Array:
        sun = Twilight.ASTRONOMICAL.value - sun_altitude_deg(site, moments)
        return np.minimum(sun, MOON_DOWN_DEG - moon_altitude_deg(site, moments))

    return windows(how_dark, within.begins, within.ends)


def common(first: Iterable[Window], second: Iterable[Window]) -> list[Window]:
    """The time that lies in a window of both."""
    every = [Window(max(a.begins, b.begins), min(a.ends, b.ends)) for a in first for b in second]
    return sorted((one for one in every if one.seconds > 0), key=lambda one: one.begins)


def is_over(plan: Plan, site: Site, utc_unix: float, work: Iterable[float]) -> bool:
    """Is it the morning after a night in which this plan was worked on? `work`: when its subs were begun.

    From dawn to noon: a box that starts again then must not wait for the evening with the roof open, nor
    when what came last were the morning's flats or darks.
    """
    if isinstance(darkness(site, utc_unix, sun_below(plan)), Always | Never):
        return False
    last = darkness(site, utc_unix - DAY / 2, sun_below(plan))
    if not isinstance(last, Window) or last.ends > utc_unix:
        return False
    worked = any(last.begins <= begun <= last.ends for begun in work)
    return worked and night_date(site, last.ends) == night_date(site, utc_unix)
