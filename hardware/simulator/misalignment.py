"""What a mount's axes do not know: an axis beside the pole, a tube askew, a worm that is not round.

All are functions of where the axes stand, so they show as pointing errors after a slew and as drift while
tracking.
"""

from math import asin, atan2, cos, degrees, hypot, pi, radians, sin

from hardware.devices import PierSide
from hardware.simulator.sphere import SIDEREAL_DEG_S
from hardware.simulator.world import MountModel


def from_polar_axis(
    hour_angle_deg: float, dec_deg: float, latitude_deg: float, model: MountModel
) -> tuple[float, float]:
    """True hour angle and declination of what stands at these angles about the mount's polar axis.

    The axis points `polar_az_arcmin` east and `polar_alt_arcmin` above the pole. With E its elevation error,
    a = A cos(latitude) its azimuth error on the sky, H and d as they are (north; in the south both change
    sign): true d = d + a sin H - E cos H, true H = H - tan d (a cos H + E sin H), to first order (as MA = a,
    ME = -E of Wallace's pointing terms); here as a small rotation, which holds at the pole too.
    """
    if not model.polar_az_arcmin and not model.polar_alt_arcmin:
        return hour_angle_deg, dec_deg
    sign = 1 if latitude_deg >= 0 else -1
    a = sign * radians(model.polar_az_arcmin / 60) * cos(radians(latitude_deg))
    e = sign * radians(model.polar_alt_arcmin / 60)
    h, d = radians(hour_angle_deg), radians(dec_deg)
    # x to the meridian, y to the west, z to the pole; turned by the vector (a, e, 0)
    x, y, z = cos(d) * cos(h), cos(d) * sin(h), sin(d)
    x, y, z = x + e * z, y - a * z, z + a * y - e * x
    return degrees(atan2(y, x)), degrees(asin(z / hypot(x, y, z)))


def from_cone(
    hour_angle_deg: float, dec_deg: float, side: PierSide, model: MountModel
) -> tuple[float, float]:
    """The same for a tube that is `cone_arcmin` from square to the declination axis.

    H grows by cone / cos d on the WEST side and shrinks by it on the EAST side (Wallace's CH, first order).
    """
    if not model.cone_arcmin:
        return hour_angle_deg, dec_deg
    cone = radians(model.cone_arcmin / 60) * (1 if side is PierSide.WEST else -1)
    d = radians(dec_deg)
    ahead = degrees(atan2(sin(cone), cos(d) * cos(cone)))
    return hour_angle_deg + ahead, degrees(asin(sin(d) * cos(cone)))


def periodic_deg(turned_deg: float, model: MountModel) -> float:
    """How far the worm has carried the axis ahead (westward), degrees, when the axis has turned so far."""
    if not model.pe_arcsec:
        return 0.0
    worm_turns = turned_deg / SIDEREAL_DEG_S / model.pe_seconds
    return model.pe_arcsec / 3600 * sin(2 * pi * worm_turns)
