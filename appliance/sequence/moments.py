"""When a moment of the plan is tonight."""

from dataclasses import dataclass

from appliance.plan.moments import DAY, Moment, parse_moment
from appliance.sky.horizon import Horizon
from appliance.sky.rise_set import observable, transit_near
from appliance.sky.windows import Window
from hardware.devices import J2000, Site


@dataclass(frozen=True, slots=True)
class Passage:
    """A target over its site: what "rise", "set" and "meridian" refer to."""

    position: J2000
    site: Site
    horizon: Horizon


def moment_of(text: str, night: Window, passage: Passage | None = None) -> float:
    """UTC seconds since 1970 of a plan's moment in this night, dusk to dawn.

    A clock time is the one within 12 hours of the middle of the night. A target that does not rise or set
    within half a day of it does so at that bound.
    """
    moment = parse_moment(text)
    return _anchor(moment, night, passage) + (0.0 if moment.of == "clock" else moment.seconds)


def _anchor(moment: Moment, night: Window, passage: Passage | None) -> float:
    middle = (night.begins + night.ends) / 2
    match moment.of:
        case "clock":
            return middle - DAY / 2 + (moment.seconds - (middle - DAY / 2)) % DAY
        case "dusk":
            return night.begins
        case "dawn":
            return night.ends
    assert passage is not None, "the plan's own moments are refused when it is read"
    transit = transit_near(passage.position, passage.site, middle)
    return transit if moment.of == "meridian" else _edge(moment, passage, transit)


def _edge(moment: Moment, passage: Passage, transit: float) -> float:
    """The rise before, or the set after, a culmination."""
    around = Window(transit - DAY / 2, transit + DAY / 2)

    above = observable(passage.position, passage.site, passage.horizon, around)
    at_transit = (one for one in above if one.begins <= transit <= one.ends)
    up = next(at_transit, Window(transit, transit))
    return up.begins if moment.of == "rise" else up.ends
