"""Turning the camera to a position angle by the rotator, proved by solved frames."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.bus import Publish, Said
from appliance.errors import RotateFailed
from hardware.devices import Rotator

SOURCE = "rotator"
# A smaller turn is lost in the error of two solutions, and tells no direction.
TELLING_DEG = 1.0


@dataclass(frozen=True, slots=True)
class RotateSettings:
    """`attempts` counts turns; with the first in the wrong direction the second arrives."""

    tolerance_deg: float = 1.0
    attempts: int = 4


@dataclass(frozen=True, slots=True)
class Rotated:
    """The solved position angle (degrees), the turns it took, and the rotator's direction.

    `direction` is 1 where its angle grows with the position angle, -1 where it falls, 0 not known.
    """

    position_angle_deg: float
    turns: int
    direction: int


def apart(wanted_deg: float, found_deg: float) -> float:
    """Degrees from `found` to `wanted`, -90 to 90: upside down counts as the same."""
    return (wanted_deg - found_deg + 90) % 180 - 90


def learned(moved_deg: float, turned_deg: float, before: int) -> int:
    """The direction that a move of the rotator and the camera's turn on the sky tell; else what was known."""
    moved, turned = _around(moved_deg), _around(turned_deg)
    if min(abs(moved), abs(turned)) < TELLING_DEG:
        return before
    return 1 if abs(_around(turned - moved)) <= abs(_around(turned + moved)) else -1


async def rotate(
    rotator: Rotator,
    look: Callable[[], Awaitable[float]],
    wanted_deg: float,
    settings: RotateSettings,
    publish: Publish,
    *,
    direction: int = 0,
) -> Rotated:
    """Turn until a solved frame shows the wanted position angle, or the same upside down: 90° at most.

    `look` exposes, solves and tells the position angle (degrees); `direction` is what an earlier turn
    taught. RotateFailed when it is not there after the last turn, SolveFailed from `look`, DeviceError from
    the rotator; the camera stays as it is then, the next look tells how.
    """
    found = await look()
    for turn in range(settings.attempts + 1):
        error = apart(wanted_deg, found)
        if abs(error) <= settings.tolerance_deg:
            publish(Said(source=SOURCE, text=f"The camera stands at {found:.1f}°, {abs(error):.1f}° off."))
            return Rotated(found, turn, direction)
        if turn == settings.attempts:
            break
        publish(Said(source=SOURCE, text=f"The camera stands at {found:.1f}°: turning by {error:+.1f}°."))
        before, old = await rotator.angle(), found
        await rotator.rotate_to((before + (direction or 1) * error) % 360)
        found = await look()
        direction = learned(await rotator.angle() - before, found - old, direction)
    raise RotateFailed(
        f"The camera stands at {found:.1f}° after {settings.attempts} turns of {rotator.name}:"
        f" {abs(apart(wanted_deg, found)):.1f}° from the {wanted_deg:g}° that are asked for."
    )


def _around(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
