"""An INDI light panel."""

from hardware.errors import DeviceError, DeviceRefused
from hardware.indi.device import IndiDevice

SWITCH, ON, OFF = "FLAT_LIGHT_CONTROL", "FLAT_LIGHT_ON", "FLAT_LIGHT_OFF"
NUMBER, VALUE = "FLAT_LIGHT_INTENSITY", "FLAT_LIGHT_INTENSITY_VALUE"
NEEDS = (SWITCH, NUMBER)
SETTLE_SECONDS = 15.0


class IndiFlatPanel(IndiDevice):
    """Satisfies FlatPanel. Made by IndiOpener."""

    @property
    def brightest(self) -> int:
        return int(self._remote.get(NUMBER).limits[VALUE].maximum)

    async def level(self) -> int:
        return round(self._remote.number(NUMBER, VALUE)) if self._remote.is_on(SWITCH, ON) else 0

    async def light(self, level: int) -> None:
        if not 0 <= level <= self.brightest:
            raise DeviceRefused(self.name, f"level {level} is not 0 to {self.brightest}")
        if level == 0:
            await self._switch(OFF)
        else:
            await self._remote.set(NUMBER, {VALUE: float(level)}, within=SETTLE_SECONDS)
            await self._switch(ON)
        if (now := await self.level()) != level:
            raise DeviceError(self.name, f"it shines at {now} instead of {level}")

    async def _switch(self, which: str) -> None:
        if not self._remote.is_on(SWITCH, which):
            await self._remote.set(SWITCH, {which: True}, within=SETTLE_SECONDS)
