"""The panels of a mosaic: a grid on the tangent plane of its centre, turned by its position angle."""

from dataclasses import dataclass
from math import atan, atan2, cos, degrees, hypot, radians, sin

from appliance.sky.coordinates import offset_by, position_angle_deg
from hardware.devices import J2000


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its place in the grid (from 1; row 1 is on top), its centre, its own position angle."""

    column: int
    row: int
    centre: J2000
    position_angle_deg: float


def panels(
    centre: J2000, columns: int, rows: int, step_deg: tuple[float, float], position_angle: float
) -> list[Panel]:
    """Panels row by row, to and fro, so that each is beside the one before.

    `step_deg` is the distance of neighbours along a row and along a column. Degrees, J2000; the position
    angle is that of the grid's upward direction, east of north.
    """
    found = []
    for row in range(1, rows + 1):
        across = range(1, columns + 1) if row % 2 else range(columns, 0, -1)
        for column in across:
            right = (column - (columns + 1) / 2) * step_deg[0]
            up = ((rows + 1) / 2 - row) * step_deg[1]
            found.append(_panel(centre, column, row, (right, up), position_angle))
    return found


def _panel(centre: J2000, column: int, row: int, place: tuple[float, float], position_angle: float) -> Panel:
    at = _on_tangent_plane(centre, *place, position_angle)
    # The grid's upward direction there, seen against north, which the meridians turn as they converge.
    above = _on_tangent_plane(centre, place[0], place[1] + 0.01, position_angle)
    return Panel(column, row, at, position_angle_deg(at, above))


def _on_tangent_plane(centre: J2000, right: float, up: float, position_angle: float) -> J2000:
    """Gnomonic: the point so many degrees to the right (west, for angle 0) and up of the plane's centre."""
    angle = radians(position_angle)
    east = radians(up * sin(angle) - right * cos(angle))
    north = radians(up * cos(angle) + right * sin(angle))
    if east == north == 0:
        return centre
    return offset_by(centre, degrees(atan2(east, north)), degrees(atan(hypot(east, north))))
