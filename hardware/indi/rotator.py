"""An INDI rotator, by its mechanical angle."""

from hardware.errors import DeviceRefused
from hardware.halting import halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import State

NEEDS = ("ABS_ROTATOR_ANGLE",)
TURN_SECONDS = 180.0


class IndiRotator(IndiDevice):
    """Satisfies Rotator. Made by IndiOpener."""

    async def angle(self) -> float:
        return self._remote.number("ABS_ROTATOR_ANGLE", "ANGLE") % 360.0

    async def rotate_to(self, degrees: float) -> None:
        if not 0.0 <= degrees < 360.0:
            raise DeviceRefused(self.name, f"{degrees:g}° is outside its 0° to 360°")
        async with halting(self._stop):
            await self._remote.set("ABS_ROTATOR_ANGLE", {"ANGLE": degrees}, within=TURN_SECONDS)

    async def _stop(self) -> None:
        await self._remote.abort("ROTATOR_ABORT_MOTION")
        await self._remote.until("ABS_ROTATOR_ANGLE", lambda prop: prop.state is not State.BUSY)
