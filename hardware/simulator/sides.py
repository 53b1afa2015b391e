"""Which side of the pier a German mount goes to, and where its axes then stand.

The right ascension axis `turned` is the hour angle of a tube on the WEST side, 180 degrees less than that of
one on the EAST side: -90 with the counterweight down, 0 where the tube comes to the meridian (on the EAST
side: to the lower one), and beyond that it runs into the pier. The declination axis passes over the pole to
reach the EAST side. PierSide in INDI's sense: WEST points east.
"""

from hardware.devices import PierSide
from hardware.errors import DeviceRefused
from hardware.simulator.sphere import wrapped
from hardware.simulator.world import MountModel

HOME_TURNED_DEG = -90.0


def natural_side(hour_angle_deg: float) -> PierSide:
    """The side from which the mount can follow for longest."""
    return PierSide.EAST if hour_angle_deg >= 0 else PierSide.WEST


def other(side: PierSide) -> PierSide:
    """The side across the pier."""
    return PierSide.WEST if side is PierSide.EAST else PierSide.EAST


def goto_side(name: str, model: MountModel, here: PierSide | None, hour_angle_deg: float) -> PierSide:
    """Where a goto ends; `here` is None at the pole, from where either side is free.

    DeviceRefused from a mount that will not change sides before `flip_after_deg`.
    """
    natural = natural_side(wrapped(hour_angle_deg + model.flip_early_deg))
    if here in {None, natural} or model.at_meridian == "flips":
        return natural
    if hour_angle_deg % 180 >= model.flip_after_deg:
        return natural
    if model.at_meridian == "refuses":
        raise DeviceRefused(
            name,
            f"it does not change sides before {model.flip_after_deg:g}° past the meridian",
            advice="Wait until the target is far enough past the meridian, then slew again.",
        )
    return other(natural)


def turned_for(hour_angle_deg: float, side: PierSide) -> float:
    """Where the right ascension axis stands, -270 to 90 degrees."""
    beside = hour_angle_deg + (180 if side is PierSide.EAST else 0)
    return wrapped(beside - HOME_TURNED_DEG) + HOME_TURNED_DEG


def past_meridian_deg(turned_deg: float) -> float:
    """How far the tube is past the meridian on the wrong side, 0 when it is on the right one."""
    return max(0.0, turned_deg, -180.0 - turned_deg)
