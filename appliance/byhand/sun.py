"""No telescope is sent to the Sun by hand."""

from appliance.errors import BadCommand
from appliance.sky.bodies import body_position
from appliance.sky.coordinates import alt_az, separation_deg
from hardware.devices import J2000, Site

SUN_DEG = 10.0  # nearer than this, sunlight falls into most tubes
SET_DEG = -2.0  # with its centre lower than this no part of the Sun is seen
ADVICE = (
    "Sunlight through a telescope blinds and burns. Choose another target, or wait until the Sun has set."
)


def mind_the_sun(target: J2000, site: Site, utc_unix: float) -> None:
    """BadCommand for a target within SUN_DEG of a Sun that is up."""
    distance = sun_distance_deg(target, site, utc_unix)
    if distance is not None and distance < SUN_DEG:
        raise BadCommand("target", f"it is {distance:.1f}° from the Sun", advice=ADVICE)


def sun_distance_deg(target: J2000, site: Site, utc_unix: float) -> float | None:
    """Degrees from the Sun; None when the Sun is down, and harmless."""
    sun = body_position("sun", site, utc_unix)
    if alt_az(sun, site, utc_unix)[0] < SET_DEG:
        return None
    return separation_deg(target, sun)
