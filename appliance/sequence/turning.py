"""The camera's position angle that a target asks for; where it cannot be had, it is taken as it is."""

from appliance.errors import DeviceError, RotateFailed
from appliance.pointing.rotate import RotateSettings, rotate
from appliance.sequence.angles import solved
from appliance.sequence.known import Established
from appliance.sequence.looking import look_for_pointing
from appliance.sequence.night import Night
from appliance.sequence.progress import Work
from hardware.devices import Rotator

WHAT = "position angle"


async def turn_camera(night: Night, known: Established, work: Work) -> None:
    """Turned and proved, once until there is a doubt. A rotator that cannot is said and lived with.

    SolveFailed as for centring, DeviceError from the camera.
    """
    wanted, name = work.planned.position_angle_deg, work.target.name
    if wanted is None or known.angle_deg == wanted or known.angle_left == name:
        return
    try:
        await _turn(night, known, work, wanted)
    except RotateFailed as failure:
        known.angle_deg, known.angle_left = None, name
        night.goes_down(WHAT, failure, then=f"{name} is taken at the angle as it is")
    else:
        known.angle_deg, known.angle_left = wanted, ""
        night.comes_back(WHAT, "The rotator turns the camera again.")


async def _turn(night: Night, known: Established, work: Work, wanted: float) -> None:
    rotator = _rotator(night, wanted)
    inner = look_for_pointing(night, work.target.position, keep=not known.clouded)

    async def look() -> float:
        angle = (await inner()).rotation_deg
        # Turns are 90° at most: seen after each, none looks like a camera on the pier's other side.
        await solved(night, known.pier, angle)
        return angle

    async with night.span(f"Turn the camera to {wanted:g}°"):
        turned = await rotate(
            rotator, look, wanted, RotateSettings(), night.publish, direction=known.rotator_direction
        )
    known.rotator_direction = turned.direction


def _rotator(night: Night, wanted: float) -> Rotator:
    try:
        rotator = night.rig.rotator
    except DeviceError as away:
        raise RotateFailed(away.sentence, advice=away.advice) from away
    if rotator is None:
        raise RotateFailed(f"A position angle of {wanted:g}° is asked for, and the rig has no rotator.")
    return _Blamed(rotator)


class _Blamed:
    """A rotator whose failures are its own: the camera's, in the looks between, are other troubles."""

    lost = False

    def __init__(self, rotator: Rotator) -> None:
        self._rotator, self.name = rotator, rotator.name

    async def angle(self) -> float:
        try:
            return await self._rotator.angle()
        except DeviceError as failure:
            raise RotateFailed(failure.sentence, advice=failure.advice) from failure

    async def rotate_to(self, degrees: float) -> None:
        try:
            await self._rotator.rotate_to(degrees)
        except DeviceError as failure:
            raise RotateFailed(failure.sentence, advice=failure.advice) from failure
