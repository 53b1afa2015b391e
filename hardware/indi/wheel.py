"""An INDI filter wheel, by filter names."""

from hardware.errors import DeviceError, DeviceRefused
from hardware.indi.device import IndiDevice

NEEDS = ("FILTER_SLOT", "FILTER_NAME")
TURN_SECONDS = 60.0


class IndiFilterWheel(IndiDevice):
    """Satisfies FilterWheel. Made by IndiOpener. A turning wheel cannot be stopped: it ends in its slot."""

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(str(name) for name in self._remote.get("FILTER_NAME").values.values())

    async def selected(self) -> str:
        return self.filters[self._slot() - 1]

    async def select(self, name: str) -> None:
        if name not in self.filters:
            raise DeviceRefused(
                self.name,
                f"it has no filter {name!r}",
                advice=f"Choose one of {', '.join(self.filters)}.",
            )
        slot = self.filters.index(name) + 1
        if slot == self._slot():
            return
        await self._remote.set(
            "FILTER_SLOT", {"FILTER_SLOT_VALUE": float(slot)}, answer=TURN_SECONDS, within=TURN_SECONDS
        )
        if self._slot() != slot:
            raise DeviceError(self.name, f"it stands at {await self.selected()} instead of {name}")

    def _slot(self) -> int:
        return round(self._remote.number("FILTER_SLOT", "FILTER_SLOT_VALUE"))
