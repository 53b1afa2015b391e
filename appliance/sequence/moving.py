"""Targets whose place is not known beforehand: bodies that move, and wherever the telescope points."""

from dataclasses import replace

from appliance.plan import Target as Planned
from appliance.sequence.night import Night
from appliance.sequence.progress import Work
from appliance.sky.bodies import body_position, is_body, orbit_position
from appliance.sky.catalogue import Target
from appliance.sky.orbits import Elements
from hardware.devices import Site

MOVING = "moving"


def moving_target(planned: Planned, site: Site, utc_unix: float) -> Target | None:
    """Where it is seen from the site at a moment; None for what stays where it is."""
    if planned.orbit is not None:
        elements = Elements(**planned.orbit.model_dump())
        return Target(planned.name, orbit_position(elements, site, utc_unix), MOVING)
    if planned.ra_deg is None and planned.move and is_body(planned.name):
        return Target(planned.name.capitalize(), body_position(planned.name, site, utc_unix), MOVING)
    return None


async def located(night: Night, work: Work) -> Work:
    """The same work, at the place where its target is now."""
    if not work.planned.move:
        here = (await night.rig.mount.status()).pointing
        return replace(work, target=Target(work.planned.name, here))
    moving = moving_target(work.planned, night.observer.site, night.observer.unix())
    return work if moving is None else replace(work, target=moving)
